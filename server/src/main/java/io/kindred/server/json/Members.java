package io.kindred.server.json;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.kindred.engine.ErrorCode;
import io.kindred.engine.KindredException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/// Reads the members of an object, and single values of a given kind. What is of another kind is an
/// error that names the member. Owned by no thread: it only moves the parser it is given.
final class Members {
  private Members() {}

  /// Takes one member; the parser stands on the first token of its value and is left on the last.
  @FunctionalInterface
  interface Member {
    void read(String name) throws IOException;
  }

  /// Reads the object on which the parser stands, member by member.
  static void each(JsonParser in, String what, Member member) throws IOException {
    require(in, what, JsonToken.START_OBJECT, "an object");
    for (String name = in.nextFieldName(); name != null; name = in.nextFieldName()) {
      in.nextToken();
      member.read(name);
    }
  }

  /// The error for a member that the contract does not know.
  static KindredException unknown(String what, String name, String expected) {
    return KindredException.of(ErrorCode.UNKNOWN_FIELD, what, name, "one of " + expected);
  }

  static String text(JsonParser in, String what) throws IOException {
    require(in, what, JsonToken.VALUE_STRING, "a string");
    return in.getText();
  }

  static boolean bool(JsonParser in, String what) throws IOException {
    if (!in.currentToken().isBoolean()) {
      throw wrong(in, what, "true or false");
    }
    return in.getBooleanValue();
  }

  static int integer(JsonParser in, String what) throws IOException {
    long value = longInteger(in, what);
    if (value != (int) value) {
      throw wrong(in, what, "a 32-bit integer");
    }
    return (int) value;
  }

  static long longInteger(JsonParser in, String what) throws IOException {
    require(in, what, JsonToken.VALUE_NUMBER_INT, "an integer");
    if (in.getNumberType() == JsonParser.NumberType.BIG_INTEGER) {
      throw wrong(in, what, "a 64-bit integer");
    }
    return in.getLongValue();
  }

  /// A finite number.
  static double number(JsonParser in, String what) throws IOException {
    if (!in.currentToken().isNumeric()) {
      throw wrong(in, what, "a number");
    }
    double value = in.getDoubleValue();
    if (!Double.isFinite(value)) {
      throw wrong(in, what, "a finite number");
    }
    return value;
  }

  static List<String> texts(JsonParser in, String what, int countMax) throws IOException {
    require(in, what, JsonToken.START_ARRAY, "an array of strings");
    List<String> texts = new ArrayList<>();
    while (in.nextToken() != JsonToken.END_ARRAY) {
      requireRoom(what, texts.size(), countMax);
      texts.add(text(in, what));
    }
    return texts;
  }

  static void requireRoom(String what, int count, int countMax) {
    if (count >= countMax) {
      throw KindredException.of(
          ErrorCode.TOO_LARGE, what, "more than " + countMax, "at most " + countMax);
    }
  }

  static void require(JsonParser in, String what, JsonToken token, String expected)
      throws IOException {
    if (in.currentToken() != token) {
      throw wrong(in, what, expected);
    }
  }

  /// The error for the value on which the parser stands.
  static KindredException wrong(JsonParser in, String what, String expected) throws IOException {
    String found =
        switch (in.currentToken()) {
          case START_OBJECT -> "an object";
          case START_ARRAY -> "an array";
          case VALUE_STRING -> '"' + shortened(in.getText()) + '"';
          default -> shortened(in.getText());
        };
    return KindredException.of(ErrorCode.INVALID_ARGUMENT, what, found, expected);
  }

  static String shortened(String text) {
    return text.length() <= 60 ? text : text.substring(0, 60) + "…";
  }
}
