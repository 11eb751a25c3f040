package io.kindred.engine.filter;

import static io.kindred.engine.filter.Json.array;
import static io.kindred.engine.filter.Json.object;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kindred.engine.ErrorCode;
import io.kindred.engine.KindredException;
import io.kindred.engine.Limits;
import io.kindred.engine.Value;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

final class FilterParserTest {
  private static final Value FIVE = Value.of(5);
  private static final Value A = Value.of("a");

  static Stream<Arguments> accepted() {
    return Stream.of(
        Arguments.of(object(), new Filter.And(List.of())),
        Arguments.of(object("x", FIVE), new Filter.Eq("x", FIVE)),
        Arguments.of(object("x", Value.Null.NULL), new Filter.Eq("x", Value.Null.NULL)),
        Arguments.of(object("x", object("$eq", A)), new Filter.Eq("x", A)),
        Arguments.of(object("x", object("$ne", A)), new Filter.Ne("x", A)),
        Arguments.of(object("x", object("$gt", FIVE)), new Filter.Gt("x", FIVE)),
        Arguments.of(object("x", object("$gte", FIVE)), new Filter.Gte("x", FIVE)),
        Arguments.of(object("x", object("$lt", FIVE)), new Filter.Lt("x", FIVE)),
        Arguments.of(object("x", object("$lte", FIVE)), new Filter.Lte("x", FIVE)),
        Arguments.of(
            object("x", object("$in", array(A, FIVE))), new Filter.In("x", List.of(A, FIVE))),
        Arguments.of(object("x", object("$in", array())), new Filter.In("x", List.of())),
        Arguments.of(object("x", object("$nin", array(A))), new Filter.NotIn("x", List.of(A))),
        Arguments.of(object("x", object("$exists", Value.of(true))), new Filter.Exists("x", true)),
        Arguments.of(
            object("x", object("$exists", Value.of(false))), new Filter.Exists("x", false)),
        Arguments.of(
            object("x", object("$not", object("$gt", FIVE))),
            new Filter.Not(new Filter.Gt("x", FIVE))),
        Arguments.of(
            object("x", object("$not", object("$gt", FIVE, "$lt", A))),
            new Filter.Not(
                new Filter.And(List.of(new Filter.Gt("x", FIVE), new Filter.Lt("x", A))))),
        Arguments.of(
            object("x", object("$gt", FIVE, "$ne", A)),
            new Filter.And(List.of(new Filter.Gt("x", FIVE), new Filter.Ne("x", A)))),
        Arguments.of(
            object("x", FIVE, "y.z", A),
            new Filter.And(List.of(new Filter.Eq("x", FIVE), new Filter.Eq("y.z", A)))),
        Arguments.of(
            object("$and", array(object("x", FIVE))),
            new Filter.And(List.of(new Filter.Eq("x", FIVE)))),
        Arguments.of(
            object("$or", array(object("x", FIVE), object())),
            new Filter.Or(List.of(new Filter.Eq("x", FIVE), new Filter.And(List.of())))),
        Arguments.of(object("$not", object("x", FIVE)), new Filter.Not(new Filter.Eq("x", FIVE))),
        Arguments.of(
            object("x", FIVE, "$or", array(object("y", A))),
            new Filter.And(
                List.of(new Filter.Eq("x", FIVE), new Filter.Or(List.of(new Filter.Eq("y", A)))))));
  }

  @ParameterizedTest
  @MethodSource("accepted")
  void jsonMeansTheFilter(Value json, Filter expected) {
    assertThat(FilterParser.parse(json)).isEqualTo(expected);
  }

  @ParameterizedTest
  @MethodSource("accepted")
  void writtenFilterReadsAsItself(Value json, Filter filter) {
    assertThat(FilterParser.parse(FilterWriter.write(filter))).as("%s", json).isEqualTo(filter);
  }

