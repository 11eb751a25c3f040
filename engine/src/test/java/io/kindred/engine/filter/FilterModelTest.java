package io.kindred.engine.filter;

import static org.assertj.core.api.Assertions.assertThat;

import io.kindred.engine.FieldType;
import io.kindred.engine.KeyType;
import io.kindred.engine.TableSpec;
import io.kindred.engine.Value;
import io.kindred.engine.segment.ByteWriter;
import io.kindred.engine.segment.ValueCodec;
import java.lang.foreign.MemorySegment;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.LongStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Random filters on random rows: the bound filter on bytes against [NaiveFilter] on objects.
final class FilterModelTest {
  private static final int FILTERS = 1_500;
  private static final int ROWS = 20;

  static LongStream seeds() {
    return LongStream.rangeClosed(1, 6);
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void boundFilterAgreesWithTheNaiveOne(long seed) {
    RandomFilters random = new RandomFilters(new Random(seed), fields());
    TableSpec table = TableSpec.of("model", KeyType.STRING, Map.of(), fields());
    int matches = 0;
    for (int i = 0; i < FILTERS; i++) {
      Filter filter = random.filter(3);
      BoundFilter bound = BoundFilter.bind(filter, table);
      assertThat(throughTheLog(filter)).as("seed %d, filter %d", seed, i).isEqualTo(filter);
      for (int j = 0; j < ROWS; j++) {
        Map<String, Value> fields = random.fields();
        Map<String, Value> metadata = random.metadata();
        boolean expected =
            new NaiveFilter(table.fields().keySet(), fields, metadata).matches(filter);
        boolean actual =
            bound.matches(new EncodedRow(List.copyOf(table.fields().keySet()), fields, metadata));
        if (actual != expected) {
          assertThat(actual)
              .as("seed %d: %s on fields %s, metadata %s", seed, filter, fields, metadata)
              .isEqualTo(expected);
        }
        matches += expected ? 1 : 0;
      }
    }
    assertThat(matches)
        .as("seed %d: neither nearly all nor nearly no rows match", seed)
        .isBetween(FILTERS * ROWS / 10, FILTERS * ROWS * 9 / 10);
  }

  private static Filter throughTheLog(Filter filter) {
    ByteWriter out = new ByteWriter("record", 1 << 20);
    ValueCodec.write(out, "filter", FilterWriter.write(filter));
    return FilterParser.parse(ValueCodec.read(MemorySegment.ofArray(out.toByteArray()), 0));
  }

  private static Map<String, FieldType> fields() {
    Map<String, FieldType> fields = new LinkedHashMap<>();
    for (FieldType type : FieldType.values()) {
      fields.put("f_" + type.name(), type);
    }
    fields.put("a.b.c", FieldType.INT64);
    return fields;
  }
}
