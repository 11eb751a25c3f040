package io.kindred.engine.filter;

import io.kindred.engine.Value;
import java.util.List;

/// A condition on a row's declared fields and metadata. Immutable.
///
/// On a missing field `Ne` and `NotIn` hold, the other comparisons do not. A comparison of values of
/// different kinds does not hold (numbers compare by value, whatever their type). A list holds a
/// comparison when one of its items does; `Ne` and `NotIn` are the negations of `Eq` and `In`.
public sealed interface Filter {
  record Eq(String field, Value value) implements Filter {}

  record Ne(String field, Value value) implements Filter {}

  record Gt(String field, Value value) implements Filter {}

  record Gte(String field, Value value) implements Filter {}

  record Lt(String field, Value value) implements Filter {}

  record Lte(String field, Value value) implements Filter {}

  record In(String field, List<Value> values) implements Filter {}

  record NotIn(String field, List<Value> values) implements Filter {}

  /// @param isPresent whether the field must have a value, or must have none
  record Exists(String field, boolean isPresent) implements Filter {}

  record And(List<Filter> filters) implements Filter {}

  record Or(List<Filter> filters) implements Filter {}

  record Not(Filter filter) implements Filter {}
}