  static Stream<Arguments> refused() {
    String scalar = "(expected: a number, text, true, false or null)";
    String ordered = "(expected: a number, text or time)";
    String fieldOperators =
        "(expected: one of $eq, $ne, $gt, $gte, $lt, $lte, $in, $nin, $exists, $not";
    return Stream.of(
        Arguments.of(A, "filter: \"a\" (expected: an object such as {\"field\": value})"),
        Arguments.of(array(), "filter: a list of 0 (expected: an object such as"),
        Arguments.of(object("", A), "filter.: \"\" (expected: a field's name, not empty"),
        Arguments.of(
            object("$nor", array()),
            "filter.$nor: unknown operator (expected: one of $not, $and, $or)"),
        Arguments.of(
            object("$gt", FIVE), "filter.$gt: unknown operator (expected: one of $not, $and, $or)"),
        Arguments.of(
            object("$and", object("x", A)),
            "filter.$and: an object (expected: a list of at least one filter)"),
        Arguments.of(
            object("$or", array()),
            "filter.$or: a list of 0 (expected: a list of at least one filter)"),
        Arguments.of(
            object("$or", array(object(), FIVE)), "filter.$or[1]: 5 (expected: an object such as"),
        Arguments.of(object("$not", A), "filter.$not: \"a\" (expected: an object such as"),
        Arguments.of(
            object("x", array(A)), "filter.x: a list of 1 (expected: one value; $in takes a list)"),
        Arguments.of(
            object("x", object()),
            "filter.x: an empty object (expected: operators such as {\"$gt\": 5})"),
        Arguments.of(
            object("x", object("$regex", A)),
            "filter.x.$regex: unknown operator " + fieldOperators + ")"),
        Arguments.of(
            object("x", object("$and", array())),
            "filter.x.$and: unknown operator " + fieldOperators + ")"),
        Arguments.of(
            object("x", object("city", A)),
            "filter.x.city: unknown operator "
                + fieldOperators
                + "; an entry of an object is named with a dot, as in a.b)"),
        Arguments.of(
            object("x", object("$eq", object())), "filter.x.$eq: an empty object " + scalar),
        Arguments.of(
            object("x", object("$ne", object("y", A))), "filter.x.$ne: an object " + scalar),
        Arguments.of(
            object("x", object("$eq", array())),
            "filter.x.$eq: a list of 0 (expected: one value; $in takes a list)"),
        Arguments.of(object("x", object("$gt", Value.of(true))), "filter.x.$gt: true " + ordered),
        Arguments.of(
            object("x", object("$gte", Value.Null.NULL)), "filter.x.$gte: null " + ordered),
        Arguments.of(object("x", object("$lt", array())), "filter.x.$lt: a list of 0 " + ordered),
        Arguments.of(
            object("x", object("$lte", object())), "filter.x.$lte: an empty object " + ordered),
        Arguments.of(
            object("x", object("$in", A)), "filter.x.$in: \"a\" (expected: a list of values)"),
        Arguments.of(
            object("x", object("$nin", array(A, array()))),
            "filter.x.$nin[1]: a list of 0 " + scalar),
        Arguments.of(
            object("x", object("$exists", FIVE)), "filter.x.$exists: 5 (expected: true or false)"),
        Arguments.of(
            object("x", object("$not", FIVE)),
            "filter.x.$not: 5 (expected: operators such as {\"$gt\": 5})"),
        Arguments.of(
            object("x", object("$not", object())),
            "filter.x.$not: an empty object (expected: operators such as"),
        Arguments.of(
            object("$and", array(object(), object("x", object("$not", object("$gt", array()))))),
            "filter.$and[1].x.$not.$gt: a list of 0 " + ordered),
        Arguments.of(
            object("x", Value.of(Double.NaN)), "filter.x: NaN (expected: a finite number)"),
        Arguments.of(
            object("x", object("$in", array(A, Value.of(Double.NEGATIVE_INFINITY)))),
            "filter.x.$in[1]: -Infinity (expected: a finite number)"),
        Arguments.of(
            object("x", Value.of("\ud83d")),
            "filter.x: text with an unpaired surrogate (expected: well-formed Unicode text)"),
        Arguments.of(
            object("\udc00", A),
            "text with an unpaired surrogate (expected: well-formed Unicode text)"),
        Arguments.of(
            object("x", object("$gt", object("y", Value.of("z".repeat(1000))))),
            "filter.x.$gt: an object " + ordered),
        Arguments.of(
            object("x", object("$in", Value.of("z".repeat(1000)))),
            "filter.x.$in: \"" + "z".repeat(64) + "…\" (expected: a list of values)"));
  }

  @ParameterizedTest
  @MethodSource("refused")
  void otherJsonIsRefusedByPlaceValueAndExpectation(Value json, String message) {
    assertThatThrownBy(() -> FilterParser.parse(json))
        .isInstanceOfSatisfying(
            KindredException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.INVALID_FILTER))
        .hasMessageContaining(message);
  }

  @Test
  void listsHaveALimit() {
    List<Value> most = Collections.nCopies(Limits.FILTER_LIST_MAX, A);
    assertThat(FilterParser.parse(object("x", object("$in", new Value.Array(most)))))
        .isEqualTo(new Filter.In("x", most));

    List<Value> tooMany = Collections.nCopies(Limits.FILTER_LIST_MAX + 1, A);
    assertRefused(
        object("x", object("$nin", new Value.Array(tooMany))),
        "filter.x.$nin: 10001 values (expected: at most 10000)");
  }

  @Test
  void conditionsHaveALimit() {
    List<Value> most = Collections.nCopies(Limits.FILTER_NODES_MAX - 1, object("x", A));
    assertThat(FilterParser.parse(object("$or", new Value.Array(most))))
        .isInstanceOf(Filter.Or.class);

    Map<String, Value> tooMany = new LinkedHashMap<>();
    for (int i = 0; i < Limits.FILTER_NODES_MAX; i++) {
      tooMany.put("x" + i, A);
    }
    assertRefused(new Value.Entries(tooMany), "filter: 513 conditions (expected: at most 512)");
  }

  @Test
  void nestingHasALimit() {
    String message = "filter: more than 12 levels of $and, $or and $not (expected: at most 12)";
    for (String operator : List.of("$and", "$or", "$not")) {
      Value deepest = nested(operator, Limits.FILTER_DEPTH_MAX, object("x", A));
      Filter filter = FilterParser.parse(deepest);
      assertThat(FilterParser.parse(FilterWriter.write(filter))).isEqualTo(filter);
      assertRefused(nested(operator, Limits.FILTER_DEPTH_MAX + 1, object("x", A)), message);
      assertRefused(nested(operator, 10_000, object("x", A)), message);
    }
    Value belowField = object("$gt", FIVE);
    for (int i = 0; i <= Limits.FILTER_DEPTH_MAX; i++) {
      belowField = object("$not", belowField);
    }
    assertRefused(object("x", belowField), message);
  }

  @Test
  void conditionsSideBySideCountAsALevel() {
    assertRefused(
        nested("$or", Limits.FILTER_DEPTH_MAX, object("x", A, "y", A)),
        "filter: more than 12 levels of $and, $or and $not");
  }

  private static Value nested(String operator, int depth, Value innermost) {
    Value json = innermost;
    for (int i = 0; i < depth; i++) {
      json = object(operator, operator.equals("$not") ? json : array(json));
    }
    return json;
  }

  private static void assertRefused(Value json, String message) {
    assertThatThrownBy(() -> FilterParser.parse(json))
        .isInstanceOfSatisfying(
            KindredException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.INVALID_FILTER))
        .hasMessageContaining(message);
  }
}
