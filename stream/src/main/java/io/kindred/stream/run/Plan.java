package io.kindred.stream.run;

import io.kindred.engine.ErrorCode;
import io.kindred.engine.KindredException;
import io.kindred.engine.Store;
import io.kindred.engine.Table;
import io.kindred.engine.TableSpec;
import io.kindred.stream.config.PipelineDefinition;
import io.kindred.stream.config.SinkDefinition;
import io.kindred.stream.config.SourceDefinition;
import io.kindred.stream.decode.Decoder;
import io.kindred.stream.decode.Decoders;
import io.kindred.stream.event.Scope;
import io.kindred.stream.kafka.KafkaClients;
import io.kindred.stream.step.SinkRow;
import io.kindred.stream.step.Step;
import io.kindred.stream.step.Steps;
import java.util.ArrayList;
import java.util.List;

/// A pipeline put together and checked against what its file names. Immutable.
///
/// @param decoded fields that decoding fills, of all `slots`
record Plan(
    PipelineDefinition definition,
    Decoder decoder,
    List<Step> steps,
    SinkRow sink,
    Table table,
    int decoded,
    int slots)
    implements AutoCloseable {
  static final String DECODE = "decode";
  static final String WRITE = "write";

  /// Makes the sink's table where it is to be made.
  ///
  /// @throws KindredException where something is not there or does not fit
  static Plan compile(PipelineDefinition definition, Store store) {
    Scope scope = new Scope();
    Decoder decoder = Decoders.of(definition.event(), scope);
    int decoded = scope.size();
    Table table = table(definition.sink(), store);
    SinkRow sink = new SinkRow(definition.sink(), table.spec());
    List<Step> steps = steps(definition, scope, store, sink);
    return new Plan(definition, decoder, steps, sink, table, decoded, scope.size());
  }

  private static List<Step> steps(
      PipelineDefinition definition, Scope scope, Store store, SinkRow sink) {
    List<Step> steps = new Steps(scope, store, sink).compile(definition.steps());
    try {
      sink.complete(scope);
      return steps;
    } catch (RuntimeException e) {
      steps.forEach(Step::close);
      throw e;
    }
  }

  /// Checks all that can be checked without changing anything.
  ///
  /// @throws KindredException as [#compile]
  static void check(PipelineDefinition definition, Store store) {
    Scope scope = new Scope();
    Decoders.of(definition.event(), scope);
    SinkRow sink = new SinkRow(definition.sink(), spec(definition.sink(), store));
    steps(definition, scope, store, sink).forEach(Step::close);
    if (definition.source() instanceof SourceDefinition.Kafka kafka) {
      new KafkaClients(kafka);
    }
  }

  private static TableSpec spec(SinkDefinition sink, Store store) {
    try {
      return store.table(sink.table().value()).spec();
    } catch (KindredException e) {
      if (e.code() == ErrorCode.TABLE_NOT_FOUND && sink.create().isPresent()) {
        return sink.create().get();
      }
      throw sink.table().place().within(e);
    }
  }

  private static Table table(SinkDefinition sink, Store store) {
    try {
      return store.table(sink.table().value());
    } catch (KindredException e) {
      if (e.code() != ErrorCode.TABLE_NOT_FOUND || sink.create().isEmpty()) {
        throw sink.table().place().within(e);
      }
    }
    try {
      return store.createTable(sink.create().get());
    } catch (KindredException e) {
      if (e.code() == ErrorCode.TABLE_EXISTS) {
        return store.table(sink.table().value());
      }
      throw sink.table().place().within(e);
    }
  }

  /// What decoding, the steps and writing are called, in order.
  List<String> labels() {
    List<String> labels = new ArrayList<>();
    labels.add(DECODE);
    steps.forEach(step -> labels.add(step.label()));
    labels.add(WRITE);
    return labels;
  }

  @Override
  public void close() {
    steps.forEach(Step::close);
  }
}
