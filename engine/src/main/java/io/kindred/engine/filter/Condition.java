package io.kindred.engine.filter;

/// A node of a bound filter. An abstract class because a call through one is cheaper than through
/// an interface, and a search makes some for every row it looks at. Immutable.
abstract sealed class Condition {
  abstract boolean matches(RowFields row);

  /// Holds when all do; of none, always.
  static final class AllOf extends Condition {
    private final Condition[] conditions;

    AllOf(Condition[] conditions) {
      this.conditions = conditions;
    }

    @Override
    boolean matches(RowFields row) {
      for (Condition condition : conditions) {
        if (!condition.matches(row)) {
          return false;
        }
      }
      return true;
    }
  }

  /// Holds when one does; of none, never.
  static final class AnyOf extends Condition {
    private final Condition[] conditions;

    AnyOf(Condition[] conditions) {
      this.conditions = conditions;
    }

    @Override
    boolean matches(RowFields row) {
      for (Condition condition : conditions) {
        if (condition.matches(row)) {
          return true;
        }
      }
      return false;
    }
  }

  static final class Negation extends Condition {
    private final Condition negated;

    Negation(Condition negated) {
      this.negated = negated;
    }

    @Override
    boolean matches(RowFields row) {
      return !negated.matches(row);
    }
  }

  /// A test of a declared field.
  static final class OnField extends Condition {
    private final int index;
    private final ValueTest test;

    OnField(int index, ValueTest test) {
      this.index = index;
      this.test = test;
    }

    @Override
    boolean matches(RowFields row) {
      long value = row.field(index);
      return value != RowFields.ABSENT && test.holds(row, value);
    }
  }

  /// A test of what a name finds in the metadata: the entry with the whole name, or else, for a
  /// name with dots, every value at the end of the path. A list on the way stands for the objects
  /// in it.
  static final class OnMetadata extends Condition {
    private final byte[] name;
    private final byte[][] path;
    private final ValueTest test;

    /// @param path the name's parts between dots, in UTF-8
    OnMetadata(byte[] name, byte[][] path, ValueTest test) {
      this.name = name;
      this.path = path;
      this.test = test;
    }

    @Override
    boolean matches(RowFields row) {
      long metadata = row.metadata();
      if (metadata == RowFields.ABSENT) {
        return false;
      }
      long value = row.entry(metadata, name);
      if (value != RowFields.ABSENT) {
        return test.holds(row, value);
      }
      return path.length > 1 && holdsBelow(row, metadata, 0);
    }

    private boolean holdsBelow(RowFields row, long object, int step) {
      long value = row.entry(object, path[step]);
      if (value == RowFields.ABSENT) {
        return false;
      }
      if (step == path.length - 1) {
        return test.holds(row, value);
      }
      return switch (row.kind(value)) {
        case ENTRIES -> holdsBelow(row, value, step + 1);
        case ARRAY -> holdsInOneItem(row, value, step + 1);
        case NULL, BOOL, INT64, FLOAT64, TEXT, TIMESTAMP -> false;
      };
    }

    private boolean holdsInOneItem(RowFields row, long array, int step) {
      int count = row.itemCount(array);
      long item = count == 0 ? RowFields.ABSENT : row.firstItem(array);
      for (int i = 0; i < count; i++) {
        if (row.kind(item) == RowFields.Kind.ENTRIES && holdsBelow(row, item, step)) {
          return true;
        }
        item = i + 1 < count ? row.nextItem(item) : RowFields.ABSENT;
      }
      return false;
    }
  }
}
