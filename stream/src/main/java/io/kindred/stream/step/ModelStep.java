package io.kindred.stream.step;

import io.kindred.engine.MergeOperation;
import io.kindred.engine.Value;
import io.kindred.engine.VectorSpec;
import io.kindred.stream.Fault;
import io.kindred.stream.config.StepDefinition;
import io.kindred.stream.config.Text;
import io.kindred.stream.event.Event;
import io.kindred.stream.event.EventFaultException;
import io.kindred.stream.event.Field;
import io.kindred.stream.event.Scope;
import io.kindred.stream.model.ModelException;
import io.kindred.stream.model.ModelInput;
import io.kindred.stream.model.OnnxModel;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Computes a vector with a model, for several events at once.
///
/// Where the model fails for a batch, its events are tried one by one. One that fails alone is to
/// blame if the model then still works on a blank row; otherwise the model is, and all are tried
/// again later.
final class ModelStep implements Step {
  private final StepDefinition.Model definition;
  private final OnnxModel model;
  private final int dimension;
  private final int batchMax;
  private final Map<ModelInput, Field> inputs = new LinkedHashMap<>();

  private ModelStep(
      StepDefinition.Model definition, OnnxModel model, VectorSpec into, Scope scope) {
    this.definition = definition;
    this.model = model;
    this.dimension = into.dimension();
    if (model.outputWidth() != 0 && model.outputWidth() != dimension) {
      throw definition
          .output()
          .problem(
              "an output of dimension "
                  + dimension
                  + ", as field "
                  + definition.into()
                  + " of the sink; this is of "
                  + model.outputWidth());
    }
    int most = definition.batch();
    for (Map.Entry<ModelInput, Text> bound : model.bind(definition.inputs()).entrySet()) {
      Field field = scope.require(bound.getValue());
      bound.getKey().requireTakes(field, bound.getValue());
      inputs.put(bound.getKey(), field);
      most = Math.min(most, bound.getKey().batchMax());
    }
    this.batchMax = most;
  }

  /// @throws io.kindred.engine.KindredException where there is no such model, or its inputs and
  ///   output do not fit
  static ModelStep open(StepDefinition.Model definition, Scope scope, SinkRow sink) {
    VectorSpec into = sink.requireVector(definition.into());
    OnnxModel model = OnnxModel.open(definition.file(), definition.output());
    try {
      return new ModelStep(definition, model, into, scope);
    } catch (RuntimeException e) {
      model.close();
      throw e;
    }
  }

  @Override
  public String label() {
    return definition.label();
  }

  @Override
  public void close() {
    model.close();
  }

  @Override
  public void apply(List<Event> events, boolean isLastTry) {
    List<Event> batch = new ArrayList<>();
    for (Event event : events) {
      try {
        requireInputs(event);
        batch.add(event);
      } catch (EventFaultException e) {
        event.reject(e.at(label()));
      }
      if (batch.size() == batchMax) {
        infer(batch);
        batch.clear();
      }
    }
    if (!batch.isEmpty()) {
      infer(batch);
    }
  }

  private void requireInputs(Event event) throws EventFaultException {
    for (Map.Entry<ModelInput, Field> input : inputs.entrySet()) {
      Field field = input.getValue();
      if (event.value(field) == null) {
        throw EventFaultException.of(Fault.MISSING_FIELD, field.name(), "missing", "a value");
      }
      if (event.value(field) instanceof float[] vector) {
        int width = input.getKey().width();
        Vectors.requireSound(vector, field.name(), width == 0 ? vector.length : width);
      }
    }
  }

  private void infer(List<Event> batch) {
    float[][] vectors;
    try {
      vectors = model.infer(rows(batch));
    } catch (ModelException e) {
      if (batch.size() == 1) {
        blame(batch.getFirst(), e);
      } else {
        batch.forEach(event -> infer(List.of(event)));
      }
      return;
    }
    for (int i = 0; i < vectors.length; i++) {
      take(batch.get(i), vectors[i]);
    }
  }

  private Map<ModelInput, List<Object>> rows(List<Event> batch) {
    Map<ModelInput, List<Object>> rows = new LinkedHashMap<>();
    inputs.forEach(
        (input, field) ->
            rows.put(input, batch.stream().map(event -> plain(event, field)).toList()));
    return rows;
  }

  private static Object plain(Event event, Field field) {
    return switch (event.value(field)) {
      case float[] vector -> vector;
      case Value.Float64(double it) -> it;
      case Value.Int64(long it) -> it;
      case Value.Bool(boolean it) -> it;
      case Value.Text(String it) -> it;
      case null, default -> throw new AssertionError(field);
    };
  }

  private void take(Event event, float[] vector) {
    try {
      Vectors.requireSound(vector, definition.output().value(), dimension);
      event.add(
          new MergeOperation.Assign(Map.of(definition.into().value(), vector), Map.of(), Map.of()));
    } catch (EventFaultException e) {
      event.reject(e.at(label()));
    }
  }

  private void blame(Event event, ModelException failure) {
    Map<ModelInput, List<Object>> blank = new LinkedHashMap<>();
    inputs.keySet().forEach(input -> blank.put(input, List.of(input.blank())));
    try {
      model.infer(blank);
    } catch (ModelException e) {
      failure.addSuppressed(e);
      throw new TryAgainException(String.valueOf(failure.getMessage()), failure);
    }
    event.reject(
        new EventFaultException(
                Fault.MODEL_FAILED,
                definition.output() + ": " + failure.getMessage() + " (expected: a vector)")
            .at(label()));
  }
}
