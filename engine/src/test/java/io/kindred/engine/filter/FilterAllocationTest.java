package io.kindred.engine.filter;

import static io.kindred.engine.filter.Json.array;
import static io.kindred.engine.filter.Json.object;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import io.kindred.engine.FieldType;
import io.kindred.engine.KeyType;
import io.kindred.engine.TableSpec;
import io.kindred.engine.Value;
import java.lang.management.ManagementFactory;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

final class FilterAllocationTest {
  private static final int MATCHES = 20_000;
  private static final int ROUNDS = 20;

  @Test
  void matchingCreatesNoObject() {
    TableSpec table =
        TableSpec.of(
            "items",
            KeyType.STRING,
            Map.of(),
            Map.of("city", FieldType.STRING, "price", FieldType.FLOAT64));
    RowFields row =
        new EncodedRow(
            List.copyOf(table.fields().keySet()),
            Map.of("city", Value.of("berlin"), "price", Value.of(9.5)),
            Map.of(
                "brand", object("name", Value.of("acme")),
                "sizes", array(Value.of(38), Value.of(40.5), Value.of("XL"))));
    BoundFilter filter =
        BoundFilter.bind(
            new Filter.And(
                List.of(
                    new Filter.In("city", cities()),
                    new Filter.Gte("price", Value.of(9)),
                    new Filter.Lt("price", Value.of(9.75)),
                    new Filter.Not(new Filter.Eq("brand.name", Value.of("other"))),
                    new Filter.Or(
                        List.of(
                            new Filter.Exists("nothing", true),
                            new Filter.Gt("sizes", Value.of(40)))))),
            table);

    // The first rounds load classes and are compiled; what matching itself allocates, each round
    // does.
    long least = Long.MAX_VALUE;
    for (int round = 0; round < ROUNDS; round++) {
      least = Math.min(least, allocatedBytes(filter, row));
    }
    assertThat(least).isZero();
  }

  private static long allocatedBytes(BoundFilter filter, RowFields row) {
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    long before = threads.getCurrentThreadAllocatedBytes();
    int matches = 0;
    for (int i = 0; i < MATCHES; i++) {
      matches += filter.matches(row) ? 1 : 0;
    }
    long after = threads.getCurrentThreadAllocatedBytes();
    assertThat(matches).isEqualTo(MATCHES);
    return after - before;
  }

  private static List<Value> cities() {
    return IntStream.range(0, 10_000)
        .mapToObj(i -> Value.of(i == 7 ? "berlin" : "city " + i))
        .toList();
  }
}
