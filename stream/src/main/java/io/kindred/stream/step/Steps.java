package io.kindred.stream.step;

import io.kindred.engine.CountWindow;
import io.kindred.engine.FieldType;
import io.kindred.engine.KindredException;
import io.kindred.engine.MergeOperation;
import io.kindred.engine.MergeOperation.Scaling;
import io.kindred.engine.Store;
import io.kindred.engine.Value;
import io.kindred.engine.VectorSpec;
import io.kindred.stream.Fault;
import io.kindred.stream.config.StepDefinition;
import io.kindred.stream.config.Text;
import io.kindred.stream.event.Event;
import io.kindred.stream.event.EventFaultException;
import io.kindred.stream.event.Field;
import io.kindred.stream.event.Scope;
import io.kindred.stream.event.Shape;
import io.kindred.stream.expression.EventFilter;
import io.kindred.stream.expression.Expression;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// Puts steps together as a pipeline defines them, checked against the fields that events have by
/// then and against the tables. Owned by the thread that puts them together.
public final class Steps {
  private static final double WEIGHT_MIN = 1e-6;
  private static final double WEIGHT_MAX = 1e6;

  private final Scope scope;
  private final Store store;
  private final SinkRow sink;

  /// @param scope the fields of decoded events; those of steps are added
  public Steps(Scope scope, Store store, SinkRow sink) {
    this.scope = scope;
    this.store = store;
    this.sink = sink;
  }

  /// @throws KindredException where a step names what is not there or does not fit; steps made
  ///   before are then closed
  public List<Step> compile(List<StepDefinition> definitions) {
    List<Step> steps = new ArrayList<>();
    try {
      for (StepDefinition definition : definitions) {
        steps.add(compile(definition));
      }
      return List.copyOf(steps);
    } catch (RuntimeException e) {
      steps.forEach(Step::close);
      throw e;
    }
  }

  private Step compile(StepDefinition definition) {
    return switch (definition) {
      case StepDefinition.Match it -> match(it);
      case StepDefinition.When it -> when(it);
      case StepDefinition.Compute it -> compute(it);
      case StepDefinition.Lookup it -> lookup(it);
      case StepDefinition.Taste it -> taste(it);
      case StepDefinition.Seen it -> seen(it);
      case StepDefinition.Count it -> count(it);
      case StepDefinition.Vector it -> vector(it);
      case StepDefinition.Model it -> ModelStep.open(it, scope, sink);
    };
  }

  private Step match(StepDefinition.Match definition) {
    EventFilter filter = EventFilter.compile(definition.filter(), definition.place(), scope);
    return new EachEvent(
        definition.label(),
        event -> {
          if (!filter.matches(event)) {
            event.drop();
          }
        });
  }

  private Step when(StepDefinition.When definition) {
    Expression condition = Expression.compile(definition.condition(), scope);
    if (condition.shape().type() != FieldType.BOOL) {
      throw definition.condition().problem("an expression that is true or false");
    }
    return new EachEvent(
        definition.label(),
        event -> {
          if (!Value.of(true).equals(condition.evaluate(event))) {
            event.drop();
          }
        });
  }

  private Step compute(StepDefinition.Compute definition) {
    List<Field> fields = new ArrayList<>();
    List<Expression> expressions = new ArrayList<>();
    for (Map.Entry<Text, Text> entry : definition.fields().entrySet()) {
      Expression expression = Expression.compile(entry.getValue(), scope);
      expressions.add(expression);
      fields.add(scope.add(entry.getKey(), entry.getKey().value(), expression.shape()));
    }
    return new EachEvent(
        definition.label(),
        event -> {
          for (int i = 0; i < fields.size(); i++) {
            event.setValue(fields.get(i).slot(), expressions.get(i).evaluate(event));
          }
        });
  }

  private Step lookup(StepDefinition.Lookup definition) {
    try {
      return LookupStep.of(definition, store.table(definition.table().value()), scope);
    } catch (KindredException e) {
      throw definition.table().place().within(e);
    }
  }

