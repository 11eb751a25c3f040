package io.kindred.stream.step;

import io.kindred.engine.FieldType;
import io.kindred.engine.Key;
import io.kindred.engine.KeyType;
import io.kindred.engine.Limits;
import io.kindred.engine.TableSpec;
import io.kindred.engine.Value;
import io.kindred.stream.Fault;
import io.kindred.stream.config.Text;
import io.kindred.stream.event.Event;
import io.kindred.stream.event.EventFaultException;
import io.kindred.stream.event.Field;
import io.kindred.stream.event.Scope;
import io.kindred.stream.event.Shape;

/// A field of events that names rows of a table. Immutable.
public final class KeyField {
  private final Field field;

  private KeyField(Field field) {
    this.field = field;
  }

  /// @throws io.kindred.engine.KindredException where the field's type is not that of the keys
  public static KeyField of(Text name, Scope scope, TableSpec table) {
    KeyField key = of(name, scope);
    FieldType wanted =
        switch (table.key()) {
          case STRING -> FieldType.STRING;
          case UINT64 -> FieldType.INT64;
        };
    if (((Shape.Scalar) key.field.shape()).type() != wanted) {
      throw name.problem(
          "a field of type "
              + (table.key() == KeyType.STRING ? "string" : "int64")
              + ", for the keys of table "
              + table.name());
    }
    return key;
  }

  /// A field that names rows of a table which is not known yet: a string or an int64.
  public static KeyField of(Text name, Scope scope) {
    Field field = scope.require(name);
    if (field.shape() instanceof Shape.Scalar(FieldType type, _)
        && (type == FieldType.STRING || type == FieldType.INT64)) {
      return new KeyField(field);
    }
    throw name.problem("a field of type string or int64; this is " + field.shape());
  }

  /// The key that an event names.
  public Key read(Event event) throws EventFaultException {
    return switch (event.value(field.slot())) {
      case Value.Text(String text) -> text(text);
      case Value.Int64(long number) when number >= 0 -> Key.of(number);
      case Value.Int64(long number) ->
          throw EventFaultException.of(Fault.OUT_OF_RANGE, field.name(), number, "at least 0");
      case null, default ->
          throw EventFaultException.of(Fault.MISSING_FIELD, field.name(), "missing", "a key");
    };
  }

  private Key text(String text) throws EventFaultException {
    // Text of fewer characters than a third of the bytes fits whatever it holds.
    if (text.isEmpty()
        || (text.length() > Limits.KEY_BYTES_MAX / 3
            && new Key.Text(text).utf8().length > Limits.KEY_BYTES_MAX)) {
      throw EventFaultException.of(
          Fault.OUT_OF_RANGE,
          field.name(),
          "\"" + text + "\"",
          "a key of 1 to " + Limits.KEY_BYTES_MAX + " bytes");
    }
    return Key.of(text);
  }
}
