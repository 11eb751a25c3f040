package io.kindred.server.rest;

import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.server.annotation.Description;
import com.linecorp.armeria.server.annotation.Get;
import io.kindred.engine.ErrorCode;
import io.kindred.engine.KindredException;
import io.kindred.server.json.Json;
import java.util.function.BooleanSupplier;

/// The routes of health. They answer on the event loop, so also when every thread is busy.
/// Thread-safe.
@Description("Whether the process lives, and whether it takes calls.")
public final class HealthRoutes {
  private final BooleanSupplier ready;

  public HealthRoutes(BooleanSupplier ready) {
    this.ready = ready;
  }

  @Get("/health/live")
  @Description("200 as long as the process answers.")
  public HttpResponse live() {
    return status("live");
  }

  @Get("/health/ready")
  @Description("200 when calls are taken, 503 while the server closes.")
  public HttpResponse ready() {
    if (!ready.getAsBoolean()) {
      throw new KindredException(ErrorCode.NOT_READY, "server: closing (expected: open)");
    }
    return status("ready");
  }

  private static HttpResponse status(String status) {
    return Answers.ok(
        Json.write(
            out -> {
              out.writeStartObject();
              out.writeStringField("status", status);
              out.writeEndObject();
            }));
  }
}
