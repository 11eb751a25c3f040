package io.kindred.stream.step;

import io.kindred.engine.CountWindow;
import io.kindred.engine.FieldType;
import io.kindred.engine.Key;
import io.kindred.engine.MergeOperation;
import io.kindred.engine.RowMerge;
import io.kindred.engine.TableSpec;
import io.kindred.engine.Value;
import io.kindred.engine.VectorSpec;
import io.kindred.stream.config.SinkDefinition;
import io.kindred.stream.config.Text;
import io.kindred.stream.event.Event;
import io.kindred.stream.event.EventFaultException;
import io.kindred.stream.event.Field;
import io.kindred.stream.event.Scope;
import io.kindred.stream.event.Shape;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// The row that a pipeline's events change: which fields of the table its steps write, and how the
/// change of one event is made. Steps declare what they write while they are put together;
/// afterwards it is immutable.
public final class SinkRow {
  private static final Pattern STATE = Pattern.compile("[A-Za-z0-9_-]{1,64}");
  private static final int WINDOW_SECONDS_MAX = 400 * 86_400;

  private final SinkDefinition definition;
  private final TableSpec table;
  private final Set<String> written = new LinkedHashSet<>();
  private final Map<String, List<CountWindow>> counters = new LinkedHashMap<>();
  private final Map<String, Field> stored = new LinkedHashMap<>();
  private @Nullable KeyField key;

  public SinkRow(SinkDefinition definition, TableSpec table) {
    this.definition = definition;
    this.table = table;
  }

  /// The vector field of a name, which one step may write.
  VectorSpec requireVector(Text name) {
    VectorSpec spec = table.vectors().get(name.value());
    if (spec == null) {
      throw name.problem(
          "a vector field of table " + table.name() + ": " + table.vectors().keySet());
    }
    requireOnce(name, name.value());
    return spec;
  }

  /// The int64 fields of the names, which one step may write.
  List<CountWindow> requireWindows(Map<Text, Duration> lengths) {
    List<CountWindow> windows = new ArrayList<>();
    lengths.forEach(
        (name, length) -> {
          requireField(name, FieldType.INT64);
          if (length.toMillis() % 1000 != 0 || length.toSeconds() > WINDOW_SECONDS_MAX) {
            throw name.place()
                .problem(name.path(), length.toString(), "whole seconds, at most 400 days");
          }
          windows.add(new CountWindow(name.value(), length));
        });
    return windows;
  }

  /// Takes a metadata entry for what the engine has to remember.
  ///
  /// @param place names it, or stands where it follows from
  String addState(Text place, String name) {
    if (!STATE.matcher(name).matches() || table.fields().containsKey(name)) {
      throw place
          .place()
          .problem(
              place.path(),
              name,
              "1 to 64 letters, digits, '_' or '-', and no declared field of table "
                  + table.name());
    }
    requireOnce(place, name);
    return name;
  }

  void addCounter(String state, List<CountWindow> windows) {
    counters.put(state, windows);
  }

  /// Takes the key and the fields that are stored as they are, once all steps are known.
  ///
  /// @throws io.kindred.engine.KindredException where they do not fit, or nothing would be written
  public void complete(Scope scope) {
    key = KeyField.of(definition.key(), scope, table);
    definition
        .fields()
        .forEach((into, from) -> stored.put(into.value(), stored(into, from, scope)));
    if (written.isEmpty()) {
      throw definition
          .table()
          .problem(
              "something to write: fields, or a step such as taste, count, seen, vector or model");
    }
  }

  private Field stored(Text into, Text from, Scope scope) {
    Field field = scope.require(from);
    if (!(field.shape() instanceof Shape.Scalar(FieldType type, _))) {
      throw from.problem("a value; a vector is stored by the step vector");
    }
    requireField(into, type);
    return field;
  }

  private void requireField(Text name, FieldType type) {
    if (table.fields().get(name.value()) != type) {
      throw name.place()
          .problem(
              name.path(),
              name.value(),
              "a field of type "
                  + new Shape.Scalar(type, true)
                  + " of table "
                  + table.name()
                  + ": "
                  + table.fields().keySet());
    }
    requireOnce(name, name.value());
  }

  private void requireOnce(Text place, String name) {
    if (!written.add(name)) {
      throw place.place().problem(place.path(), name, "what no other step writes");
    }
  }

  /// The counters by the name of their state.
  public Map<String, List<CountWindow>> counters() {
    return Collections.unmodifiableMap(counters);
  }

  /// The change of one event, or null where its steps left nothing to change.
  public @Nullable RowMerge merge(Event event) throws EventFaultException {
    KeyField keyField = key;
    if (keyField == null) {
      throw new IllegalStateException("sink row: not complete");
    }
    Key row = keyField.read(event);
    List<MergeOperation> operations = new ArrayList<>(event.operations());
    if (!stored.isEmpty()) {
      Map<String, Value> fields = new LinkedHashMap<>();
      stored.forEach(
          (into, from) -> {
            Value value = event.value(from.slot());
            if (value != null) {
              fields.put(into, value);
            }
          });
      if (!fields.isEmpty()) {
        operations.add(new MergeOperation.Assign(Map.of(), fields, Map.of()));
      }
    }
    if (operations.isEmpty()) {
      return null;
    }
    return new RowMerge(row, event.time(), operations, definition.timeToLive().orElse(null));
  }
}
