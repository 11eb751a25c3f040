package io.kindred.stream.event;

import io.kindred.stream.config.Text;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/// The fields that events have, while a pipeline is put together step by step. Owned by the thread
/// that puts it together.
public final class Scope {
  private final Map<String, Field> fields = new LinkedHashMap<>();

  /// Adds a field.
  ///
  /// @param place names the field, or stands where it is named
  /// @throws io.kindred.engine.KindredException where there is one of the name already
  public Field add(Text place, String name, Shape shape) {
    Field field = new Field(name, fields.size(), shape);
    if (fields.putIfAbsent(name, field) != null) {
      throw place.place().problem(place.path(), name, "a name that no field of the event has yet");
    }
    return field;
  }

  /// The field of that name.
  public Field require(Text name) {
    Field field = fields.get(name.value());
    if (field == null) {
      throw name.problem("a field of the event: " + String.join(", ", fields.keySet()));
    }
    return field;
  }

  public Field requireVector(Text name) {
    Field field = require(name);
    if (!(field.shape() instanceof Shape.Vector)) {
      throw name.problem("a vector; this is " + field.shape());
    }
    return field;
  }

  public Map<String, Field> fields() {
    return Collections.unmodifiableMap(fields);
  }

  public int size() {
    return fields.size();
  }
}
