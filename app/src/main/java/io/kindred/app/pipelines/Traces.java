package io.kindred.app.pipelines;

import io.kindred.app.config.ConfigException;
import io.opentelemetry.api.OpenTelemetry;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.sdk.OpenTelemetrySdk;
import io.opentelemetry.sdk.autoconfigure.AutoConfiguredOpenTelemetrySdk;
import io.opentelemetry.sdk.autoconfigure.spi.ConfigurationException;
import io.opentelemetry.sdk.resources.Resource;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// Where the spans of pipelines go: where OpenTelemetry's own variables (`OTEL_*`) or system
/// properties (`otel.*`) say, and nowhere unless one of them names a place. Thread-safe. Closed
/// after the pipelines, which sends the last spans.
public final class Traces implements AutoCloseable {
  /// Those that name a place; without one nothing of OpenTelemetry is loaded but its interface.
  private static final List<String> PLACES =
      List.of(
          "otel.traces.exporter",
          "otel.exporter.otlp.endpoint",
          "otel.exporter.otlp.traces.endpoint");

  private static final List<String> PROTOCOLS =
      List.of("otel.exporter.otlp.protocol", "otel.exporter.otlp.traces.protocol");

  private static final String PROTOCOL = "http/protobuf";

  /// Metrics and log have their own ways out of Kindred.
  private static final Map<String, String> DEFAULTS =
      Map.of(
          "otel.metrics.exporter", "none",
          "otel.logs.exporter", "none",
          "otel.exporter.otlp.protocol", PROTOCOL);

  private static final AttributeKey<String> SERVICE = AttributeKey.stringKey("service.name");
  private static final long CLOSE_SECONDS_MAX = 3;

  private final @Nullable OpenTelemetrySdk sdk;

  private Traces(@Nullable OpenTelemetrySdk sdk) {
    this.sdk = sdk;
  }

  /// As the variables and properties of this process say.
  ///
  /// @throws ConfigException where OpenTelemetry does not understand them
  public static Traces open() {
    if (PLACES.stream().noneMatch(Traces::isSet)) {
      return new Traces(null);
    }
    PROTOCOLS.forEach(Traces::requireProtocol);
    try {
      return new Traces(
          AutoConfiguredOpenTelemetrySdk.builder()
              .addPropertiesSupplier(() -> DEFAULTS)
              .addResourceCustomizer((resource, _) -> named(resource))
              .disableShutdownHook()
              .build()
              .getOpenTelemetrySdk());
    } catch (ConfigurationException e) {
      throw new ConfigException("OTEL_*: " + e.getMessage(), e);
    }
  }

  /// gRPC needs a library that is not there; see ADR 18.
  private static void requireProtocol(String property) {
    String value = value(property);
    if (value != null && !value.equals(PROTOCOL)) {
      throw new ConfigException(
          "%s: %s (expected: %s, for which collectors mostly listen on port 4318)"
              .formatted(variable(property), value, PROTOCOL));
    }
  }

  private static boolean isSet(String property) {
    return value(property) != null;
  }

  private static @Nullable String value(String property) {
    String value = System.getProperty(property);
    return value != null ? value : System.getenv(variable(property));
  }

  private static String variable(String property) {
    return property.toUpperCase(Locale.ROOT).replace('.', '_');
  }

  /// Unless somebody named the service.
  private static Resource named(Resource resource) {
    String name = resource.getAttribute(SERVICE);
    return name == null || name.startsWith("unknown_service")
        ? resource.toBuilder().put(SERVICE, "kindred").build()
        : resource;
  }

  /// What spans are made with.
  public OpenTelemetry telemetry() {
    return sdk == null ? OpenTelemetry.noop() : sdk;
  }

  @Override
  public void close() {
    if (sdk != null) {
      sdk.shutdown().join(CLOSE_SECONDS_MAX, TimeUnit.SECONDS);
    }
  }
}
