package io.kindred.engine.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kindred.engine.ErrorCode;
import io.kindred.engine.KindredException;
import io.kindred.engine.Table;
import io.kindred.engine.disk.FaultyDisk;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// A data directory that an earlier release wrote is read, and each of its files is refused by
/// three different errors where it is too old, too new, or damaged.
class StoreFormatTest {
  /// As in every header: of sealed files, and of the log's segments.
  private static final int VERSION_OFFSET = 24;

  private static final int HEADER_CHECKSUM_OFFSET = 60;

  /// Versions of every format begin at 1.
  private static final int TOO_OLD = 0;

  private static final int TOO_NEW = 99;

  static List<Path> files() throws IOException {
    return FlipSample.files(GoldenDirectory.STORE.disk());
  }

  static List<GoldenDirectory> directories() {
    return GoldenDirectory.ALL;
  }

  @ParameterizedTest
  @MethodSource("directories")
  void theDirectoriesOfEarlierReleasesAreRead(GoldenDirectory golden) throws Exception {
    FaultyDisk disk = golden.disk();
    assertThat(StoreVerifier.verify(GoldenDirectory.DIRECTORY, disk, line -> {})).isEmpty();
    try (EmbeddedStore store = EmbeddedStore.open(GoldenDirectory.options(), disk)) {
      golden.check().accept(store);
      for (var table : store.tables()) {
        table.fold();
      }
      golden.check().accept(store);
    }
    assertThat(StoreVerifier.verify(GoldenDirectory.DIRECTORY, disk, line -> {})).isEmpty();
    try (EmbeddedStore store = EmbeddedStore.open(GoldenDirectory.options(), disk)) {
      golden.check().accept(store);
    }
  }

  @Test
  void theDirectoryHasEveryKindOfFile() throws Exception {
    List<String> names = files().stream().map(Path::toString).toList();
    Stream.of(
            "CATALOG",
            ".log",
            "MANIFEST",
            "checkpoint-",
            ".rows",
            ".offsets",
            ".keys",
            ".vectors-0",
            ".presence-0",
            ".expiry",
            ".partitions",
            ".index-0",
            ".index-centroids-0")
        .forEach(kind -> assertThat(names).anyMatch(name -> name.contains(kind)));
  }

  @ParameterizedTest
  @MethodSource("files")
  void tooOldTooNewAndDamagedAreThreeErrors(Path file) throws Exception {
    requireRefused(
        file,
        header -> withVersion(header, TOO_OLD),
        "is too old",
        "import it again|start the release that wrote it");
    requireRefused(
        file, header -> withVersion(header, TOO_NEW), "is too new", "start the newer release");
    requireRefused(
        file,
        header -> {
          header[HEADER_CHECKSUM_OFFSET] ^= 1;
          return header;
        },
        "is damaged",
        "restore");
  }

  private static byte[] withVersion(byte[] file, int version) {
    ByteBuffer bytes = ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN);
    bytes.putInt(VERSION_OFFSET, version);
    CRC32C checksum = new CRC32C();
    checksum.update(file, 0, HEADER_CHECKSUM_OFFSET);
    bytes.putInt(HEADER_CHECKSUM_OFFSET, (int) checksum.getValue());
    return file;
  }

  private static void requireRefused(
      Path file, UnaryOperator<byte[]> change, String what, String remedy) throws IOException {
    FaultyDisk disk = GoldenDirectory.STORE.disk();
    disk.replace(file, ByteBuffer.wrap(change.apply(disk.read(file))));
    assertThat(StoreVerifier.verify(GoldenDirectory.DIRECTORY, disk, line -> {}))
        .extracting(StoreVerifier.Problem::toString)
        .anyMatch(problem -> problem.contains(file.toString()) && problem.contains(what));
    if (isDerived(file)) {
      requireMadeAgain(disk);
      return;
    }
    assertThatThrownBy(() -> EmbeddedStore.open(GoldenDirectory.options(), disk).close())
        .isInstanceOfSatisfying(
            KindredException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.CORRUPT))
        .hasMessageContaining(file.toString())
        .hasMessageContaining(what)
        .hasMessageFindingMatch(remedy);
  }

  /// Whether a file can be made again of others: a start does without it.
  private static boolean isDerived(Path file) {
    String name = file.getFileName().toString();
    return name.contains(".index-") || name.endsWith(".partitions");
  }

  private static void requireMadeAgain(FaultyDisk disk) {
    try (EmbeddedStore store = EmbeddedStore.open(GoldenDirectory.options(), disk)) {
      store.tables().forEach(Table::fold);
    }
    assertThat(StoreVerifier.verify(GoldenDirectory.DIRECTORY, disk, line -> {})).isEmpty();
  }
}
