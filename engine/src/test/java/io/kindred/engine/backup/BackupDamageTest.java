package io.kindred.engine.backup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kindred.engine.ErrorCode;
import io.kindred.engine.KindredException;
import io.kindred.engine.Value;
import io.kindred.engine.disk.Seal;
import io.kindred.engine.disk.SealedFile;
import io.kindred.engine.segment.ByteWriter;
import io.kindred.engine.segment.ValueCodec;
import io.kindred.engine.store.EmbeddedStore;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.UnaryOperator;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// A backup that is damaged, too old, too new, or made to do harm is refused by name, and nothing
/// of it is restored.
@Timeout(120)
class BackupDamageTest {
  @TempDir Path directory;
  private Path place;
  private Path target;
  private Backups backups;
  private BackupManifest manifest;

  @BeforeEach
  void makeBackup() {
    place = directory.resolve("place");
    target = directory.resolve("restored");
    backups = new Backups(new DirectoryObjectStore(place));
    try (EmbeddedStore store = BackupFixture.open(directory.resolve("data"))) {
      BackupFixture.fill(store);
      manifest = backups.create(store, List.of("items"), new Progress()).manifest();
    }
  }

  private Path manifestFile() {
    return place.resolve(ObjectNames.backup(manifest.id()));
  }

  private KindredException refused() {
    KindredException[] thrown = new KindredException[1];
    assertThatThrownBy(
            () -> backups.restore(manifest.id(), Restore.Target.of(target), new Progress()))
        .isInstanceOfSatisfying(KindredException.class, e -> thrown[0] = e);
    requireNothingRestored();
    return thrown[0];
  }

  /// Beside the store and the place there is nothing.
  private void requireNothingRestored() {
    assertThat(directory.toFile().list()).containsExactlyInAnyOrder("data", "place");
  }

  @Test
  void aFlippedBitOfAnyFileIsFoundWhereverItIs() throws Exception {
    Random random = new Random(1);
    for (Path file : BackupFixture.files(place.resolve("files"))) {
      Path path = place.resolve("files").resolve(file);
      byte[] whole = Files.readAllBytes(path);
      int[] offsets = {0, 30, 40, 62, whole.length / 2, whole.length - 40, whole.length - 1};
      for (int offset : offsets) {
        byte[] damaged = whole.clone();
        damaged[offset] ^= (byte) (1 << random.nextInt(8));
        Files.write(path, damaged);
        String where = file + ", byte " + offset;
        assertThat(backups.verify(manifest.id(), new Progress()))
            .as(where)
            .singleElement()
            .asString()
            .contains(file.toString());
      }
      KindredException e = refused();
      assertThat(e.code()).isEqualTo(ErrorCode.CORRUPT);
      assertThat(e).hasMessageContaining(file.toString());
      Files.write(path, whole);
    }
    assertThat(backups.verify(manifest.id(), new Progress())).isEmpty();
  }

  @Test
  void aTruncatedALongerAndAMissingFileAreFound() throws Exception {
    for (Path file : BackupFixture.files(place.resolve("files"))) {
      Path path = place.resolve("files").resolve(file);
      byte[] whole = Files.readAllBytes(path);
      for (int length : new int[] {0, 50, whole.length - 1, whole.length + 8}) {
        Files.write(path, java.util.Arrays.copyOf(whole, length));
        assertThat(backups.verify(manifest.id(), new Progress()))
            .as("%s of %d bytes", file, length)
            .singleElement()
            .asString()
            .contains(file.toString());
        assertThat(refused()).hasMessageContaining(file.toString());
      }
      Files.write(path, whole);
    }
  }

  @Test
  void whatWasGatheredUntilAFileWasMissedIsOfUseOnceTheFileIsBack() throws Exception {
    Path file = BackupFixture.files(place.resolve("files")).getLast();
    Path path = place.resolve("files").resolve(file);
    byte[] whole = Files.readAllBytes(path);
    Files.delete(path);
    assertThat(backups.verify(manifest.id(), new Progress()))
        .singleElement()
        .asString()
        .contains(file + " is missing");
    assertThatThrownBy(
            () -> backups.restore(manifest.id(), Restore.Target.of(target), new Progress()))
        .hasMessageContaining(file + " is missing");
    assertThat(target).doesNotExist();

    Files.write(path, whole);
    backups.restore(manifest.id(), Restore.Target.of(target), new Progress());
    BackupFixture.requireSound(target);
  }

  @Test
  void aManifestWithAFlippedBitIsRefusedWhereverItIs() throws Exception {
    byte[] whole = Files.readAllBytes(manifestFile());
    Random random = new Random(2);
    for (int offset = 0; offset < whole.length; offset += 1 + random.nextInt(40)) {
      byte[] damaged = whole.clone();
      damaged[offset] ^= (byte) (1 << random.nextInt(8));
      Files.write(manifestFile(), damaged);
      // Bytes of the header that say nothing are covered as well.
      KindredException e = refused();
      assertThat(e.code()).as("byte %d", offset).isEqualTo(ErrorCode.CORRUPT);
      assertThat(e).hasMessageContaining(manifest.id());
    }
    Files.write(manifestFile(), java.util.Arrays.copyOf(whole, whole.length - 8));
    assertThat(refused()).hasMessageContaining("is damaged");
    assertThat(backups.list())
        .singleElement()
        .satisfies(listed -> assertThat(listed.problem()).contains("is damaged"));
  }