  private Step taste(StepDefinition.Taste definition) {
    VectorSpec spec = sink.requireVector(definition.into());
    Field vector = requireDimension(definition.vector(), spec.dimension());
    String into = definition.into().value();
    String state = sink.addState(definition.into(), into + "_taste");
    Scaling scaling =
        switch (definition.scale()) {
          case NONE -> Scaling.MEAN;
          case UNIT -> Scaling.UNIT;
        };
    Weight weight = weight(definition);
    return new EachEvent(
        definition.label(),
        event -> {
          double value = weight.of(event);
          if (value != 0) {
            event.add(
                new MergeOperation.DecayedMean(
                    into,
                    state,
                    Vectors.require(event, vector, spec.dimension()),
                    value,
                    definition.halfLife(),
                    scaling));
          }
        });
  }

  /// How much an event counts.
  @FunctionalInterface
  private interface Weight {
    double of(Event event) throws EventFaultException;
  }

  private Weight weight(StepDefinition.Taste definition) {
    if (definition.weight().isEmpty()) {
      return _ -> 1;
    }
    Text name = definition.weight().get();
    Field field = requireNumber(name);
    return event -> {
      double weight =
          switch (event.value(field.slot())) {
            case Value.Float64(double it) -> it;
            case Value.Int64(long it) -> it;
            case null, default ->
                throw EventFaultException.of(
                    Fault.MISSING_FIELD, name.value(), "missing", "a weight");
          };
      if (weight != 0 && !(weight >= WEIGHT_MIN && weight <= WEIGHT_MAX)) {
        throw EventFaultException.of(
            Fault.OUT_OF_RANGE, name.value(), weight, "a weight of 0, or of 0.000001 to 1000000");
      }
      return weight;
    };
  }

  private Step seen(StepDefinition.Seen definition) {
    KeyField id = KeyField.of(definition.id(), scope);
    String state = sink.addState(definition.into(), definition.into().value());
    return new EachEvent(
        definition.label(),
        event ->
            event.add(
                new MergeOperation.AddToFilter(
                    state, id.read(event), definition.capacity(), definition.errorRate())));
  }

  private Step count(StepDefinition.Count definition) {
    List<CountWindow> windows = sink.requireWindows(definition.windows());
    String state = sink.addState(definition.into(), definition.into().value());
    sink.addCounter(state, windows);
    if (definition.amount().isEmpty()) {
      MergeOperation one = new MergeOperation.Count(state, 1, windows);
      return new EachEvent(definition.label(), event -> event.add(one));
    }
    Text name = definition.amount().get();
    Field amount = scope.require(name);
    if (!(amount.shape() instanceof Shape.Scalar(FieldType type, _)) || type != FieldType.INT64) {
      throw name.problem("a field of type int64; this is " + amount.shape());
    }
    return new EachEvent(
        definition.label(),
        event -> {
          if (!(event.value(amount.slot()) instanceof Value.Int64(long value))) {
            throw EventFaultException.of(Fault.MISSING_FIELD, name.value(), "missing", "an amount");
          }
          event.add(new MergeOperation.Count(state, value, windows));
        });
  }

  private Step vector(StepDefinition.Vector definition) {
    VectorSpec spec = sink.requireVector(definition.into());
    Field vector = requireDimension(definition.from(), spec.dimension());
    String into = definition.into().value();
    return new EachEvent(
        definition.label(),
        event ->
            event.add(
                new MergeOperation.Assign(
                    Map.of(into, Vectors.require(event, vector, spec.dimension())),
                    Map.of(),
                    Map.of())));
  }

  private Field requireDimension(Text name, int dimension) {
    Field field = scope.requireVector(name);
    int found = ((Shape.Vector) field.shape()).dimension();
    if (found != 0 && found != dimension) {
      throw name.problem("a vector of " + dimension + ", as the sink's field; this is of " + found);
    }
    return field;
  }

  private Field requireNumber(Text name) {
    Field field = scope.require(name);
    if (field.shape() instanceof Shape.Scalar(FieldType type, _)
        && (type == FieldType.FLOAT64 || type == FieldType.INT64)) {
      return field;
    }
    throw name.problem("a field of type float64 or int64; this is " + field.shape());
  }
}
