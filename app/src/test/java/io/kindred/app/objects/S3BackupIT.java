package io.kindred.app.objects;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kindred.engine.ErrorCode;
import io.kindred.engine.FieldType;
import io.kindred.engine.IndexSpec;
import io.kindred.engine.Key;
import io.kindred.engine.KeyType;
import io.kindred.engine.KindredException;
import io.kindred.engine.Metric;
import io.kindred.engine.Mutation;
import io.kindred.engine.Projection;
import io.kindred.engine.Row;
import io.kindred.engine.StoreOptions;
import io.kindred.engine.Table;
import io.kindred.engine.TableSpec;
import io.kindred.engine.Value;
import io.kindred.engine.VectorSpec;
import io.kindred.engine.backup.BackupManifest;
import io.kindred.engine.backup.Backups;
import io.kindred.engine.backup.ObjectStore;
import io.kindred.engine.backup.Progress;
import io.kindred.engine.backup.Restore;
import io.kindred.engine.store.EmbeddedStore;
import io.kindred.engine.store.StoreVerifier;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Backups in a real server of S3.
@Timeout(180)
final class S3BackupIT {
  @TempDir private static Path serverDirectory;
  private static S3Server server;

  @TempDir private Path directory;

  @BeforeAll
  static void start() throws IOException {
    server = S3Server.start(serverDirectory);
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  private static void put(ObjectStore objects, String name, byte[] bytes) {
    try (ObjectStore.ObjectWriter writer = objects.create(name, bytes.length)) {
      ByteBuffer content = ByteBuffer.wrap(bytes);
      while (content.hasRemaining()) {
        int count = Math.min(1 << 20, content.remaining());
        writer.write(content.slice(content.position(), count));
        content.position(content.position() + count);
      }
      writer.commit();
    }
  }

  private static byte[] get(ObjectStore objects, String name, int bytesMax) {
    ByteBuffer content = ByteBuffer.allocate(bytesMax);
    try (ObjectStore.ObjectReader reader = objects.open(name)) {
      reader.read(content);
    }
    return java.util.Arrays.copyOf(content.array(), content.position());
  }

  @Test
  void objectsOfAnySizeAreWrittenListedReadAndDeleted() {
    try (ObjectStore objects = server.open("objects")) {
      byte[] large = new byte[(40 << 20) + 7];
      new Random(1).nextBytes(large);
      put(objects, "files/large", large);
      put(objects, "files/small", new byte[] {1, 2, 3});
      put(objects, "files/empty", new byte[0]);
      put(objects, "other/one", new byte[] {4});

      assertThat(objects.list("files"))
          .containsExactly(
              new ObjectStore.StoredObject("files/empty", 0),
              new ObjectStore.StoredObject("files/large", large.length),
              new ObjectStore.StoredObject("files/small", 3));
      assertThat(get(objects, "files/large", 50 << 20)).isEqualTo(large);
      assertThat(get(objects, "files/small", 10)).containsExactly(1, 2, 3);
      assertThat(get(objects, "files/empty", 10)).isEmpty();
      put(objects, "files/small", new byte[] {9});
      assertThat(get(objects, "files/small", 10)).containsExactly(9);
      objects.delete("files/small");
      objects.delete("files/small");
      assertThatThrownBy(() -> objects.open("files/small"))
          .hasMessage(
              "s3://bucket/objects/files/small is missing (expected: an object of a backup)");
      assertThat(objects.list("none")).isEmpty();
    }
  }

  @Test
  void anUploadThatIsGivenUpLeavesNothing() {
    try (ObjectStore objects = server.open("given-up")) {
      for (int bytes : new int[] {100, 40 << 20}) {
        try (ObjectStore.ObjectWriter writer = objects.create("files/one", bytes)) {
          writer.write(ByteBuffer.allocate(bytes));
        }
        assertThat(objects.list("files")).isEmpty();
      }
    }
  }

  private static Table fill(EmbeddedStore store) {
    Table table =
        store.createTable(
            TableSpec.of(
                "items",
                KeyType.STRING,
                Map.of("place", new VectorSpec(64, Metric.L2, new IndexSpec.Hnsw(8, 32))),
                Map.of("number", FieldType.INT64)));
    put(table, 0, 2_000);
    table.fold();
    put(table, 1_900, 2_500);
    return table;
  }

  private static void put(Table table, int from, int to) {
    List<Row> rows = new ArrayList<>();
    for (int i = from; i < to; i++) {
      float[] vector = new float[64];
      vector[i % 64] = i;
      rows.add(
          Row.of(
              Key.of("row-" + i),
              Map.of("place", vector),
              Map.of("number", Value.of(i)),
              Map.of()));
    }
    assertThat(table.write(new Mutation.Put(rows, null)).join().applied()).isEqualTo(to - from);
  }

  @Test
  void aBackupIsMadeGoneOnWithCheckedRestoredAndDeleted() {
    Path target = directory.resolve("restored");
    try (ObjectStore objects = server.open("kindred/backups");
        EmbeddedStore store = EmbeddedStore.open(StoreOptions.at(directory.resolve("data")))) {
      Backups backups = new Backups(objects);
      Table items = fill(store);
      store.checkpoint();
      Progress[] self = new Progress[1];
      self[0] =
          new Progress(
              status -> {
                if (status.filesDone() == 3) {
                  self[0].cancel();
                }
              });
      assertThatThrownBy(() -> backups.create(store, List.of(), self[0]))
          .hasMessageContaining("cancelled");

      Backups.Created created = backups.create(store, List.of(), new Progress());
      put(items, 2_500, 2_600);

      BackupManifest manifest = created.manifest();
      int files = manifest.tables().getFirst().shards().getFirst().files().size();
      assertThat(created.filesCopied()).isEqualTo(files - 3);
      assertThat(backups.list()).extracting(Backups.Listed::id).containsExactly(manifest.id());
      assertThat(backups.verify(manifest.id(), new Progress())).isEmpty();
      backups.restore(manifest.id(), Restore.Target.of(target), new Progress());
      Backups.Created second = backups.create(store, List.of(), new Progress());
      assertThat(second.filesCopied()).isEqualTo(1);
      assertThat(backups.delete(manifest.id()).filesDeleted()).isEqualTo(1);
      assertThat(backups.verify(second.manifest().id(), new Progress())).isEmpty();
      backups.delete(second.manifest().id());
      assertThat(objects.list("files")).isEmpty();
      assertThat(objects.list("active")).isEmpty();
    }
    assertThat(StoreVerifier.verify(target, line -> {})).isEmpty();
    try (EmbeddedStore store = EmbeddedStore.open(StoreOptions.at(target))) {
      Table items = store.table("items");
      assertThat(items.info().rowCount()).isEqualTo(2_500);
      assertThat(items.get(Key.of("row-2499"), Projection.ALL).orElseThrow().fields())
          .containsEntry("number", Value.of(2_499));
    }
  }

  @Test
  void aDamagedObjectIsNamedAndNothingIsRestored() {
    Path target = directory.resolve("restored");
    try (ObjectStore objects = server.open("damaged");
        EmbeddedStore store = EmbeddedStore.open(StoreOptions.at(directory.resolve("data")))) {
      Backups backups = new Backups(objects);
      fill(store);
      String id = backups.create(store, List.of(), new Progress()).manifest().id();
      ObjectStore.StoredObject object = objects.list("files").getFirst();
      byte[] bytes = get(objects, object.name(), (int) object.sizeBytes());
      bytes[bytes.length / 2] ^= 8;
      put(objects, object.name(), bytes);

      assertThat(backups.verify(id, new Progress()))
          .singleElement()
          .asString()
          .contains("s3://bucket/damaged: " + object.name());
      assertThatThrownBy(() -> backups.restore(id, Restore.Target.of(target), new Progress()))
          .hasMessageContaining(object.name());
    }
    assertThat(directory.toFile().list()).containsExactly("data");
  }

  @Test
  void aServerThatDoesNotAnswerIsNamed() throws IOException {
    ObjectStore objects;
    try (S3Server gone = S3Server.start(directory)) {
      objects = gone.open("gone");
      assertThat(objects.list("files")).isEmpty();
    }
    try (objects) {
      assertThatThrownBy(() -> objects.list("files"))
          .isInstanceOfSatisfying(
              KindredException.class,
              e -> assertThat(e.code()).isEqualTo(ErrorCode.STORAGE_UNAVAILABLE))
          .hasMessageStartingWith("cannot list s3://bucket/gone/files: ");
    }
  }
}
