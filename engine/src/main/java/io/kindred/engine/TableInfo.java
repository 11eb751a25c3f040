package io.kindred.engine;

import java.time.Instant;
import java.util.List;
import java.util.Map;

/// A table as it stands: its specification, sizes and the state of its parts. Immutable.
///
/// @param id never reused within a store
/// @param revision raised by each change of the catalog entry
/// @param rowCount live rows; expired rows count until a fold has dropped them
/// @param indexes state of the index of each vector field
/// @param recalls measured on live searches that walked an index, by vector field; fields without a
///   measurement are left out
public record TableInfo(
    TableSpec spec,
    long id,
    long revision,
    Instant createdAt,
    long rowCount,
    Bytes bytes,
    DeltaInfo delta,
    Map<String, IndexInfo> indexes,
    List<VersionInfo> versions,
    long appliedPosition,
    long checkpointPosition,
    Map<String, MeasuredRecall> recalls) {

  /// Bytes by what they hold: files of the bases on disk, delta in memory, checkpoints on disk.
  public record Bytes(
      long vectors, long rows, long keys, long indexes, long delta, long checkpoint) {
    public long total() {
      return vectors + rows + keys + indexes + delta + checkpoint;
    }
  }

  /// What the base does not hold yet.
  ///
  /// @param rows row images in the deltas, tombstones and superseded ones among them
  /// @param hidden rows of the base that the delta replaced or deleted
  public record DeltaInfo(long rows, long rowsMax, long hidden) {}

  /// @param state `ready`, or `folding` while a new base is built
  /// @param indexed vectors that the index links; the rest is scanned exactly
  /// @param parameters what was chosen or measured at the build, such as tuned beam widths
  public record IndexInfo(
      String kind, String state, long indexed, long pending, Map<String, String> parameters) {}

  /// What samples of live searches found, compared with exact ones.
  ///
  /// @param mean recall of the last samples, 256 at most
  /// @param samples taken since the table was opened
  public record MeasuredRecall(double mean, long samples) {}

  /// @param state `live` answers requests that name no version
  public record VersionInfo(String name, String state, Instant createdAt) {}
}
