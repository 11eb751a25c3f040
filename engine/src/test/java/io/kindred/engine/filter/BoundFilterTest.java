package io.kindred.engine.filter;

import static io.kindred.engine.filter.Json.array;
import static io.kindred.engine.filter.Json.object;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kindred.engine.ErrorCode;
import io.kindred.engine.FieldType;
import io.kindred.engine.IndexSpec;
import io.kindred.engine.KeyType;
import io.kindred.engine.KindredException;
import io.kindred.engine.Limits;
import io.kindred.engine.Metric;
import io.kindred.engine.TableSpec;
import io.kindred.engine.Value;
import io.kindred.engine.VectorSpec;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/// The table of `docs/filters.md`, row by row.
final class BoundFilterTest {
  private static final long MICROS = 1_767_225_600_000_000L; // 2026-01-01T00:00:00Z
  private static final TableSpec TABLE =
      TableSpec.of(
          "items",
          KeyType.STRING,
          Map.of("embedding", new VectorSpec(4, Metric.DOT, new IndexSpec.Flat())),
          fields());

  private static Map<String, FieldType> fields() {
    Map<String, FieldType> fields = new LinkedHashMap<>();
    fields.put("city", FieldType.STRING);
    fields.put("stock", FieldType.INT64);
    fields.put("price", FieldType.FLOAT64);
    fields.put("sold_out", FieldType.BOOL);
    fields.put("since", FieldType.TIMESTAMP);
    fields.put("tags", FieldType.STRING_LIST);
    fields.put("note", FieldType.STRING);
    return fields;
  }

  private static final EncodedRow ROW =
      new EncodedRow(
          List.copyOf(TABLE.fields().keySet()),
          Map.of(
              "city", Value.of("berlin"),
              "stock", Value.of((1L << 53) + 1),
              "price", Value.of(9.5),
              "sold_out", Value.of(false),
              "since", new Value.Timestamp(MICROS),
              "tags", array(Value.of("red"), Value.of("wool"))),
          Map.of(
              "brand",
              object("name", Value.of("acme"), "country.code", Value.of("de")),
              "sizes",
              array(Value.of(38), Value.of(40.5), Value.of("XL"), array(Value.of(99))),
              "parts",
              array(object("kind", Value.of("zip")), object("kind", Value.of("hem")), Value.of(1)),
              "empty",
              array(),
              "nothing",
              Value.Null.NULL,
              "dotted.key",
              Value.of(1),
              "dotted",
              object("key", Value.of(2), "other", Value.of(3)),
              "size",
              Value.of(0x1p53)));

