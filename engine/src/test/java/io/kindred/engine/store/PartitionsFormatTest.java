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
import io.kindred.engine.segment.Golden;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

@ExtendWith(VerifiedStores.class)
final class PartitionsFormatTest {
  private static final int HEADER_BYTES = 64;

  @TempDir Path directory;

  @Test
  void theBytesAreGolden() throws IOException {
    try (Store store = EmbeddedStore.open(StoreOptions.at(directory))) {
      Table table =
          store.createTable(
              new TableSpec(
                  "t",
                  KeyType.UINT64,
                  Map.of("v", new VectorSpec(2, Metric.L2, new IndexSpec.Flat())),
                  Map.of("city", FieldType.STRING),
                  "city",
                  null,
                  Durability.SYNCED,
                  1));
      List<String> cities = List.of("a", "são paulo", "a", "", "são paulo", "a");
      List<Row> rows = new ArrayList<>();
      for (int i = 0; i < cities.size(); i++) {
        Map<String, Value> fields =
            cities.get(i).isEmpty() ? Map.of() : Map.of("city", Value.of(cities.get(i)));
        rows.add(Row.of(Key.of(i), Map.of("v", new float[] {i, 1}), fields, Map.of()));
      }
      table.write(new Mutation.Put(rows, null)).join();
      table.fold();
    }
    byte[] golden = Golden.bytes(Golden.class, "partitions-v1.hex");
    byte[] file = Files.readAllBytes(partitionsFile());
    byte[] payload = Arrays.copyOfRange(file, HEADER_BYTES, HEADER_BYTES + golden.length);
    assertThat(HexFormat.of().formatHex(payload)).isEqualTo(HexFormat.of().formatHex(golden));
  }

  private Path partitionsFile() throws IOException {
    try (Stream<Path> files = Files.walk(directory)) {
      return files
          .filter(file -> file.toString().endsWith(".partitions"))
          .findFirst()
          .orElseThrow();
    }
  }
}
