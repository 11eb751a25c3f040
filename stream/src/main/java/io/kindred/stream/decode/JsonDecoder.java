package io.kindred.stream.decode;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParseException;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import io.kindred.engine.Limits;
import io.kindred.stream.Fault;
import io.kindred.stream.config.EventDefinition.FieldKind;
import io.kindred.stream.event.Event;
import io.kindred.stream.event.EventFaultException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Events as JSON objects. Members that were not declared are left alone.
final class JsonDecoder implements Decoder {
  private static final JsonFactory JSON = new JsonFactory();

  private final DeclaredFields fields;

  JsonDecoder(DeclaredFields fields) {
    this.fields = fields;
  }

  @Override
  public void decode(Event event) throws EventFaultException {
    try (JsonParser in = JSON.createParser(event.source().value())) {
      if (in.nextToken() != JsonToken.START_OBJECT) {
        throw new EventFaultException(
            Fault.MALFORMED, "event: " + kind(in.currentToken()) + " (expected: a JSON object)");
      }
      readObject(in, fields.tree(), event);
      if (in.nextToken() != null) {
        throw new EventFaultException(
            Fault.MALFORMED, "event: more behind the object (expected: one JSON object)");
      }
    } catch (JsonParseException | StreamConstraintsException e) {
      throw new EventFaultException(
          Fault.MALFORMED,
          "event: "
              + e.getOriginalMessage()
              + " at byte "
              + Math.max(e.getLocation().getByteOffset(), 0)
              + " (expected: JSON)");
    } catch (IOException e) {
      throw new EventFaultException(
          Fault.MALFORMED, "event: " + e.getMessage() + " (expected: JSON in UTF-8)");
    }
    fields.requireAll(event);
  }

  private static String kind(@Nullable JsonToken token) {
    return token == null ? "empty" : token.isScalarValue() ? "a single value" : "a list";
  }

  private static void readObject(JsonParser in, NameTree tree, Event event)
      throws IOException, EventFaultException {
    for (String name = in.nextFieldName(); name != null; name = in.nextFieldName()) {
      JsonToken token = in.nextToken();
      NameTree below = tree.find(name);
      if (below == null) {
        in.skipChildren();
        continue;
      }
      DeclaredField field = below.field();
      if (field != null) {
        field.accept(read(in, field), event);
      } else if (token == JsonToken.START_OBJECT) {
        readObject(in, below, event);
      } else {
        in.skipChildren();
      }
    }
  }

  private static @Nullable Object read(JsonParser in, DeclaredField field)
      throws IOException, EventFaultException {
    if (in.currentToken() != JsonToken.START_ARRAY) {
      return scalar(in, field);
    }
    if (field.kind() == FieldKind.VECTOR) {
      return vector(in, field);
    }
    List<@Nullable Object> items = new ArrayList<>();
    while (in.nextToken() != JsonToken.END_ARRAY) {
      if (items.size() >= Limits.LIST_ITEMS_MAX) {
        throw EventFaultException.of(
            Fault.TOO_LARGE,
            field.name(),
            "more than " + Limits.LIST_ITEMS_MAX + " items",
            "at most " + Limits.LIST_ITEMS_MAX);
      }
      items.add(scalar(in, field));
    }
    return items;
  }

  private static @Nullable Object scalar(JsonParser in, DeclaredField field)
      throws IOException, EventFaultException {
    return switch (in.currentToken()) {
      case VALUE_NULL -> null;
      case VALUE_STRING -> in.getText();
      case VALUE_TRUE -> true;
      case VALUE_FALSE -> false;
      case VALUE_NUMBER_FLOAT -> in.getDoubleValue();
      case VALUE_NUMBER_INT ->
          in.getNumberType() == JsonParser.NumberType.BIG_INTEGER
              ? (Object) in.getDoubleValue()
              : (Object) in.getLongValue();
      default ->
          throw EventFaultException.of(
              Fault.TYPE_MISMATCH,
              field.name(),
              in.currentToken() == JsonToken.START_OBJECT ? "an object" : "a list",
              field.kind().name().toLowerCase(java.util.Locale.ROOT));
    };
  }

  private static float[] vector(JsonParser in, DeclaredField field)
      throws IOException, EventFaultException {
    float[] vector = new float[64];
    int length = 0;
    while (in.nextToken() != JsonToken.END_ARRAY) {
      if (!in.currentToken().isNumeric()) {
        throw EventFaultException.of(
            Fault.TYPE_MISMATCH, field.name() + "[" + length + "]", in.getText(), "a number");
      }
      if (length == Limits.DIMENSION_MAX) {
        throw EventFaultException.of(
            Fault.TOO_LARGE,
            field.name(),
            "more than " + length + " components",
            "at most " + length);
      }
      if (length == vector.length) {
        vector = Arrays.copyOf(vector, length * 2);
      }
      vector[length++] = in.getFloatValue();
    }
    return Arrays.copyOf(vector, length);
  }
}