  static Stream<Arguments> matching() {
    return Stream.of(
        Arguments.of(object()),
        Arguments.of(object("city", Value.of("berlin"))),
        Arguments.of(object("city", object("$ne", Value.of("bern")))),
        Arguments.of(object("city", object("$gt", Value.of("berlia")))),
        Arguments.of(object("city", object("$lte", Value.of("berlin")))),
        Arguments.of(object("city", object("$lt", Value.of("berlin ")))),
        Arguments.of(object("city", object("$in", array(Value.of("x"), Value.of("berlin"))))),
        Arguments.of(object("stock", Value.of((1L << 53) + 1))),
        Arguments.of(object("stock", object("$gt", Value.of(0x1p53)))),
        Arguments.of(object("stock", object("$ne", Value.of(0x1p53)))),
        Arguments.of(object("price", Value.of(9.5))),
        Arguments.of(object("price", object("$gt", Value.of(9), "$lt", Value.of(10)))),
        Arguments.of(object("price", object("$in", array(Value.of(1), Value.of(9.5))))),
        Arguments.of(object("sold_out", Value.of(false))),
        Arguments.of(object("sold_out", object("$in", array(Value.of(false))))),
        Arguments.of(object("since", Value.of("2026-01-01T00:00:00Z"))),
        Arguments.of(object("since", Value.of("2026-01-01T01:00:00.0000009+01:00"))),
        Arguments.of(object("since", Value.of(MICROS / 1000))),
        Arguments.of(object("since", new Value.Timestamp(MICROS))),
        Arguments.of(object("since", object("$gt", Value.of("2025-12-31T23:59:59.999999Z")))),
        Arguments.of(object("since", object("$in", array(Value.of("2026-01-01T00:00:00Z"))))),
        Arguments.of(object("tags", Value.of("wool"))),
        Arguments.of(object("tags", object("$in", array(Value.of("x"), Value.of("red"))))),
        Arguments.of(object("tags", object("$nin", array(Value.of("x"))))),
        Arguments.of(object("note", object("$exists", Value.of(false)))),
        Arguments.of(object("note", Value.Null.NULL)),
        Arguments.of(object("note", object("$ne", Value.of("x")))),
        Arguments.of(object("note", object("$nin", array(Value.of("x"))))),
        Arguments.of(object("note", object("$in", array(Value.of("x"), Value.Null.NULL)))),
        Arguments.of(object("note", object("$not", object("$gt", Value.of("a"))))),
        Arguments.of(object("city", object("$ne", Value.Null.NULL))),
        Arguments.of(object("city", object("$nin", array(Value.Null.NULL, Value.of("x"))))),
        Arguments.of(object("brand.name", Value.of("acme"))),
        Arguments.of(object("brand", object("$exists", Value.of(true)))),
        Arguments.of(object("brand.name.deeper", object("$exists", Value.of(false)))),
        Arguments.of(object("sizes", Value.of(38.0))),
        Arguments.of(object("sizes", object("$gt", Value.of(40)))),
        Arguments.of(object("sizes", Value.of("XL"))),
        Arguments.of(object("parts.kind", Value.of("hem"))),
        Arguments.of(object("parts.kind", object("$exists", Value.of(true)))),
        Arguments.of(object("empty", object("$exists", Value.of(true)))),
        Arguments.of(object("empty", object("$ne", Value.of(1)))),
        Arguments.of(object("nothing", object("$exists", Value.of(false)))),
        Arguments.of(object("nothing", Value.Null.NULL)),
        Arguments.of(object("dotted.key", Value.of(1))),
        Arguments.of(object("dotted.other", Value.of(3))),
        Arguments.of(object("size", Value.of(1L << 53))),
        Arguments.of(object("$not", object("city", Value.of("bern")))),
        Arguments.of(
            object("$or", array(object("city", Value.of("x")), object("price", Value.of(9.5))))),
        Arguments.of(
            object(
                "$and",
                array(object("city", Value.of("berlin")), object("missing", Value.Null.NULL)))));
  }

  @ParameterizedTest
  @MethodSource("matching")
  void matches(Value json) {
    assertThat(matchesRow(json)).isTrue();
    assertThat(matchesRow(object("$not", json))).isFalse();
  }

  static Stream<Arguments> notMatching() {
    return Stream.of(
        Arguments.of(object("city", Value.of("Berlin"))),
        Arguments.of(object("city", object("$in", array()))),
        Arguments.of(object("city", object("$gt", Value.of("berlin")))),
        Arguments.of(object("stock", Value.of(0x1p53))),
        Arguments.of(object("stock", object("$in", array(Value.of(0x1p53), Value.of(0x1p70))))),
        Arguments.of(object("price", object("$gt", Value.of(9), "$lt", Value.of(9.5)))),
        Arguments.of(object("sold_out", Value.of(true))),
        Arguments.of(object("since", object("$gt", Value.of("2026-01-01T00:00:00Z")))),
        Arguments.of(object("tags", object("$ne", Value.of("wool")))),
        Arguments.of(object("tags", object("$nin", array(Value.of("wool"))))),
        Arguments.of(object("note", object("$gt", Value.of("")))),
        Arguments.of(object("note", object("$lte", Value.of("z")))),
        Arguments.of(object("note", object("$in", array(Value.of("z"))))),
        Arguments.of(object("note", object("$ne", Value.Null.NULL))),
        Arguments.of(object("note", object("$exists", Value.of(true)))),
        Arguments.of(object("brand", Value.of("acme"))),
        Arguments.of(object("brand.country.code", Value.of("de"))),
        Arguments.of(object("sizes", Value.of(99))),
        Arguments.of(object("sizes", Value.of("38"))),
        Arguments.of(object("parts", Value.of("zip"))),
        Arguments.of(object("empty", Value.Null.NULL)),
        Arguments.of(object("empty", object("$gt", Value.of(0)))),
        Arguments.of(object("dotted.key", Value.of(2))),
        Arguments.of(object("nothing", object("$lt", Value.of(0)))),
        Arguments.of(object("size", Value.of((1L << 53) + 1))),
        Arguments.of(object("$or", array(object("city", Value.of("x"))))));
  }