  @Test
  void aManifestThatIsTooOldOrTooNewIsRefusedAsSuch() throws Exception {
    byte[] whole = Files.readAllBytes(manifestFile());
    Files.write(manifestFile(), withVersion(whole, 0));
    assertThat(refused()).hasMessageContaining("is too old: backup version 0 (expected: 1)");
    Files.write(manifestFile(), withVersion(whole, 2));
    assertThat(refused()).hasMessageContaining("is too new: backup version 2 (expected: 1)");
    Files.write(manifestFile(), whole);
    backups.restore(manifest.id(), Restore.Target.of(target), new Progress());
  }

  /// A file that says to be of another version, and is whole.
  private static byte[] withVersion(byte[] whole, int version) {
    ByteBuffer bytes = ByteBuffer.wrap(whole.clone()).order(ByteOrder.LITTLE_ENDIAN);
    bytes.putInt(24, version);
    CRC32C checksum = new CRC32C();
    checksum.update(bytes.slice(0, 60));
    bytes.putInt(60, (int) checksum.getValue());
    return bytes.array();
  }

  @Test
  void aFileThatIsTooNewIsRefusedAsSuch() throws Exception {
    BackupManifest.BackupFile rows =
        manifest.tables().getFirst().shards().getFirst().files().stream()
            .filter(file -> file.role().equals("rows"))
            .findFirst()
            .orElseThrow();
    Path path = place.resolve(rows.objectName());
    Files.write(path, withVersion(Files.readAllBytes(path), 99));
    // A file of a newer release, and a manifest of today that names it: nobody made that by chance.
    rewrite(
        backup ->
            altered(
                backup,
                new Value.Int64(99),
                "tables",
                "0",
                "shards",
                "0",
                "files",
                index(rows),
                "version"));

    assertThat(refused()).hasMessageContaining("is too new: base-rows version 99 (expected: 1)");
  }

  private String index(BackupManifest.BackupFile file) {
    return String.valueOf(manifest.tables().getFirst().shards().getFirst().files().indexOf(file));
  }

  /// Puts another content into the manifest, and seals it well.
  private void rewrite(UnaryOperator<Value> change) throws IOException {
    ByteBuffer payload =
        Seal.unwrap("manifest", Files.readAllBytes(manifestFile()), BackupManifest.FORMAT);
    ByteWriter out = new ByteWriter("backup", 1 << 20);
    ValueCodec.write(out, "backup", change.apply(ValueCodec.read(payload, 0)));
    ByteBuffer sealed = Seal.wrap(BackupManifest.FORMAT, SealedFile.newFileId(), out.asBuffer());
    byte[] bytes = new byte[sealed.remaining()];
    sealed.get(bytes);
    Files.write(manifestFile(), bytes);
  }

  /// The value with another one at a path of names and indexes.
  private static Value altered(Value value, Value replacement, String... path) {
    if (path.length == 0) {
      return replacement;
    }
    String[] rest = java.util.Arrays.copyOfRange(path, 1, path.length);
    return switch (value) {
      case Value.Entries entries -> {
        Map<String, Value> changed = new LinkedHashMap<>(entries.values());
        changed.computeIfPresent(path[0], (_, inner) -> altered(inner, replacement, rest));
        changed.putIfAbsent(path[0], replacement);
        yield new Value.Entries(changed);
      }
      case Value.Array array -> {
        List<Value> changed = new ArrayList<>(array.items());
        int index = Integer.parseInt(path[0]);
        changed.set(index, altered(changed.get(index), replacement, rest));
        yield new Value.Array(changed);
      }
      default -> throw new IllegalArgumentException(path[0]);
    };
  }

