package io.kindred.engine.filter;

import io.kindred.engine.Value;
import java.util.List;

/// A condition on a row's declared fields and metadata. Immutable.
///
/// On a missing field `Ne` and `NotIn` hold, the other comparisons do not. A comparison of values
/// of different kinds does not hold (numbers compare by value, whatever their type). A list holds a
/// comparison when one of its items does; `Ne` and `NotIn` are the negations of `Eq` and `In`. Null
/// is no value: a field that holds null is missing, and `Eq` with null holds on a missing field
/// only.
public sealed interface Filter {
  record Eq(String field, Value value) implements Filter {}

  record Ne(String field, Value value) implements Filter {}

  record Gt(String field, Value value) implements Filter {}

  record Gte(String field, Value value) implements Filter {}

  record Lt(String field, Value value) implements Filter {}

  record Lte(String field, Value value) implements Filter {}

  record In(String field, List<Value> values) implements Filter {
    public In {
      values = List.copyOf(values);
    }
  }

  record NotIn(String field, List<Value> values) implements Filter {
    public NotIn {
      values = List.copyOf(values);
    }
  }

  /// Holds when the field has a value, or when it has none.
  ///
  /// @param isPresent which of both
  record Exists(String field, boolean isPresent) implements Filter {}

  /// Holds when all do; of no filters, always.
  record And(List<Filter> filters) implements Filter {
    public And {
      filters = List.copyOf(filters);
    }
  }

  /// Holds when one does; of no filters it is refused.
  record Or(List<Filter> filters) implements Filter {
    public Or {
      filters = List.copyOf(filters);
    }
  }

  record Not(Filter filter) implements Filter {}
}
