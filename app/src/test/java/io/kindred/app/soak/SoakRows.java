package io.kindred.app.soak;

import com.google.protobuf.ByteString;
import com.google.protobuf.Duration;
import io.kindred.protocol.v1.FieldType;
import io.kindred.protocol.v1.HnswIndex;
import io.kindred.protocol.v1.Index;
import io.kindred.protocol.v1.Key;
import io.kindred.protocol.v1.KeyType;
import io.kindred.protocol.v1.Metric;
import io.kindred.protocol.v1.Row;
import io.kindred.protocol.v1.ScalarField;
import io.kindred.protocol.v1.StoredRow;
import io.kindred.protocol.v1.TableSpec;
import io.kindred.protocol.v1.Value;
import io.kindred.protocol.v1.Vector;
import io.kindred.protocol.v1.VectorField;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.SplittableRandom;

/// The rows of a soak: what one holds follows from its key and from how often it was written.
/// Immutable.
record SoakRows(int dimension) {
  static final String TABLE = "soak";
  static final int BUCKETS = 10;

  TableSpec spec() {
    return TableSpec.newBuilder()
        .setName(TABLE)
        .setKey(KeyType.KEY_TYPE_UINT64)
        .addVectors(
            VectorField.newBuilder()
                .setName("v")
                .setDimension(dimension)
                .setMetric(Metric.METRIC_L2)
                .setIndex(
                    Index.newBuilder().setHnsw(HnswIndex.newBuilder().setEfConstruction(100))))
        .addFields(field("written"))
        .addFields(field("bucket"))
        .build();
  }

  private static ScalarField field(String name) {
    return ScalarField.newBuilder().setName(name).setType(FieldType.FIELD_TYPE_INT64).build();
  }

  /// @param written counts the writes of the key
  Row row(long key, long written) {
    return Row.newBuilder()
        .setId(Key.newBuilder().setNumber(key))
        .putVectors("v", vector(key, written))
        .putFields("written", Value.newBuilder().setInt64Value(written).build())
        .putFields("bucket", Value.newBuilder().setInt64Value(key % BUCKETS).build())
        .setMetadata("{\"note\":\"row " + key + ", written " + written + " times\"}")
        .build();
  }

  Row expiring(long key, java.time.Duration timeToLive) {
    return row(key, 1).toBuilder()
        .setTtl(Duration.newBuilder().setSeconds(timeToLive.toSeconds()))
        .build();
  }

  Vector vector(long key, long written) {
    SplittableRandom random = new SplittableRandom(key * 31 + written);
    ByteBuffer packed = ByteBuffer.allocate(dimension * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    for (int i = 0; i < dimension; i++) {
      packed.putFloat((float) random.nextDouble(-1, 1));
    }
    return Vector.newBuilder().setPacked(ByteString.copyFrom(packed.flip())).build();
  }

  /// Whether a row is what its last write made of it.
  boolean is(StoredRow stored, long key, long written) {
    Row expected = row(key, written);
    return stored.getId().equals(expected.getId())
        && stored.getFieldsMap().equals(expected.getFieldsMap())
        && stored.getVectorsMap().equals(expected.getVectorsMap())
        && stored.getMetadata().equals(expected.getMetadata());
  }
}