  @ParameterizedTest
  @MethodSource("notMatching")
  void doesNotMatch(Value json) {
    assertThat(matchesRow(json)).isFalse();
    assertThat(matchesRow(object("$not", json))).isTrue();
  }

  static Stream<Arguments> missingAndLists() {
    Value a = Value.of("a");
    Value none = Value.Null.NULL;
    return Stream.of(
        Arguments.of(a, "no no yes yes"),
        Arguments.of(object("$ne", a), "yes yes no no"),
        Arguments.of(object("$gt", a), "no no no yes"),
        Arguments.of(object("$not", object("$gt", a)), "yes yes yes no"),
        Arguments.of(object("$in", array(a, Value.of("x"))), "no no yes yes"),
        Arguments.of(object("$nin", array(a, Value.of("x"))), "yes yes no no"),
        Arguments.of(object("$in", array()), "no no no no"),
        Arguments.of(object("$exists", Value.of(true)), "no yes yes yes"),
        Arguments.of(object("$exists", Value.of(false)), "yes no no no"),
        Arguments.of(none, "yes no no no"),
        Arguments.of(object("$ne", none), "no yes yes yes"),
        Arguments.of(object("$in", array(none, a)), "yes no yes yes"));
  }

  @ParameterizedTest
  @MethodSource("missingAndLists")
  void missingNullAndListsAreAsDocumented(Value condition, String expected) {
    List<Value> held = List.of(array(), Value.of("a"), array(Value.of("a"), Value.of("b")));
    StringBuilder actual = new StringBuilder();
    actual.append(answer(condition, Map.of("other", Value.of(1))));
    for (Value value : held) {
      actual.append(' ').append(answer(condition, Map.of("f", value)));
    }
    assertThat(actual).hasToString(expected);
    assertThat(answer(condition, Map.of("f", Value.Null.NULL)))
        .as("null is missing")
        .isEqualTo(expected.split(" ", 2)[0]);
  }

  @Test
  void twoConditionsMayBeMetByTwoItems() {
    assertThat(
            answer(
                object("$gt", Value.of(40), "$lt", Value.of(39)),
                Map.of("f", array(Value.of(38), Value.of(41)))))
        .isEqualTo("yes");
  }

