package io.kindred.server.rest;

import com.linecorp.armeria.common.AggregatedHttpRequest;
import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.server.annotation.Default;
import com.linecorp.armeria.server.annotation.Description;
import com.linecorp.armeria.server.annotation.Get;
import com.linecorp.armeria.server.annotation.Param;
import com.linecorp.armeria.server.annotation.Post;
import io.kindred.engine.Table;
import io.kindred.server.json.AnswerJson;
import io.kindred.server.json.RowRequests;
import io.kindred.server.rows.RowOperations;
import io.kindred.server.survey.Surveys;
import io.kindred.server.telemetry.Operation;
import io.kindred.server.work.Calls;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/// The routes that tell of a table by a sample of its rows. Thread-safe.
@Description("Samples: rows spread over a table, distributions of its values, maps of its vectors.")
public final class SurveyRoutes {
  private final Calls calls;
  private final RowOperations rows;
  private final Surveys surveys;

  public SurveyRoutes(Calls calls, RowOperations rows, Surveys surveys) {
    this.calls = calls;
    this.rows = rows;
    this.surveys = surveys;
  }

  @Post("/v1/tables/{table}/rows:sample")
  @Description("Rows spread evenly over the table, in the order of their ids: `{\"count\":100}`.")
  public CompletableFuture<HttpResponse> sample(
      @Param("table") String name, AggregatedHttpRequest request) {
    return calls.compute(
        Operation.SAMPLE,
        name,
        () -> {
          Table table = calls.store().table(name);
          RowRequests.Sample sample = RowRequests.sample(request.content().array());
          RowOperations.Sampled sampled = rows.sample(table, sample.count(), sample.projection());
          return Answers.ok(AnswerJson.sample(sampled, sample.projection()));
        });
  }

  @Get("/v1/tables/{table}/distribution")
  @Description("How the values of fields and metadata, and the norms of vectors, are spread.")
  public CompletableFuture<HttpResponse> distribution(
      @Param("table") String name, @Param("sample") @Default("2000") String sample) {
    return calls.measured(
        Operation.SURVEY,
        name,
        () ->
            begun(
                () ->
                    surveys.distribution(name, sampleOf(sample, Surveys.DISTRIBUTION_SAMPLE_MAX))));
  }

  @Get("/v1/tables/{table}/map")
  @Description(
      "The vectors of a sample on a plane, with the error of each layout; `color` names a field"
          + " or a metadata entry.")
  public CompletableFuture<HttpResponse> map(
      @Param("table") String name,
      @Param("field") @Nullable String field,
      @Param("sample") @Default("1500") String sample,
      @Param("color") @Nullable String colour) {
    return calls.measured(
        Operation.SURVEY,
        name,
        () ->
            begun(
                () -> surveys.map(name, field, sampleOf(sample, Surveys.MAP_SAMPLE_MAX), colour)));
  }

  private static int sampleOf(String text, int max) {
    return (int) QueryParameters.number("sample", text, Surveys.SAMPLE_MIN, max);
  }

  /// A survey that cannot begin is a failure of the call, as one that fails is.
  private static CompletableFuture<HttpResponse> begun(
      java.util.function.Supplier<CompletableFuture<byte[]>> survey) {
    try {
      return survey.get().thenApply(Answers::ok);
    } catch (RuntimeException e) {
      return CompletableFuture.failedFuture(e);
    }
  }
}
