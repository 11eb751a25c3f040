package io.kindred.stream.expression;

import io.kindred.engine.FieldType;
import io.kindred.engine.KeyType;
import io.kindred.engine.KindredException;
import io.kindred.engine.TableSpec;
import io.kindred.engine.Value;
import io.kindred.engine.filter.BoundFilter;
import io.kindred.engine.filter.Filter;
import io.kindred.engine.filter.FilterParser;
import io.kindred.stream.config.Place;
import io.kindred.stream.event.Event;
import io.kindred.stream.event.EventFields;
import io.kindred.stream.event.Field;
import io.kindred.stream.event.Scope;
import io.kindred.stream.event.Shape;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// A filter of Kindred's filter language over the fields of events. Immutable.
public final class EventFilter {
  private final BoundFilter filter;

  private EventFilter(BoundFilter filter) {
    this.filter = filter;
  }

  /// @param place where the filter stands
  /// @throws KindredException where it is none, names what no event has, or compares what does not
  ///   fit
  public static EventFilter compile(Value value, Place place, Scope scope) {
    try {
      Filter parsed = FilterParser.parse(value);
      requireKnown(parsed, place, scope);
      return new EventFilter(BoundFilter.bind(parsed, table(scope)));
    } catch (KindredException e) {
      throw place.within(e);
    }
  }

  public boolean matches(Event event) {
    return filter.matches(new EventFields(event));
  }

  /// Fields in the order of their slots, for the filter's addresses are slots. A vector takes the
  /// place of a flag that is never there; [#requireKnown] keeps filters from it.
  private static TableSpec table(Scope scope) {
    Map<String, FieldType> fields = new LinkedHashMap<>();
    for (Field field : scope.fields().values()) {
      fields.put(
          field.name(),
          switch (field.shape()) {
            case Shape.Scalar(FieldType type, _) -> type;
            case Shape.Vector _ -> FieldType.BOOL;
          });
    }
    return TableSpec.of("event", KeyType.STRING, Map.of(), fields);
  }

  private static void requireKnown(Filter filter, Place place, Scope scope) {
    switch (filter) {
      case Filter.Eq(String field, _) -> requireKnown(field, place, scope);
      case Filter.Ne(String field, _) -> requireKnown(field, place, scope);
      case Filter.Gt(String field, _) -> requireKnown(field, place, scope);
      case Filter.Gte(String field, _) -> requireKnown(field, place, scope);
      case Filter.Lt(String field, _) -> requireKnown(field, place, scope);
      case Filter.Lte(String field, _) -> requireKnown(field, place, scope);
      case Filter.In(String field, _) -> requireKnown(field, place, scope);
      case Filter.NotIn(String field, _) -> requireKnown(field, place, scope);
      case Filter.Exists(String field, _) -> requireKnown(field, place, scope);
      case Filter.And(List<Filter> all) -> all.forEach(it -> requireKnown(it, place, scope));
      case Filter.Or(List<Filter> any) -> any.forEach(it -> requireKnown(it, place, scope));
      case Filter.Not(Filter negated) -> requireKnown(negated, place, scope);
    }
  }

  private static void requireKnown(String name, Place place, Scope scope) {
    Field field = scope.fields().get(name);
    if (field == null || field.shape() instanceof Shape.Vector) {
      throw place.problem(
          "filter." + name,
          field == null ? "unknown field" : "a vector",
          "a field of the event: " + String.join(", ", scope.fields().keySet()));
    }
  }
}