  static Stream<Arguments> misfits() {
    String time =
        "(expected: a time such as \"2026-01-31T12:00:00Z\", or milliseconds since 1970, "
            + "field since is timestamp)";
    return Stream.of(
        Arguments.of(
            new Filter.Eq("city", Value.of(5)),
            "filter.city.$eq: 5 (expected: text, field city is string)"),
        Arguments.of(
            new Filter.And(
                List.of(
                    new Filter.Eq("city", Value.of("x")), new Filter.Gt("price", Value.of("x")))),
            "filter.$and[1].price.$gt: \"x\" (expected: a number, field price is float64)"),
        Arguments.of(
            new Filter.Or(List.of(new Filter.Not(new Filter.Lt("stock", Value.of("9"))))),
            "filter.$or[0].$not.stock.$lt: \"9\" (expected: a number, field stock is int64)"),
        Arguments.of(
            new Filter.Eq("sold_out", Value.of(0)),
            "filter.sold_out.$eq: 0 (expected: true or false, field sold_out is bool)"),
        Arguments.of(
            new Filter.Gt("sold_out", Value.of(0)),
            "filter.sold_out.$gt: 0 (expected: $eq, $ne, $in, $nin or $exists, "
                + "field sold_out is bool)"),
        Arguments.of(new Filter.Eq("since", Value.of("yesterday")), "\"yesterday\" " + time),
        Arguments.of(new Filter.Eq("since", Value.of("2026-01-01")), "\"2026-01-01\" " + time),
        Arguments.of(new Filter.Eq("since", Value.of(1.5)), "filter.since.$eq: 1.5 " + time),
        Arguments.of(new Filter.Eq("since", Value.of(Long.MAX_VALUE)), time),
        Arguments.of(new Filter.Eq("since", Value.of("+999999999-01-01T00:00:00Z")), time),
        Arguments.of(
            new Filter.In("tags", List.of(Value.of("x"), Value.of(true))),
            "filter.tags.$in[1]: true (expected: text, field tags is string_list)"),
        Arguments.of(
            new Filter.Exists("embedding", true),
            "filter.embedding.$exists: a vector field (expected: a declared scalar field or "
                + "metadata, table: items)"),
        Arguments.of(
            new Filter.Or(List.of()),
            "filter.$or: an empty list (expected: a list of at least one filter)"),
        Arguments.of(
            new Filter.Eq("$x", Value.of(1)), "\"$x\" (expected: a field's name, not empty"),
        Arguments.of(new Filter.Eq("x", array()), "filter.x.$eq: a list of 0 (expected: one value"),
        Arguments.of(
            new Filter.Gt("x", Value.of(Double.NaN)),
            "filter.x.$gt: NaN (expected: a finite number)"));
  }

  @ParameterizedTest
  @MethodSource("misfits")
  void operandsThatDoNotFitAreRefused(Filter filter, String message) {
    assertThatThrownBy(() -> BoundFilter.bind(filter, TABLE))
        .isInstanceOfSatisfying(
            KindredException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.INVALID_FILTER))
        .hasMessageContaining(message);
  }

  @Test
  void filtersBuiltInCodeHaveTheSameLimits() {
    Filter deep = new Filter.Exists("x", true);
    for (int i = 0; i < 100_000; i++) {
      deep = new Filter.Not(deep);
    }
    Filter tooDeep = deep;
    assertThatThrownBy(() -> BoundFilter.bind(tooDeep, TABLE))
        .hasMessageContaining("more than 12 levels");
    List<Filter> many = new ArrayList<>();
    for (int i = 0; i < Limits.FILTER_NODES_MAX; i++) {
      many.add(new Filter.Exists("x", true));
    }
    assertThatThrownBy(() -> BoundFilter.bind(new Filter.Or(many), TABLE))
        .hasMessage("filter: 513 conditions (expected: at most 512)");
  }

  @Test
  void rowWithoutAnythingHasOnlyMissingFields() {
    EncodedRow empty = new EncodedRow(List.copyOf(TABLE.fields().keySet()), Map.of(), Map.of());
    assertThat(matches(object("city", Value.of("berlin")), empty)).isFalse();
    assertThat(matches(object("city", object("$ne", Value.of("berlin"))), empty)).isTrue();
    assertThat(matches(object("a.b", object("$exists", Value.of(true))), empty)).isFalse();
    assertThat(matches(object("a.b", object("$nin", array(Value.of(1)))), empty)).isTrue();
  }

  private static String answer(Value condition, Map<String, Value> metadata) {
    EncodedRow row = new EncodedRow(List.copyOf(TABLE.fields().keySet()), Map.of(), metadata);
    return matches(object("f", condition), row) ? "yes" : "no";
  }

  private static boolean matchesRow(Value json) {
    return matches(json, ROW);
  }

  private static boolean matches(Value json, RowFields row) {
    return BoundFilter.bind(FilterParser.parse(json), TABLE).matches(row);
  }
}
