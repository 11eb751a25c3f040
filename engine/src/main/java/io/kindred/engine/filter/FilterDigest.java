package io.kindred.engine.filter;

import io.kindred.engine.Value;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.List;
import java.util.Map;

/// The SHA-256 of a filter: equal for equal filters, and for no others that anyone could find. A
/// small key for what is kept about a filter, however long its lists. Immutable.
public record FilterDigest(long a, long b, long c, long d) {

  /// The digest of a filter as it is written: the order of its conditions counts.
  public static FilterDigest of(Filter filter) {
    Digesting digesting = new Digesting();
    digesting.add(filter);
    ByteBuffer bytes = ByteBuffer.wrap(digesting.sha256.digest());
    return new FilterDigest(bytes.getLong(), bytes.getLong(), bytes.getLong(), bytes.getLong());
  }

  /// Feeds a filter to the hash, each part with its kind and length, so that no two filters feed
  /// the same bytes.
  private static final class Digesting {
    private final MessageDigest sha256;
    private final ByteBuffer number = ByteBuffer.allocate(1 + Long.BYTES);

    Digesting() {
      try {
        sha256 = MessageDigest.getInstance("SHA-256");
      } catch (NoSuchAlgorithmException e) {
        throw new AssertionError("every Java platform has SHA-256", e);
      }
    }

    void add(Filter filter) {
      switch (filter) {
        case Filter.Eq(String field, Value value) -> add(1, field, value);
        case Filter.Ne(String field, Value value) -> add(2, field, value);
        case Filter.Gt(String field, Value value) -> add(3, field, value);
        case Filter.Gte(String field, Value value) -> add(4, field, value);
        case Filter.Lt(String field, Value value) -> add(5, field, value);
        case Filter.Lte(String field, Value value) -> add(6, field, value);
        case Filter.In(String field, List<Value> values) -> add(7, field, new Value.Array(values));
        case Filter.NotIn(String field, List<Value> values) ->
            add(8, field, new Value.Array(values));
        case Filter.Exists(String field, boolean isPresent) ->
            add(9, field, new Value.Bool(isPresent));
        case Filter.And(List<Filter> filters) -> add(10, filters);
        case Filter.Or(List<Filter> filters) -> add(11, filters);
        case Filter.Not(Filter negated) -> add(12, List.of(negated));
      }
    }

    private void add(int kind, List<Filter> filters) {
      number(kind, filters.size());
      filters.forEach(this::add);
    }

    private void add(int kind, String field, Value value) {
      text(kind, field);
      add(value);
    }

    private void add(Value value) {
      switch (value) {
        case Value.Null _ -> number(20, 0);
        case Value.Bool(boolean bool) -> number(21, bool ? 1 : 0);
        case Value.Int64(long integer) -> number(22, integer);
        case Value.Float64(double fraction) -> number(23, Double.doubleToRawLongBits(fraction));
        case Value.Text(String text) -> text(24, text);
        case Value.Timestamp(long micros) -> number(25, micros);
        case Value.Array(List<Value> items) -> {
          number(26, items.size());
          items.forEach(this::add);
        }
        case Value.Entries(Map<String, Value> entries) -> {
          number(27, entries.size());
          entries.forEach(
              (name, entry) -> {
                text(28, name);
                add(entry);
              });
        }
      }
    }

    private void text(int kind, String text) {
      byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
      number(kind, utf8.length);
      sha256.update(utf8);
    }

    private void number(int kind, long value) {
      sha256.update(number.clear().put((byte) kind).putLong(value).flip());
    }
  }
}
