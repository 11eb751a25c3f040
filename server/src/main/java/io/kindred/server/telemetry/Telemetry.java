package io.kindred.server.telemetry;

import io.kindred.engine.ErrorCode;
import io.kindred.engine.Store;
import io.kindred.engine.StoreListener;
import io.kindred.server.pipelines.EventPipelines;
import io.kindred.server.tasks.EngineTasks;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.binder.jvm.JvmGcMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmThreadMetrics;
import io.micrometer.core.instrument.binder.system.ProcessorMetrics;
import io.micrometer.core.instrument.binder.system.UptimeMetrics;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.time.Duration;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.IntSupplier;
import java.util.function.LongSupplier;

/// Everything that is measured in one process: operations, tables, the engine's own work, the JVM.
/// Thread-safe.
///
/// It exists before the store, so that the store can report to [#storeListener()] from its first
/// record.
public final class Telemetry implements AutoCloseable {
  private static final Duration[] LATENCY_BOUNDS = {
    Duration.ofNanos(20_000),
    Duration.ofNanos(50_000),
    Duration.ofNanos(100_000),
    Duration.ofNanos(200_000),
    Duration.ofNanos(500_000),
    Duration.ofMillis(1),
    Duration.ofMillis(2),
    Duration.ofMillis(5),
    Duration.ofMillis(10),
    Duration.ofMillis(20),
    Duration.ofMillis(50),
    Duration.ofMillis(100),
    Duration.ofMillis(200),
    Duration.ofMillis(500),
    Duration.ofSeconds(1),
    Duration.ofSeconds(5),
    Duration.ofSeconds(30)
  };

  /// The meters of one operation.
  private record OperationMeters(Timer timer, LatencyHistogram latency) {}

  private final PrometheusMeterRegistry registry =
      new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
  private final Map<Operation, OperationMeters> operations = new EnumMap<>(Operation.class);
  private final LongAdder errors = new LongAdder();
  private final ConcurrentMap<String, TableTraffic> tables = new ConcurrentHashMap<>();
  private final JvmGcMetrics garbageCollection = new JvmGcMetrics();
  private final EngineTasks engineTasks = new EngineTasks();
  private final StoreListener storeListener = new EngineMeters(registry, engineTasks);

  public Telemetry() {
    for (Operation operation : Operation.values()) {
      operations.put(operation, operationMeters(operation));
    }
    new JvmMemoryMetrics().bindTo(registry);
    garbageCollection.bindTo(registry);
    new JvmThreadMetrics().bindTo(registry);
    new ProcessorMetrics().bindTo(registry);
    new UptimeMetrics().bindTo(registry);
    if (ResidentMemory.bytes().isPresent()) {
      Gauge.builder("process.resident.memory.bytes", () -> ResidentMemory.bytes().orElse(0))
          .description("Memory of the process that is in RAM")
          .register(registry);
    }
  }

  private OperationMeters operationMeters(Operation operation) {
    Timer timer =
        Timer.builder("kindred.operation")
            .description("Calls and their latency, by operation")
            .tag("operation", operation.label())
            .serviceLevelObjectives(LATENCY_BOUNDS)
            .register(registry);
    return new OperationMeters(timer, new LatencyHistogram());
  }

  /// What the store does beside answering, as it told its listener.
  public EngineTasks engineTasks() {
    return engineTasks;
  }

  /// To give to the store when it is opened.
  public StoreListener storeListener() {
    return storeListener;
  }

  /// Adds the figures that are read from the store and the pipelines when metrics are asked for.
  public void observe(Store store, EventPipelines pipelines) {
    PrometheusRegistry collectors = registry.getPrometheusRegistry();
    collectors.register(new StoreCollector(store));
    collectors.register(new PipelineCollector(pipelines));
    collectors.register(new TrafficCollector(new StoreTraffic(store, pipelines, this)));
  }

  public void observeQueue(IntSupplier queued) {
    Gauge.builder("kindred.calls.queued", queued, IntSupplier::getAsInt)
        .description("Calls that wait for a thread")
        .strongReference(true)
        .register(registry);
  }

  public void observeRequestBytes(LongSupplier bytes) {
    Gauge.builder("kindred.requests.bytes", bytes, LongSupplier::getAsLong)
        .description("Bytes of the requests that are in the server")
        .strongReference(true)
        .register(registry);
  }

  public void succeeded(Operation operation, long nanos) {
    OperationMeters meters = meters(operation);
    meters.timer().record(nanos, TimeUnit.NANOSECONDS);
    meters.latency().record(nanos);
  }

  public void failed(Operation operation, long nanos, ErrorCode code) {
    succeeded(operation, nanos);
    errors.increment();
    Counter.builder("kindred.errors")
        .description("Calls that failed, by operation and error code")
        .tag("operation", operation.label())
        .tag("code", code.name())
        .register(registry)
        .increment();
  }

  /// The traffic of a table that exists.
  public TableTraffic traffic(String table) {
    TableTraffic traffic = tables.get(table);
    return traffic != null ? traffic : tables.computeIfAbsent(table, name -> new TableTraffic());
  }

  /// Counts a call's time for its table, too. Names that no table has count nowhere: what is kept
  /// for each must not grow with what callers make up.
  public void tookOn(String table, Operation operation, long nanos) {
    TableTraffic traffic = tables.get(table);
    if (traffic != null) {
      traffic.took(operation, nanos);
    }
  }

  /// Drops what was kept about a table that is no more.
  public void forget(String table) {
    tables.remove(table);
    List<Meter> meters = List.copyOf(registry.getMeters());
    for (Meter meter : meters) {
      if (table.equals(meter.getId().getTag(EngineMeters.TABLE))) {
        registry.remove(meter);
      }
    }
  }

  LatencyHistogram latency(Operation operation) {
    return meters(operation).latency();
  }

  long errors() {
    return errors.sum();
  }

  private OperationMeters meters(Operation operation) {
    OperationMeters meters = operations.get(operation);
    if (meters == null) {
      throw new AssertionError(operation);
    }
    return meters;
  }

  /// All metrics in Prometheus's text format.
  public String scrape() {
    return registry.scrape();
  }

  @Override
  public void close() {
    garbageCollection.close();
    registry.close();
  }
}