  /// Names and numbers that would lead outside, or to what is not there.
  @ParameterizedTest
  @CsvSource(
      delimiter = '~',
      value = {
        "id ~ ../../etc/passwd ~ id ../../etc/passwd",
        "id ~ /etc/passwd ~ id /etc/passwd",
        "tables.0.table.spec.name ~ ../escaped ~ name: ../escaped",
        "tables.0.table.spec.name ~ /escaped ~ name: /escaped",
        "tables.0.table.id ~ 0 ~ id of table items 0",
        "tables.0.table.id ~ -5 ~ id of table items -5",
        "tables.0.table.id ~ 4611686018427387904 ~ id of table items 4611686018427387904",
        "tables.0.table.version ~ 9223372036854775807 ~ integer overflow",
        "tables.0.table.version ~ -1 ~ version of table items -1",
        "tables.0.table.spec.shards ~ 64 ~ shards of table items 2",
        "tables.0.table.spec.shards ~ 65 ~ shards: 65",
        "tables.0.shards.0.files.0.role ~ ../../../evil ~ role ../../../evil",
        "tables.0.shards.0.files.0.role ~ /tmp/evil ~ role /tmp/evil",
        "tables.0.shards.0.files.0.role ~ vectors-1/../../evil ~ role vectors-1/../../evil",
        "tables.0.shards.0.files.0.role ~ vectors-0001 ~ role vectors-0001",
        "tables.0.shards.0.files.0.role ~ MANIFEST ~ role MANIFEST",
        "tables.0.shards.0.files.0.role ~ checkpoint ~ role checkpoint twice",
        "tables.0.shards.0.files.0.payload_bytes ~ -1 ~ payload bytes: -1",
        "tables.0.shards.0.files.0.payload_bytes ~ 9223372036854775807 ~ payload bytes: 92233",
        "tables.0.shards.0.files.0.checksum ~ 99999999999 ~ integer overflow",
        "tables.0.shards.0.base_rows ~ -1 ~ rows of the base -1",
        "tables.0.shards.0.base_rows ~ 0 ~ base of 0 rows",
        "tables.0.shards.0.rows ~ -1 ~ rows -1",
        "tables.0.shards.0.applied_position ~ 99999999 ~ position of table items 99999999",
        "position ~ -1 ~ position -1",
        "position ~ 9223372036854775807 ~ position 9223372036854775807",
      })
  void aManifestThatSaysWhatCannotBeIsRefused(String path, String value, String named)
      throws Exception {
    Value replacement =
        value.matches("-?\\d+") ? new Value.Int64(Long.parseLong(value)) : new Value.Text(value);
    rewrite(backup -> altered(backup, replacement, path.split("\\.", -1)));

    KindredException e = refused();

    assertThat(e.code()).isEqualTo(ErrorCode.CORRUPT);
    assertThat(e).hasMessageContaining(manifest.id()).hasMessageContaining(named);
  }

  /// Whole, sealed, and in its range, but not what the files hold.
  @ParameterizedTest
  @CsvSource({
    "tables.0.shards.0.rows, 7, rows (expected:",
    "tables.0.shards.0.base_rows, 2147483647, base-00000001",
    "tables.0.shards.0.base_rows, 1, base-00000001",
    "tables.0.shards.1.applied_position, 1, base-00000001",
    "tables.0.table.spec.vectors.place.dimension, 8, base-00000001",
    "tables.0.table.spec.key, UINT64, base-00000001",
    "tables.0.table.spec.partition_by, none, partition_by",
    "tables.0.shards.0.files.0.payload_bytes, 1048576, files/",
    "tables.0.shards.0.files.0.file_id, 7, files/0000000000000007-",
    "tables.0.shards.0.files.0.role, keys, role keys twice",
    "tables.0.shards.0.files.0.role, vectors-200, role vectors-200",
  })
  void aManifestThatDoesNotFitItsFilesIsRefused(String path, String value, String named)
      throws Exception {
    Value replacement =
        value.matches("-?\\d+") ? new Value.Int64(Long.parseLong(value)) : new Value.Text(value);
    rewrite(backup -> altered(backup, replacement, path.split("\\.", -1)));

    assertThatThrownBy(
            () -> backups.restore(manifest.id(), Restore.Target.of(target), new Progress()))
        .isInstanceOf(KindredException.class)
        .hasMessageContaining(named);
    assertThat(target).doesNotExist();
  }

  @Test
  void anIdThatIsNoneIsRefusedBeforeAnythingIsRead() {
    for (String id : List.of("../data/CATALOG", "/etc/passwd", "", "x".repeat(500))) {
      assertThatThrownBy(() -> backups.restore(id, Restore.Target.of(target), new Progress()))
          .isInstanceOfSatisfying(
              KindredException.class,
              e -> assertThat(e.code()).isEqualTo(ErrorCode.INVALID_ARGUMENT))
          .hasMessageContaining("backup: " + id);
      assertThatThrownBy(() -> backups.delete(id)).hasMessageContaining("backup: " + id);
    }
    assertThatThrownBy(() -> backups.read("20260101t000000z-00000000"))
        .isInstanceOfSatisfying(
            KindredException.class,
            e -> assertThat(e.code()).isEqualTo(ErrorCode.BACKUP_NOT_FOUND));
    requireNothingRestored();
  }

  @Test
  void theManifestOfAnotherBackupUnderThisNameIsRefused() throws Exception {
    String other = "20260101t000000z-00000000";
    Files.copy(manifestFile(), place.resolve(ObjectNames.backup(other)));

    assertThatThrownBy(() -> backups.read(other))
        .hasMessageContaining("is the manifest of " + manifest.id());
  }

  @Test
  void whileAnotherBackupIsDamagedNoFileIsDeleted() throws Exception {
    String other = "20260101t000000z-00000000";
    Files.writeString(place.resolve(ObjectNames.backup(other)), "not sealed at all");
    List<Path> files = BackupFixture.files(place.resolve("files"));

    assertThatThrownBy(() -> backups.delete(manifest.id())).hasMessageContaining(other);

    assertThat(BackupFixture.files(place.resolve("files"))).isEqualTo(files);
    assertThat(backups.delete(other).filesDeleted()).isEqualTo(files.size());
  }
}
