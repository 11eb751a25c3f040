package io.kindred.stream.step;

import io.kindred.engine.FieldType;
import io.kindred.engine.Key;
import io.kindred.engine.Projection;
import io.kindred.engine.StoredRow;
import io.kindred.engine.Table;
import io.kindred.engine.TableSpec;
import io.kindred.engine.VectorSpec;
import io.kindred.stream.Fault;
import io.kindred.stream.config.StepDefinition;
import io.kindred.stream.config.StepDefinition.Missing;
import io.kindred.stream.config.Text;
import io.kindred.stream.event.Event;
import io.kindred.stream.event.EventFaultException;
import io.kindred.stream.event.Field;
import io.kindred.stream.event.Scope;
import io.kindred.stream.event.Shape;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Brings in what rows of a table hold; the rows of a batch are read at once. A row without the
/// vector counts as missing.
final class LookupStep implements Step {
  private final StepDefinition.Lookup definition;
  private final Table table;
  private final KeyField key;
  private final @Nullable Field vector;

  /// New fields of the event, by the row's field.
  private final Map<String, Field> fields = new LinkedHashMap<>();

  private LookupStep(StepDefinition.Lookup definition, Table table, Scope scope) {
    this.definition = definition;
    this.table = table;
    TableSpec spec = table.spec();
    this.key = KeyField.of(definition.key(), scope, spec);
    this.vector = definition.vector().map(name -> addVector(name, spec, scope)).orElse(null);
    for (Text name : definition.fields()) {
      fields.put(name.value(), addField(name, spec, scope));
    }
  }

  static LookupStep of(StepDefinition.Lookup definition, Table table, Scope scope) {
    return new LookupStep(definition, table, scope);
  }

  private Field addVector(Text name, TableSpec spec, Scope scope) {
    VectorSpec found = spec.vectors().get(name.value());
    if (found == null) {
      throw name.problem("a vector field of table " + spec.name() + ": " + spec.vectors().keySet());
    }
    return scope.add(name, named(name), new Shape.Vector(found.dimension(), true));
  }

  private Field addField(Text name, TableSpec spec, Scope scope) {
    FieldType type = spec.fields().get(name.value());
    if (type == null) {
      throw name.problem("a field of table " + spec.name() + ": " + spec.fields().keySet());
    }
    return scope.add(name, named(name), new Shape.Scalar(type, false));
  }

  private String named(Text name) {
    return definition.as() + "." + name;
  }

  @Override
  public String label() {
    return definition.label();
  }

  @Override
  public void apply(List<Event> events, boolean isLastTry) {
    Map<Key, Integer> indices = new HashMap<>();
    List<Key> keys = new ArrayList<>();
    for (Event event : events) {
      try {
        Key read = key.read(event);
        if (indices.putIfAbsent(read, keys.size()) == null) {
          keys.add(read);
        }
      } catch (EventFaultException e) {
        event.reject(e.at(label()));
      }
    }
    List<@Nullable StoredRow> rows =
        table.get(keys, Projection.of(!fields.isEmpty(), vector != null));
    for (Event event : events) {
      if (event.isGoing()) {
        take(event, rows, indices, isLastTry);
      }
    }
  }

  private void take(
      Event event, List<@Nullable StoredRow> rows, Map<Key, Integer> indices, boolean isLastTry) {
    try {
      Key read = key.read(event);
      StoredRow row = rows.get(indices.getOrDefault(read, -1));
      if (row == null) {
        missing(event, read + " has no row", isLastTry);
      } else if (vector != null && !row.vectors().containsKey(vectorName())) {
        missing(event, read + " has no vector " + vectorName(), isLastTry);
      } else {
        fill(event, row);
      }
    } catch (EventFaultException e) {
      event.reject(e.at(label()));
    }
  }

  private void fill(Event event, StoredRow row) {
    if (vector != null) {
      event.setVector(vector.slot(), row.vectors().get(vectorName()));
    }
    fields.forEach((name, field) -> event.setValue(field.slot(), row.fields().get(name)));
  }

  private String vectorName() {
    return definition.vector().orElseThrow().value();
  }

  private void missing(Event event, String what, boolean isLastTry) throws EventFaultException {
    String found = definition.key() + ": " + what;
    if (definition.missing() == Missing.SKIP) {
      event.drop();
    } else if (definition.missing() == Missing.RETRY && !isLastTry) {
      throw new TryAgainException(found + " (expected: one in table " + definition.table() + ")");
    } else {
      throw new EventFaultException(
          Fault.UNKNOWN_KEY, found + " (expected: one in table " + definition.table() + ")");
    }
  }
}
