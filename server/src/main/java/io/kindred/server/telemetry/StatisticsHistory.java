package io.kindred.server.telemetry;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// The figures of the last quarter of an hour, one sample a second, for charts that were not open
/// then. Thread-safe.
final class StatisticsHistory {
  /// Samples that are kept: 15 minutes of them.
  static final int SAMPLES_MAX = 900;

  /// What is kept. The name in JSON is the constant's in lower case.
  enum Column {
    SEARCHES_PER_S,
    GETS_PER_S,
    UPSERTS_PER_S,
    ERRORS_PER_S,
    SEARCH_P50_US,
    SEARCH_P99_US,
    GET_P50_US,
    GET_P99_US,
    WRITE_P50_US,
    WRITE_P99_US,
    MEMORY_USED_BYTES,
    HEAP_USED_BYTES,
    RESIDENT_BYTES,
    DISK_FREE_BYTES,
    LOG_LAG,
    RECALL_MEAN,
    EVENTS_PER_S,
    EVENT_P99_US
  }

  private static final JsonFactory JSON = new JsonFactory();

  /// One sample, filled by the thread that takes it. What is not set was not measured.
  static final class Point {
    private final Map<Column, Double> values = new EnumMap<>(Column.class);
    private final long timeMillis;

    Point(long timeMillis) {
      this.timeMillis = timeMillis;
    }

    void set(Column column, double value) {
      values.put(column, value);
    }

    void set(Column column, long value) {
      values.put(column, (double) value);
    }

    /// Sets both quantiles, unless there was no call.
    void setLatency(Column p50, Column p99, LatencyWindow.Seen calls) {
      if (calls.calls() > 0) {
        set(p50, calls.p50Micros());
        set(p99, calls.p99Micros());
      }
    }
  }

  private final Point[] ring = new Point[SAMPLES_MAX];
  private long added;

  synchronized void add(Point point) {
    ring[(int) (added % SAMPLES_MAX)] = point;
    added++;
  }

  /// The samples after a moment as columns, the oldest first: `{"times_ms":[…],"columns":{…}}`.
  String json(long sinceMillis) {
    Point[] points = after(sinceMillis);
    StringWriter text = new StringWriter();
    try (JsonGenerator out = JSON.createGenerator(text)) {
      out.writeStartObject();
      out.writeArrayFieldStart("times_ms");
      for (Point point : points) {
        out.writeNumber(point.timeMillis);
      }
      out.writeEndArray();
      out.writeObjectFieldStart("columns");
      for (Column column : Column.values()) {
        out.writeArrayFieldStart(column.name().toLowerCase(Locale.ROOT));
        for (Point point : points) {
          write(point.values.get(column), out);
        }
        out.writeEndArray();
      }
      out.writeEndObject();
      out.writeEndObject();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return text.toString();
  }

  private synchronized Point[] after(long sinceMillis) {
    int count = (int) Math.min(added, SAMPLES_MAX);
    Point[] points = new Point[count];
    int found = 0;
    for (long number = added - count; number < added; number++) {
      Point point = ring[(int) (number % SAMPLES_MAX)];
      if (point.timeMillis > sinceMillis) {
        points[found++] = point;
      }
    }
    return Arrays.copyOf(points, found);
  }

  private static void write(@Nullable Double value, JsonGenerator out) throws IOException {
    if (value == null) {
      out.writeNull();
    } else if (value == Math.rint(value)) {
      out.writeNumber(value.longValue());
    } else {
      out.writeNumber(Math.round(value * 1e4) / 1e4);
    }
  }
}
