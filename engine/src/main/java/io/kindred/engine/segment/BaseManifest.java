package io.kindred.engine.segment;

import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/// Names the files of a base. Immutable.
///
/// @param number raised with each base of a shard; part of the file names
/// @param rowCount rows, at least 1
public record BaseManifest(long number, int rowCount, List<Part> parts) {
  public static final String ROWS = "rows";
  public static final String OFFSETS = "offsets";
  public static final String KEYS = "keys";
  public static final String EXPIRY = "expiry";
  public static final String PARTITIONS = "partitions";

  /// Begins the roles of indexes, which can be built again from the rows.
  static final String INDEX_PREFIX = "index-";

  public BaseManifest {
    parts = List.copyOf(parts);
  }

  /// One file.
  ///
  /// @param role what it holds: `rows`, `offsets`, `keys`, `expiry`, `partitions`, `vectors-0`,
  ///   `presence-0`, `index-0`, `index-centroids-0`, with the number of the vector field
  public record Part(String role, long fileId, long sizeBytes) {}

  public static String vectors(int field) {
    return "vectors-" + field;
  }

  public static String presence(int field) {
    return "presence-" + field;
  }

  public static String index(int field) {
    return "index-" + field;
  }

  /// The graph over the centroids of an index of lists.
  public static String indexCentroids(int field) {
    return "index-centroids-" + field;
  }

  /// Where a part lies.
  public static Path file(Path directory, long number, String role) {
    return directory.resolve("base-%08d.%s".formatted(number, role));
  }

  /// Where all parts lie.
  public Set<Path> files(Path directory) {
    return parts.stream()
        .map(part -> file(directory, number, part.role()))
        .collect(Collectors.toSet());
  }

  public boolean has(String role) {
    return parts.stream().anyMatch(part -> part.role().equals(role));
  }

  /// Whether a part can be made again from the others: an index, or the partitions.
  public static boolean isDerived(String role) {
    return role.startsWith(INDEX_PREFIX) || role.equals(PARTITIONS);
  }

  /// Bytes of all parts whose role starts so.
  public long sizeBytes(String rolePrefix) {
    return parts.stream()
        .filter(part -> part.role().startsWith(rolePrefix))
        .mapToLong(Part::sizeBytes)
        .sum();
  }

  BaseManifest with(Part part) {
    List<Part> extended = new java.util.ArrayList<>(parts);
    extended.add(part);
    return new BaseManifest(number, rowCount, extended);
  }
}
