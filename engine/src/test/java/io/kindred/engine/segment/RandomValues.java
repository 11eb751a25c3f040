package io.kindred.engine.segment;

import io.kindred.engine.Value;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;

/// Random values of every kind and size. Owned by one thread.
final class RandomValues {
  private final RandomGenerator random;

  RandomValues(RandomGenerator random) {
    this.random = random;
  }

  /// @param depth how many levels of lists and objects the value may have
  Value value(int depth) {
    return switch (random.nextInt(depth > 0 ? 9 : 6)) {
      case 0 -> Value.Null.NULL;
      case 1 -> Value.of(random.nextBoolean());
      case 2 -> Value.of(random.nextLong() >> random.nextInt(64));
      case 3 -> Value.of(number());
      case 4 -> Value.of(text());
      case 5 -> new Value.Timestamp(random.nextLong());
      case 6 -> array(depth);
      default -> entries(depth);
    };
  }

  private double number() {
    double number = Double.longBitsToDouble(random.nextLong());
    return Double.isFinite(number) ? number : -0.0;
  }

  private String text() {
    int length = random.nextInt(8) == 0 ? random.nextInt(400) : random.nextInt(12);
    int widest = new int[] {0x7F, 0xFF, 0xD7FF, Character.MAX_CODE_POINT}[random.nextInt(4)];
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < length; i++) {
      int codePoint = random.nextInt(widest + 1);
      boolean isSurrogate =
          codePoint >= Character.MIN_SURROGATE && codePoint <= Character.MAX_SURROGATE;
      text.appendCodePoint(isSurrogate ? '?' : codePoint);
    }
    return text.toString();
  }

  private Value array(int depth) {
    List<Value> items = new ArrayList<>();
    int count = random.nextInt(6);
    for (int i = 0; i < count; i++) {
      items.add(value(depth - 1));
    }
    return new Value.Array(items);
  }

  private Value entries(int depth) {
    Map<String, Value> values = new LinkedHashMap<>();
    int count = random.nextInt(6);
    for (int i = 0; i < count; i++) {
      values.put(text(), value(depth - 1));
    }
    return new Value.Entries(values);
  }
}
