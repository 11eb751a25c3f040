package io.kindred.engine.segment;

import io.kindred.engine.ErrorCode;
import io.kindred.engine.FieldType;
import io.kindred.engine.Key;
import io.kindred.engine.KeyType;
import io.kindred.engine.KindredException;
import io.kindred.engine.TableSpec;
import io.kindred.engine.VectorSpec;
import io.kindred.engine.vector.VectorRows;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// A table's fields by their index, which is how rows name them. Immutable.
public final class Schema {
  private final TableSpec spec;
  private final List<String> vectorNames;
  private final List<VectorSpec> vectorSpecs;
  private final List<String> fieldNames;
  private final List<FieldType> fieldTypes;
  private final Map<String, Integer> vectorIndices = new HashMap<>();
  private final Map<String, Integer> fieldIndices = new HashMap<>();

  public Schema(TableSpec spec) {
    this.spec = spec;
    this.vectorNames = List.copyOf(spec.vectors().keySet());
    this.vectorSpecs = List.copyOf(spec.vectors().values());
    this.fieldNames = List.copyOf(spec.fields().keySet());
    this.fieldTypes = List.copyOf(spec.fields().values());
    for (int i = 0; i < vectorNames.size(); i++) {
      vectorIndices.put(vectorNames.get(i), i);
    }
    for (int i = 0; i < fieldNames.size(); i++) {
      fieldIndices.put(fieldNames.get(i), i);
    }
  }

  public TableSpec spec() {
    return spec;
  }

  public KeyType keyType() {
    return spec.key();
  }

  public int vectorCount() {
    return vectorNames.size();
  }

  public String vectorName(int index) {
    return vectorNames.get(index);
  }

  public VectorSpec vectorSpec(int index) {
    return vectorSpecs.get(index);
  }

  public int fieldCount() {
    return fieldNames.size();
  }

  public String fieldName(int index) {
    return fieldNames.get(index);
  }

  public FieldType fieldType(int index) {
    return fieldTypes.get(index);
  }

  /// Index of a vector field.
  ///
  /// @throws KindredException `UNKNOWN_FIELD`, naming those that exist
  public int vectorIndex(String name) {
    return require(vectorIndices.get(name), "vector field", name, vectorNames);
  }

  /// Index of the named vector field, or of the only one where no name is given.
  public int vectorIndexOrOnly(@Nullable String name) {
    if (name != null) {
      return vectorIndex(name);
    }
    if (vectorNames.size() != 1) {
      throw new KindredException(
          ErrorCode.INVALID_ARGUMENT,
          "field: not given (expected: one of " + vectorNames + ", table: " + spec.name() + ")");
    }
    return 0;
  }

  /// Index of a declared scalar field.
  ///
  /// @throws KindredException `UNKNOWN_FIELD`, naming those that exist
  public int fieldIndex(String name) {
    return require(fieldIndices.get(name), "field", name, fieldNames);
  }

  /// Index of the field that parts the table's rows, or -1 where none does.
  public int partitionField() {
    String name = spec.partitionBy();
    return name == null ? -1 : fieldIndex(name);
  }

  /// @throws KindredException `INVALID_KEY` where the key is not of the table's type
  public static void requireKeyType(TableSpec spec, Key key) {
    boolean fits =
        switch (key) {
          case Key.Uint64 _ -> spec.key() == KeyType.UINT64;
          case Key.Text _ -> spec.key() == KeyType.STRING;
        };
    if (!fits) {
      throw KindredException.of(
          ErrorCode.INVALID_KEY,
          "id",
          key,
          spec.key() == KeyType.UINT64
              ? "an unsigned 64-bit integer, the key type of table " + spec.name()
              : "a string, the key type of table " + spec.name());
    }
  }

  /// Bytes that the vectors of one row take in a delta.
  public long vectorStrideBytes() {
    long sum = 0;
    for (VectorSpec vector : vectorSpecs) {
      sum += VectorRows.strideBytes(vector.dimension());
    }
    return sum;
  }

  private int require(@Nullable Integer index, String what, String name, List<String> expected) {
    if (index == null) {
      throw new KindredException(
          ErrorCode.UNKNOWN_FIELD,
          what + ": " + name + " (expected: one of " + expected + ", table: " + spec.name() + ")");
    }
    return index;
  }
}
