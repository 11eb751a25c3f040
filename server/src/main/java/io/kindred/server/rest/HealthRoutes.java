package io.kindred.server.rest;

import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.server.annotation.Description;
import com.linecorp.armeria.server.annotation.Get;
import io.kindred.engine.ErrorCode;
import io.kindred.engine.KindredException;
import io.kindred.engine.StoreHealth;
import io.kindred.server.json.Json;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/// The routes of health. They answer on the event loop, so also when every thread is busy.
/// Thread-safe.
@Description("Whether the process lives, and whether it takes calls.")
public final class HealthRoutes {
  private final BooleanSupplier ready;
  private final Supplier<StoreHealth> store;

  public HealthRoutes(BooleanSupplier ready, Supplier<StoreHealth> store) {
    this.ready = ready;
    this.store = store;
  }

  @Get("/health/live")
  @Description("200 as long as the process answers.")
  public HttpResponse live() {
    return status("live", List.of());
  }

  @Get("/health/ready")
  @Description(
      "200 when calls are taken, 503 while the server closes. `degraded` where the store has"
          + " problems that a person should look at: reads are answered.")
  public HttpResponse ready() {
    if (!ready.getAsBoolean()) {
      throw new KindredException(ErrorCode.NOT_READY, "server: closing (expected: open)");
    }
    List<String> problems = store.get().problems();
    return status(problems.isEmpty() ? "ready" : "degraded", problems);
  }

  private static HttpResponse status(String status, List<String> problems) {
    return Answers.ok(
        Json.write(
            out -> {
              out.writeStartObject();
              out.writeStringField("status", status);
              if (!problems.isEmpty()) {
                out.writeArrayFieldStart("problems");
                for (String problem : problems) {
                  out.writeString(problem);
                }
                out.writeEndArray();
              }
              out.writeEndObject();
            }));
  }
}
