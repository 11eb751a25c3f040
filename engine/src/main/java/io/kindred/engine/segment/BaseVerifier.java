package io.kindred.engine.segment;

import io.kindred.engine.IndexSpec;
import io.kindred.engine.KindredException;
import io.kindred.engine.Metric;
import io.kindred.engine.disk.Disk;
import io.kindred.engine.disk.SealedFile;
import io.kindred.engine.hnsw.HnswIndex;
import io.kindred.engine.ivf.IvfFile;
import io.kindred.engine.ivf.IvfIndex;
import io.kindred.engine.vector.VectorRows;
import java.lang.foreign.Arena;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Checks the files of a base: each for itself, then all against each other. Changes nothing. Owned
/// by one thread.
public final class BaseVerifier {
  private final Disk disk;
  private final Path directory;
  private final BaseManifest manifest;
  private final Schema schema;
  private final Findings findings;
  private boolean hasFound;

  public BaseVerifier(
      Disk disk, Path directory, BaseManifest manifest, Schema schema, Findings findings) {
    this.disk = disk;
    this.directory = directory;
    this.manifest = manifest;
    this.schema = schema;
    this.findings =
        (file, what) -> {
          hasFound = true;
          findings.add(file, what);
        };
  }

  /// Where the rows come from. Immutable.
  ///
  /// @param positionMax no row has a later version
  /// @param shard number of the shard
  /// @param shards of the table
  public record Origin(long positionMax, int shard, int shards) {}

  /// Reads every file of a base and compares its checksum, for those who make something of it.
  ///
  /// @throws KindredException `CORRUPT`, naming the file, or `STORAGE_UNAVAILABLE`
  public static void requireWhole(Disk disk, Path directory, BaseManifest manifest, Schema schema) {
    BaseVerifier verifier = new BaseVerifier(disk, directory, manifest, schema, (_, _) -> {});
    manifest.parts().forEach(verifier::requireWhole);
  }

  /// Checks every file, and then, where each is whole, what they hold.
  ///
  /// @return whether the base can be relied on
  public boolean verify(Origin origin) {
    for (BaseManifest.Part part : manifest.parts()) {
      verifyFile(part);
    }
    requireParts();
    if (!hasFound) {
      verifyContent(origin);
    }
    return !hasFound;
  }

  private Path file(String role) {
    return BaseManifest.file(directory, manifest.number(), role);
  }

  private void verifyFile(BaseManifest.Part part) {
    try {
      requireWhole(part);
    } catch (KindredException e) {
      findings.add(file(part.role()), String.valueOf(e.getMessage()));
    }
  }

  private void requireWhole(BaseManifest.Part part) {
    Path path = file(part.role());
    SealedFile.Format format = format(part.role());
    if (format == null) {
      throw BaseFiles.corrupt(path, "role " + part.role(), "one that the table's bases have");
    }
    try (Arena arena = Arena.ofConfined()) {
      SealedFile sealed = SealedFile.open(disk, path, format, arena);
      sealed.verify();
      BaseFiles.requireSame(sealed, part);
    }
  }

  private SealedFile.@Nullable Format format(String role) {
    for (int field = 0; field < schema.vectorCount(); field++) {
      if (role.equals(BaseManifest.vectors(field))) {
        return Base.VECTORS;
      }
      if (role.equals(BaseManifest.presence(field))) {
        return Base.PRESENCE;
      }
      IndexSpec index = schema.vectorSpec(field).index();
      if (role.equals(BaseManifest.index(field))) {
        return switch (index) {
          case IndexSpec.Flat _ -> null;
          case IndexSpec.Hnsw _ -> HnswIndex.FORMAT;
          case IndexSpec.Ivf _ -> IvfFile.FORMAT;
        };
      }
      if (role.equals(BaseManifest.indexCentroids(field))) {
        return index instanceof IndexSpec.IvfHnswPq ? HnswIndex.FORMAT : null;
      }
    }
    return switch (role) {
      case BaseManifest.ROWS -> Base.ROWS;
      case BaseManifest.OFFSETS -> Base.OFFSETS;
      case BaseManifest.KEYS -> Base.KEYS;
      case BaseManifest.EXPIRY -> Base.EXPIRY;
      case BaseManifest.PARTITIONS -> schema.partitionField() < 0 ? null : Partitions.FORMAT;
      default -> null;
    };
  }

  /// Whether there is an index file in any base; one with few rows has no lists.
  private boolean requiresIndexFile(int field) {
    return switch (schema.vectorSpec(field).index()) {
      case IndexSpec.Flat _, IndexSpec.Ivf _ -> false;
      case IndexSpec.Hnsw _ -> true;
    };
  }

  private void requireParts() {
    List<String> required =
        new ArrayList<>(List.of(BaseManifest.ROWS, BaseManifest.OFFSETS, BaseManifest.KEYS));
    for (int field = 0; field < schema.vectorCount(); field++) {
      required.add(BaseManifest.vectors(field));
      if (requiresIndexFile(field)) {
        required.add(BaseManifest.index(field));
      }
    }
    for (String role : required) {
      if (!manifest.has(role)) {
        findings.add(file(role), "not in the manifest (expected: every part of the base)");
      }
    }
  }

  private void verifyContent(Origin origin) {
    Base base;
    try {
      base = BaseFiles.open(disk, directory, manifest, schema, Runnable::run);
    } catch (KindredException e) {
      findings.add(file(BaseManifest.ROWS), String.valueOf(e.getMessage()));
      return;
    }
    try {
      if (verifyRows(base, origin)) {
        verifyKeys(base, origin);
        verifyExpiry(base);
        verifyPartitions(base);
        for (int field = 0; field < schema.vectorCount(); field++) {
          verifyVectors(base, field);
        }
      }
    } finally {
      base.lifetime().release();
    }
  }

