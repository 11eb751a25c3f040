package io.kindred.server.rest;

import com.linecorp.armeria.common.AggregatedHttpRequest;
import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.server.annotation.Default;
import com.linecorp.armeria.server.annotation.Description;
import com.linecorp.armeria.server.annotation.Get;
import com.linecorp.armeria.server.annotation.Param;
import com.linecorp.armeria.server.annotation.Post;
import io.kindred.engine.ErrorCode;
import io.kindred.engine.KindredException;
import io.kindred.server.json.Json;
import io.kindred.server.json.PipelineJson;
import io.kindred.server.pipelines.EventPipelines;
import io.kindred.server.pipelines.EventPipelines.Letter;
import io.kindred.server.pipelines.EventPipelines.Push;
import io.kindred.server.pipelines.PipelineReport;
import io.kindred.server.telemetry.Operation;
import io.kindred.server.work.Calls;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/// The routes about event pipelines, and of the events that are pushed into them. Thread-safe.
@Description("Event pipelines: push, watch, pause, resume, reset, replay.")
public final class PipelineRoutes {
  private static final int LETTERS_MAX = 1000;
  private static final int PAUSED_BY_MAX = 100;
  private static final String NO_TABLE = "";
  private static final String TRACE = "traceparent";

  private final Calls calls;
  private final EventPipelines pipelines;

  public PipelineRoutes(Calls calls, EventPipelines pipelines) {
    this.calls = calls;
    this.pipelines = pipelines;
  }

  @Post("/v1/events/{pipeline}")
  @Description(
      "Pushes `{\"events\":[…],\"producer\":\"…\",\"sequence\":n}` and answers once they are"
          + " durable and searchable, with those that were rejected.")
  public CompletableFuture<HttpResponse> push(
      @Param("pipeline") String pipeline, AggregatedHttpRequest request) {
    return calls.computeThenAwait(
        Operation.PUSH_EVENTS,
        NO_TABLE,
        () -> {
          Optional<String> trace = Optional.ofNullable(request.headers().get(TRACE));
          Push push = PipelineJson.parsePush(request.content().array(), trace);
          return pipelines
              .push(pipeline, push)
              .thenApply(report -> Answers.ok(Json.write(out -> PipelineJson.write(report, out))));
        });
  }

  @Get("/v1/pipelines")
  @Description("All pipelines, by name, with their states and figures.")
  public CompletableFuture<HttpResponse> list() {
    return calls.compute(
        Operation.LIST_PIPELINES,
        () -> {
          List<PipelineReport> reports = pipelines.list();
          return Answers.ok(
              Json.write(
                  out -> {
                    out.writeStartObject();
                    out.writeArrayFieldStart("pipelines");
                    for (PipelineReport report : reports) {
                      PipelineJson.write(report, out);
                    }
                    out.writeEndArray();
                    out.writeEndObject();
                  }));
        });
  }

  @Get("/v1/pipelines/{pipeline}")
  @Description("One pipeline.")
  public CompletableFuture<HttpResponse> get(@Param("pipeline") String pipeline) {
    return calls.compute(Operation.GET_PIPELINE, () -> status(pipeline));
  }

  private HttpResponse status(String pipeline) {
    PipelineReport report = pipelines.status(pipeline);
    return Answers.ok(Json.write(out -> PipelineJson.write(report, out)));
  }

  /// Within a segment only a regular expression finds the variable, as for those below.
  @Post("regex:^/v1/pipelines/(?<pipeline>[^/:]+):pause$")
  @Description(
      "`POST /v1/pipelines/{pipeline}:pause` with `{\"by\":\"…\"}` or nothing: no more events are"
          + " read, also after a restart, until it is resumed.")
  public CompletableFuture<HttpResponse> pause(
      @Param("pipeline") String pipeline, AggregatedHttpRequest request) {
    return calls.await(
        Operation.CONTROL_PIPELINE,
        () -> {
          String by = PipelineJson.parseOnly(request.content().array(), "by").orElse("REST");
          if (by.isBlank() || by.length() > PAUSED_BY_MAX) {
            throw KindredException.of(
                ErrorCode.INVALID_ARGUMENT,
                "by",
                by.length() + " characters",
                "1 to " + PAUSED_BY_MAX + ", not only blanks");
          }
          pipelines.pause(pipeline, by);
          return status(pipeline);
        });
  }

