package io.kindred.stream.decode;

import io.kindred.engine.FieldType;
import io.kindred.stream.Fault;
import io.kindred.stream.config.EventDefinition;
import io.kindred.stream.config.EventDefinition.FieldDefinition;
import io.kindred.stream.event.Event;
import io.kindred.stream.event.EventFaultException;
import io.kindred.stream.event.Scope;
import io.kindred.stream.event.Shape;
import java.util.ArrayList;
import java.util.List;

/// The fields that a pipeline declares of its events, and the tree of names under which they stand
/// in an encoded one. Immutable.
final class DeclaredFields {
  private final List<DeclaredField> fields;
  private final NameTree tree;

  private DeclaredFields(List<DeclaredField> fields) {
    this.fields = List.copyOf(fields);
    this.tree = NameTree.of(fields);
  }

  /// Adds the fields to an empty scope; field `i` gets slot `i`.
  static DeclaredFields declare(EventDefinition event, Scope scope) {
    List<DeclaredField> fields = new ArrayList<>();
    for (FieldDefinition field : event.fields()) {
      int slot = scope.add(field.name(), field.name().value(), shape(field)).slot();
      fields.add(new DeclaredField(field, slot));
    }
    return new DeclaredFields(fields);
  }

  private static Shape shape(FieldDefinition field) {
    return switch (field.kind()) {
      case STRING -> new Shape.Scalar(FieldType.STRING, field.isRequired());
      case INT64 -> new Shape.Scalar(FieldType.INT64, field.isRequired());
      case FLOAT64 -> new Shape.Scalar(FieldType.FLOAT64, field.isRequired());
      case BOOL -> new Shape.Scalar(FieldType.BOOL, field.isRequired());
      case TIMESTAMP -> new Shape.Scalar(FieldType.TIMESTAMP, field.isRequired());
      case STRING_LIST -> new Shape.Scalar(FieldType.STRING_LIST, field.isRequired());
      case VECTOR -> new Shape.Vector(field.dimension(), field.isRequired());
    };
  }

  NameTree tree() {
    return tree;
  }

  List<DeclaredField> fields() {
    return fields;
  }

  /// Refuses an event that lacks a required field.
  void requireAll(Event event) throws EventFaultException {
    for (DeclaredField field : fields) {
      if (field.isRequired() && !field.isIn(event)) {
        throw EventFaultException.of(Fault.MISSING_FIELD, field.name(), "missing", "a value");
      }
    }
  }
}
