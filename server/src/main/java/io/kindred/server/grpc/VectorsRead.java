package io.kindred.server.grpc;

import io.kindred.engine.ErrorCode;
import io.kindred.engine.Key;
import io.kindred.engine.KeyType;
import io.kindred.engine.KindredException;
import io.kindred.engine.Store;
import io.kindred.engine.Table;
import io.kindred.engine.TableSpec;
import io.kindred.protocol.v1.GetVectorsRequest;
import io.kindred.server.rows.AnswerBudget;
import io.kindred.server.rows.DeclaredFields;
import io.kindred.server.rows.Keys;
import io.kindred.server.rows.RowOperations;
import io.kindred.server.work.ReadAfter;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// A checked request for the vectors of many keys. Immutable.
record VectorsRead(
    Table table,
    String field,
    int dimension,
    int count,
    GetVectorsRequest request,
    @Nullable ReadAfter readAfter) {
  /// As many keys as are told to those who watch.
  private static final int FIRST = 3;

  static VectorsRead of(GetVectorsRequest request, Store store) {
    Table table = store.table(request.getTable());
    TableSpec spec = table.spec();
    String field = DeclaredFields.vectorName(spec, ProtoRows.orNull(request.getField()));
    int dimension = DeclaredFields.vector(spec, field).dimension();
    boolean isNumbers = spec.key() == KeyType.UINT64;
    int count = isNumbers ? request.getNumbersCount() : request.getTextsCount();
    int others = isNumbers ? request.getTextsCount() : request.getNumbersCount();
    if (others > 0) {
      throw KindredException.of(
          ErrorCode.INVALID_KEY,
          "ids",
          isNumbers ? "texts" : "numbers",
          isNumbers
              ? "numbers, the table's key type is uint64"
              : "texts, the table's key type is string");
    }
    ProtoKeys.requireBatch(count);
    if (count == 0) {
      throw KindredException.of(ErrorCode.INVALID_ARGUMENT, "ids", "none", "at least one");
    }
    AnswerBudget.requireBytes((long) count * dimension * Float.BYTES);
    return new VectorsRead(
        table, field, dimension, count, request, ProtoReads.readAfter(request.getReadAfter()));
  }

  int sizeBytes() {
    return count * dimension * Float.BYTES;
  }

  /// Copies the vectors and answers the indices of those missing.
  int[] copyTo(ByteBuffer destination, RowOperations rows) {
    rows.readVectors(table, count, this::firstKeys);
    destination.order(ByteOrder.LITTLE_ENDIAN);
    if (table.spec().key() == KeyType.UINT64) {
      long[] keys = new long[count];
      for (int i = 0; i < count; i++) {
        keys[i] = request.getNumbers(i);
      }
      return table.getVectors(keys, field, destination);
    }
    List<Key> keys = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      keys.add(Keys.text(request.getTexts(i)));
    }
    return table.getVectors(keys, field, destination);
  }

  private List<Key> firstKeys() {
    return table.spec().key() == KeyType.UINT64
        ? request.getNumbersList().stream().limit(FIRST).map(Key::of).toList()
        : request.getTextsList().stream().limit(FIRST).map(Keys::text).toList();
  }
}
