package io.kindred.engine.filter;

import java.util.Set;

/// A node of a bound filter. An abstract class because a call through one is cheaper than through
/// an interface, and a search makes some for every row it looks at. Immutable.
abstract sealed class Condition {
  abstract boolean matches(RowFields row);

  /// Adds the indices of the declared fields that it looks at.
  void addFields(Set<Integer> fields) {}

  /// Which of these rows match.
  ///
  /// @param rows one bit for each row of the block that is asked about
  long matches(RowBlock block, long rows) {
    long matching = 0;
    for (long left = rows; left != 0; left &= left - 1) {
      int bit = Long.numberOfTrailingZeros(left);
      if (matches(block.row(block.ordinal(bit)))) {
        matching |= 1L << bit;
      }
    }
    return matching;
  }

  /// Holds when all do; of none, always.
  static final class AllOf extends Condition {
    private final Condition[] conditions;

    AllOf(Condition[] conditions) {
      this.conditions = conditions;
    }

    @Override
    void addFields(Set<Integer> fields) {
      for (Condition condition : conditions) {
        condition.addFields(fields);
      }
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

    @Override
    long matches(RowBlock block, long rows) {
      long matching = rows;
      for (int i = 0; i < conditions.length && matching != 0; i++) {
        matching = conditions[i].matches(block, matching);
      }
      return matching;
    }
  }

  /// Holds when one does; of none, never.
  static final class AnyOf extends Condition {
    private final Condition[] conditions;

    AnyOf(Condition[] conditions) {
      this.conditions = conditions;
    }

    @Override
    void addFields(Set<Integer> fields) {
      for (Condition condition : conditions) {
        condition.addFields(fields);
      }
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

    @Override
    long matches(RowBlock block, long rows) {
      long matching = 0;
      for (int i = 0; i < conditions.length && matching != rows; i++) {
        matching |= conditions[i].matches(block, rows & ~matching);
      }
      return matching;
    }
  }

  static final class Negation extends Condition {
    private final Condition negated;

    Negation(Condition negated) {
      this.negated = negated;
    }

    @Override
    void addFields(Set<Integer> fields) {
      negated.addFields(fields);
    }

    @Override
    boolean matches(RowFields row) {
      return !negated.matches(row);
    }

    @Override
    long matches(RowBlock block, long rows) {
      return rows & ~negated.matches(block, rows);
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
    void addFields(Set<Integer> fields) {
      fields.add(index);
    }

    @Override
    boolean matches(RowFields row) {
      long value = row.field(index);
      return value != RowFields.ABSENT && test.holds(row, value);
    }

    @Override
    long matches(RowBlock block, long rows) {
      FieldColumn column = block.column(index);
      if (column == null) {
        return super.matches(block, rows);
      }
      return column.kind() == RowFields.Kind.TEXT
          ? matchesText(block, rows, column)
          : matchesNumber(block, rows, column);
    }

    private long matchesNumber(RowBlock block, long rows, FieldColumn column) {
      RowBlock.ColumnNumber number = block.number();
      long matching = 0;
      long present = rows & column.present(block.ordinal(0));
      for (long left = present; left != 0; left &= left - 1) {
        int bit = Long.numberOfTrailingZeros(left);
        number.set(column.kind(), column.raw(block.ordinal(bit)));
        matching |= test.holds(number, 0) ? 1L << bit : 0;
      }
      return matching;
    }

    private long matchesText(RowBlock block, long rows, FieldColumn column) {
      RowBlock.Codes codes = block.codes(this, column);
      long matching = 0;
      long present = rows & column.present(block.ordinal(0));
      for (long left = present; left != 0; left &= left - 1) {
        int bit = Long.numberOfTrailingZeros(left);
        int code = (int) column.raw(block.ordinal(bit));
        if (!codes.isKnown(code)) {
          RowFields row = block.row(column.ordinalOf(code));
          codes.set(code, test.holds(row, row.field(index)));
        }
        matching |= codes.passes(code) ? 1L << bit : 0;
      }
      return matching;
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
