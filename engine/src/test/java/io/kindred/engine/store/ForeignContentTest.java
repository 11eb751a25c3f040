package io.kindred.engine.store;

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
import io.kindred.engine.Origin;
import io.kindred.engine.Row;
import io.kindred.engine.StoreOptions;
import io.kindred.engine.Table;
import io.kindred.engine.TableSpec;
import io.kindred.engine.Value;
import io.kindred.engine.VectorSpec;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Stream;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Files whose checksums fit and whose content no store writes, as whoever means harm would make
/// them: `verify` names them, and the start refuses them as damaged. Each was found by fuzzing.
final class ForeignContentTest {
  private static final int HEADER_BYTES = 64;
  private static final int FOOTER_BYTES = 32;

  @TempDir Path directory;

  @BeforeEach
  void makeStore() {
    try (EmbeddedStore store = EmbeddedStore.open(StoreOptions.at(directory))) {
      Table table =
          store.createTable(
              new TableSpec(
                  "t",
                  KeyType.STRING,
                  Map.of("v", new VectorSpec(2, Metric.L2, new IndexSpec.Flat())),
                  Map.of("city", FieldType.STRING),
                  "city",
                  null,
                  io.kindred.engine.Durability.SYNCED,
                  1));
      put(table, 0);
      table.fold();
      put(table, 30);
    }
  }

  private static void put(Table table, int from) {
    List<Row> rows = new ArrayList<>();
    for (int i = from; i < from + 40; i++) {
      rows.add(
          Row.of(
              Key.of("k" + i),
              Map.of("v", new float[] {i, 1}),
              Map.of("city", Value.of("c" + i % 3)),
              Map.of()));
    }
    table.write(new Mutation.Put(rows, new Origin.Operation("put-" + from))).join();
  }

  @Test
  void aCatalogOfNothing() throws IOException {
    change("CATALOG", payload -> payload.put(0, (byte) 0));
    requireRefused("CATALOG");
  }

  @Test
  void aPartOfTheManifestWithANameOfNegativeLength() throws IOException {
    change("MANIFEST", payload -> payload.putShort(nameAt(payload) - 2, (short) -1));
    requireRefused("MANIFEST");
  }

  @Test
  void aPartOfTheManifestThatLeadsOutOfTheDirectory() throws IOException {
    change(
        "MANIFEST",
        payload -> payload.put(nameAt(payload), "/../".getBytes(StandardCharsets.UTF_8)));
    requireRefused("MANIFEST");
  }

  @Test
  void aPartOfTheManifestWithAZeroInItsName() throws IOException {
    change("MANIFEST", payload -> payload.put(nameAt(payload), (byte) 0));
    requireRefused("MANIFEST");
  }

  /// Where the first part, `rows`, is named.
  private static int nameAt(ByteBuffer payload) {
    int at = 0;
    while (payload.getInt(at) != ('r' | 'o' << 8 | 'w' << 16 | 's' << 24)) {
      at++;
    }
    return at;
  }

  @Test
  void partitionsThatLeadOutOfTheFile() throws IOException {
    change(
        ".partitions",
        payload -> {
          for (int at = 8; at + 4 <= payload.capacity(); at += 4) {
            payload.putInt(at, 0x0060_0000);
          }
        });
    assertThat(StoreVerifier.verify(directory, line -> {}))
        .anyMatch(problem -> problem.toString().contains("partitions"));
    // They can be made again of the rows.
    try (EmbeddedStore store = EmbeddedStore.open(StoreOptions.at(directory))) {
      store.table("t").fold();
    }
    assertThat(StoreVerifier.verify(directory, line -> {})).isEmpty();
  }

  @Test
  void operationsOfACheckpointThatEndInTheMiddle() throws IOException {
    change("checkpoint-", payload -> payload.putInt(lastOperation(payload) - 2 - 4, 1_000));
    requireRefused("checkpoint-");
  }

  @Test
  void anOutcomeOfACheckpointWithATextOfTwoGigabytes() throws IOException {
    change(
        "checkpoint-",
        payload -> {
          // Behind the name: position, applied, stale, missing, rejected.
          int rejected = lastOperation(payload) + "put-30".length() + 8 + 8 + 4 + 4;
          payload.putInt(rejected, 1);
        });
    requireRefused("checkpoint-");
  }

  private static int lastOperation(ByteBuffer payload) {
    byte[] name = "put-30".getBytes(StandardCharsets.UTF_8);
    int at = payload.capacity() - name.length;
    while (!payload.slice(at, name.length).equals(ByteBuffer.wrap(name))) {
      at--;
    }
    return at;
  }

  private Path file(String part) throws IOException {
    try (Stream<Path> files = Files.walk(directory)) {
      return files
          .filter(file -> file.getFileName().toString().contains(part))
          .findFirst()
          .orElseThrow();
    }
  }

  /// Changes the payload of a sealed file, and makes its checksum fit.
  private void change(String part, Consumer<ByteBuffer> change) throws IOException {
    Path file = file(part);
    byte[] bytes = Files.readAllBytes(file);
    int footer = bytes.length - FOOTER_BYTES;
    ByteBuffer whole = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    int payloadBytes = (int) whole.getLong(footer);
    change.accept(whole.slice(HEADER_BYTES, payloadBytes).order(ByteOrder.LITTLE_ENDIAN));
    whole.putInt(footer + 16, checksum(bytes, HEADER_BYTES, footer));
    whole.putInt(footer + 28, checksum(bytes, footer, footer + 28));
    Files.write(file, bytes);
  }

  private static int checksum(byte[] bytes, int from, int to) {
    CRC32C checksum = new CRC32C();
    checksum.update(bytes, from, to - from);
    return (int) checksum.getValue();
  }

  private void requireRefused(String part) {
    assertThat(StoreVerifier.verify(directory, line -> {}))
        .isNotEmpty()
        .anyMatch(problem -> problem.toString().contains(part));
    assertThatThrownBy(() -> EmbeddedStore.open(StoreOptions.at(directory)))
        .isInstanceOfSatisfying(
            KindredException.class,
            e -> {
              assertThat(e.code()).isEqualTo(ErrorCode.CORRUPT);
              assertThat(e.getMessage()).contains(part);
            });
  }
}
