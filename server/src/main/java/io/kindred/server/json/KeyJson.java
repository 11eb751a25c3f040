package io.kindred.server.json;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.kindred.engine.ErrorCode;
import io.kindred.engine.Key;
import io.kindred.engine.KeyType;
import io.kindred.engine.KindredException;
import io.kindred.server.rows.Keys;
import java.io.IOException;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;

/// Keys in JSON: text keys are strings; `uint64` keys are strings or numbers in requests, and
/// strings in answers, because many readers of JSON lose digits of large numbers.
public final class KeyJson {
  private static final String UINT64 = "0 to 18446744073709551615, the table's key type is uint64";

  private KeyJson() {}

  static Key read(JsonParser in, KeyType type) throws IOException {
    return switch (type) {
      case STRING -> {
        if (in.currentToken() != JsonToken.VALUE_STRING) {
          throw invalid(in, "a string, the table's key type");
        }
        yield Keys.text(in.getText());
      }
      case UINT64 ->
          switch (in.currentToken()) {
            case VALUE_STRING -> Key.parse(KeyType.UINT64, in.getText());
            case VALUE_NUMBER_INT -> unsigned(in);
            default -> throw invalid(in, UINT64);
          };
    };
  }

  private static Key unsigned(JsonParser in) throws IOException {
    if (in.getNumberType() != JsonParser.NumberType.BIG_INTEGER) {
      if (in.getLongValue() < 0) {
        throw invalid(in, UINT64);
      }
      return Key.of(in.getLongValue());
    }
    BigInteger value = in.getBigIntegerValue();
    if (value.signum() < 0 || value.bitLength() > Long.SIZE) {
      throw invalid(in, UINT64);
    }
    return Key.of(value.longValue());
  }

  private static KindredException invalid(JsonParser in, String expected) throws IOException {
    return new KindredException(
        ErrorCode.INVALID_KEY, String.valueOf(Members.wrong(in, "id", expected).getMessage()));
  }

  static List<Key> readAll(JsonParser in, String what, KeyType type, int countMax)
      throws IOException {
    Members.require(in, what, JsonToken.START_ARRAY, "an array of ids");
    List<Key> keys = new ArrayList<>();
    while (in.nextToken() != JsonToken.END_ARRAY) {
      Members.requireRoom(what, keys.size(), countMax);
      keys.add(read(in, type));
    }
    return keys;
  }

  public static void write(Key key, JsonGenerator out) throws IOException {
    out.writeString(key.toString());
  }
}