  /// @return whether every row can be read
  private boolean verifyRows(Base base, Origin origin) {
    RowVerifier rows = new RowVerifier(schema, origin.positionMax());
    long next = 0;
    for (int ordinal = 0; ordinal < base.size(); ordinal++) {
      long offset = base.images().offset(ordinal);
      if (offset != next) {
        findings.add(
            file(BaseManifest.OFFSETS),
            "row %d at %d (expected: %d)".formatted(ordinal, offset, next));
        return false;
      }
      String problem = rows.problem(base.images().rows(), offset);
      if (problem != null) {
        findings.add(file(BaseManifest.ROWS), "row " + ordinal + ": " + problem);
        return false;
      }
      next += rows.lengthBytes();
    }
    long end = base.images().rows().byteSize();
    if (next != end) {
      findings.add(file(BaseManifest.ROWS), "rows end at " + next + " (expected: " + end + ")");
    }
    return next == end;
  }

  private void verifyKeys(Base base, Origin origin) {
    String problem = base.keyTableProblem();
    if (problem != null) {
      findings.add(file(BaseManifest.KEYS), problem);
      return;
    }
    RowCursor row = new RowCursor(schema);
    RowCursor before = new RowCursor(schema);
    for (int ordinal = 0; ordinal < base.size(); ordinal++) {
      base.read(ordinal, row);
      if (ordinal > 0 && before.compareKey(row) >= 0) {
        findings.add(
            file(BaseManifest.ROWS),
            "row "
                + ordinal
                + ": key "
                + row.key()
                + " (expected: a larger one than "
                + before.key());
        return;
      }
      base.read(ordinal, before);
      byte[] textKey = row.textKey();
      long slotKey = row.slotKey(textKey);
      int found = base.find(slotKey, textKey);
      if (found != ordinal) {
        findings.add(
            file(BaseManifest.KEYS),
            "key %s leads to row %d (expected: %d)".formatted(row.key(), found, ordinal));
        return;
      }
      if (KeyHash.shard(slotKey, origin.shards()) != origin.shard()) {
        findings.add(file(BaseManifest.ROWS), "key " + row.key() + " is another shard's");
        return;
      }
    }
    int taken = base.takenSlots();
    if (taken != base.size()) {
      findings.add(
          file(BaseManifest.KEYS),
          taken + " keys (expected: " + base.size() + ", one for each row)");
    }
  }

  private void verifyExpiry(Base base) {
    RowCursor row = new RowCursor(schema);
    boolean hasExpiring = false;
    for (int ordinal = 0; ordinal < base.size(); ordinal++) {
      base.read(ordinal, row);
      hasExpiring |= row.hasExpiry();
      long expected = row.hasExpiry() ? row.expiryMillis() : Long.MAX_VALUE;
      if (base.expiryMillis(ordinal) != expected) {
        findings.add(
            file(BaseManifest.EXPIRY),
            "row %d: %d (expected: %d, as the row says)"
                .formatted(ordinal, base.expiryMillis(ordinal), expected));
        return;
      }
    }
    if (base.mayExpire() && !hasExpiring) {
      findings.add(file(BaseManifest.EXPIRY), "no row expires (expected: no such file then)");
    }
  }

  private void verifyPartitions(Base base) {
    Partitions partitions = base.partitions();
    String problem = partitions == null ? null : partitions.problem();
    if (problem != null) {
      findings.add(file(BaseManifest.PARTITIONS), problem);
    }
  }

  private void verifyVectors(Base base, int field) {
    RowCursor row = new RowCursor(schema);
    VectorRows vectors = base.vectors(field);
    boolean isCosine = schema.vectorSpec(field).metric() == Metric.COSINE;
    for (int ordinal = 0; ordinal < base.size(); ordinal++) {
      base.read(ordinal, row);
      boolean hasVector = base.hasVector(field, ordinal);
      if (row.hasVector(field) != hasVector) {
        findings.add(
            file(BaseManifest.presence(field)),
            "row %d: %s (expected: %s, as the row says)"
                .formatted(ordinal, hasVector, row.hasVector(field)));
        return;
      }
      VectorVerifier.Content content = VectorVerifier.content(vectors, ordinal);
      if (!content.fits(hasVector, isCosine)) {
        findings.add(
            file(BaseManifest.vectors(field)),
            "row %d: %s vector (expected: %s)"
                .formatted(ordinal, content, hasVector ? "a finite one" : "none"));
        return;
      }
    }
    if (base.mayLackVector(field) && base.vectorCount(field) == base.size()) {
      findings.add(file(BaseManifest.presence(field)), "no row lacks a vector (expected: no file)");
    }
    if (base.index(field) instanceof HnswIndex graph) {
      graph
          .findViolation(base.presence(field))
          .ifPresent(violation -> findings.add(file(BaseManifest.index(field)), violation));
    }
    if (base.index(field) instanceof IvfIndex lists) {
      lists
          .findViolation(base.presence(field))
          .ifPresent(violation -> findings.add(file(BaseManifest.index(field)), violation));
    }
    if (base.index(field).linkedCount() != base.vectorCount(field)) {
      findings.add(
          file(BaseManifest.index(field)),
          base.index(field).linkedCount() + " vectors (expected: " + base.vectorCount(field) + ")");
    }
  }
}