  @Post("regex:^/v1/pipelines/(?<pipeline>[^/:]+):resume$")
  @Description(
      "`POST /v1/pipelines/{pipeline}:resume`: goes on where it stopped; the file of one that"
          + " failed is read again.")
  public CompletableFuture<HttpResponse> resume(@Param("pipeline") String pipeline) {
    return calls.await(
        Operation.CONTROL_PIPELINE,
        () -> {
          pipelines.resume(pipeline);
          return status(pipeline);
        });
  }

  @Post("regex:^/v1/pipelines/(?<pipeline>[^/:]+):reset$")
  @Description(
      "`POST /v1/pipelines/{pipeline}:reset` with `{\"from\":\"earliest\"}`, `latest` or an"
          + " instant: begins a new generation there.")
  public CompletableFuture<HttpResponse> reset(
      @Param("pipeline") String pipeline, AggregatedHttpRequest request) {
    return calls.await(
        Operation.CONTROL_PIPELINE,
        () -> {
          String from =
              PipelineJson.parseOnly(request.content().array(), "from")
                  .orElseThrow(
                      () ->
                          KindredException.of(
                              ErrorCode.INVALID_ARGUMENT,
                              "from",
                              "missing",
                              "earliest, latest or an instant"));
          EventPipelines.ResetReport report = pipelines.reset(pipeline, from);
          return Answers.ok(Json.write(out -> PipelineJson.write(report, out)));
        });
  }

  @Post("regex:^/v1/pipelines/(?<pipeline>[^/:]+):replay-dead-letters$")
  @Description(
      "`POST /v1/pipelines/{pipeline}:replay-dead-letters`: takes through the pipeline again what"
          + " was put aside since the last replay.")
  public CompletableFuture<HttpResponse> replay(@Param("pipeline") String pipeline) {
    return calls.await(
        Operation.CONTROL_PIPELINE,
        () -> {
          EventPipelines.ReplayReport report = pipelines.replayDeadLetters(pipeline);
          return Answers.ok(Json.write(out -> PipelineJson.write(report, out)));
        });
  }

  @Get("/v1/pipelines/{pipeline}/dead-letters")
  @Description("The newest events that were put aside, newest first: `limit` is 1 to 1,000.")
  public CompletableFuture<HttpResponse> deadLetters(
      @Param("pipeline") String pipeline, @Param("limit") @Default("100") String limit) {
    return calls.await(
        Operation.LIST_DEAD_LETTERS,
        () -> {
          List<Letter> letters =
              pipelines.deadLetters(
                  pipeline, (int) QueryParameters.number("limit", limit, 1, LETTERS_MAX));
          return Answers.ok(
              Json.write(
                  out -> {
                    out.writeStartObject();
                    out.writeArrayFieldStart("dead_letters");
                    for (Letter letter : letters) {
                      PipelineJson.write(letter, out);
                    }
                    out.writeEndArray();
                    out.writeEndObject();
                  }));
        });
  }

  @Post("/v1/pipelines:validate")
  @Description("Checks a pipeline in YAML against the store, and changes nothing.")
  public CompletableFuture<HttpResponse> validate(AggregatedHttpRequest request) {
    return calls.await(
        Operation.VALIDATE_PIPELINE,
        () -> {
          String name = pipelines.validate(request.contentUtf8());
          return Answers.ok(
              Json.write(
                  out -> {
                    out.writeStartObject();
                    out.writeStringField("pipeline", name);
                    out.writeBooleanField("valid", true);
                    out.writeEndObject();
                  }));
        });
  }
}
