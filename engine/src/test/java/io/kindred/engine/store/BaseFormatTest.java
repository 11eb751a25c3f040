package io.kindred.engine.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.kindred.engine.Durability;
import io.kindred.engine.FieldType;
import io.kindred.engine.IndexSpec;
import io.kindred.engine.Key;
import io.kindred.engine.KeyType;
import io.kindred.engine.Metric;
import io.kindred.engine.Mutation;
import io.kindred.engine.Row;
import io.kindred.engine.Store;
import io.kindred.engine.StoreOptions;
import io.kindred.engine.Table;
import io.kindred.engine.TableSpec;
import io.kindred.engine.Value;
import io.kindred.engine.VectorSpec;
import io.kindred.engine.disk.FaultyDisk;
import io.kindred.engine.segment.Golden;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// The bytes of the parts of a base. That they are read, [StoreFormatTest] shows.
final class BaseFormatTest {
  private static final int HEADER_BYTES = 64;
  private static final int FOOTER_BYTES = 32;
  private static final Path BASE = Path.of("/store/tables/1/v1-shard-00");

  private final FaultyDisk disk = new FaultyDisk();

  @BeforeEach
  void fold() {
    StoreOptions options = StoreOptions.at(Path.of("/store")).withClock(new ManualClock());
    try (Store store = EmbeddedStore.open(options, disk)) {
      Table table =
          store.createTable(
              new TableSpec(
                  "t",
                  KeyType.STRING,
                  Map.of("v", new VectorSpec(2, Metric.L2, new IndexSpec.Flat())),
                  Map.of("city", FieldType.STRING),
                  null,
                  null,
                  Durability.SYNCED,
                  1));
      List<Row> rows = new ArrayList<>();
      for (int i = 0; i < 3; i++) {
        rows.add(
            new Row(
                Key.of("é" + (9 - i)),
                i == 1 ? Map.of() : Map.of("v", new float[] {i, -1.5f}),
                i == 2 ? Map.of() : Map.of("city", Value.of("rome")),
                i == 0 ? Map.of() : Map.of("n", Value.of(i)),
                null,
                i == 0 ? Duration.ofSeconds(10) : null,
                null));
      }
      table.write(new Mutation.Put(rows, null)).join();
      table.fold();
    }
  }

  @AfterEach
  void verify() {
    assertThat(StoreVerifier.verify(Path.of("/store"), disk, line -> {})).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"rows", "offsets", "keys", "vectors-0", "presence-0", "expiry"})
  void theBytesAreGolden(String role) throws Exception {
    byte[] golden = Golden.bytes(Golden.class, "base-" + role + "-v1.hex");
    byte[] file = disk.read(BASE.resolve("base-00000001." + role));
    long payloadBytes =
        ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN).getLong(file.length - FOOTER_BYTES);
    byte[] payload = Arrays.copyOfRange(file, HEADER_BYTES, HEADER_BYTES + (int) payloadBytes);
    assertThat(HexFormat.of().formatHex(payload)).isEqualTo(HexFormat.of().formatHex(golden));
  }
}
