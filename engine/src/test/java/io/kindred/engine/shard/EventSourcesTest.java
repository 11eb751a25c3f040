package io.kindred.engine.shard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kindred.engine.ErrorCode;
import io.kindred.engine.Limits;
import io.kindred.engine.segment.ChangeReader.Source;
import io.kindred.engine.segment.Golden;
import io.kindred.engine.shard.EventSources.Applied;
import io.kindred.engine.shard.EventSources.EventRow;
import io.kindred.engine.shard.EventSources.Rejected;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;

class EventSourcesTest {
  private static final Source FIRST = new Source("é/clicks", 3);
  private static final Source SECOND = new Source("a", 0);

  private static void reject(EventSources sources, Source source, long position, long offset) {
    Rejected rejected = new Rejected(position, ErrorCode.TOO_LARGE, "row: " + offset);
    sources.remember(
        source, new Applied(position, offset, Map.of(new EventRow(offset, 0), rejected)));
  }

  private static boolean isRemembered(EventSources sources, Source source, long offset) {
    return Objects.requireNonNull(sources.find(source)).rejection(new EventRow(offset, 0)) != null;
  }

  private static EventSources sample() {
    EventSources sources = new EventSources();
    Map<EventRow, Rejected> rejections = new LinkedHashMap<>();
    rejections.put(new EventRow(6, 1), new Rejected(11, ErrorCode.ROW_NOT_FOUND, "id: é"));
    rejections.put(new EventRow(7, 0), new Rejected(11, ErrorCode.TOO_LARGE, "row"));
    sources.remember(FIRST, new Applied(11, 8, rejections));
    sources.remember(SECOND, new Applied(12, 300, Map.of()));
    return sources;
  }

  @Test
  void whatIsRememberedIsWrittenAndReadByteForByte() throws Exception {
    byte[] golden = Golden.bytes(EventSourcesTest.class, "sources-v1.hex");
    assertThat(HexFormat.of().formatHex(sample().capture().get()))
        .isEqualTo(HexFormat.of().formatHex(golden));

    EventSources decoded = EventSources.decode(golden);
    EventSources.Progress first = Objects.requireNonNull(decoded.find(FIRST));
    assertThat(first.offset()).isEqualTo(8);
    assertThat(first.rejection(new EventRow(6, 1)))
        .isEqualTo(new Rejected(11, ErrorCode.ROW_NOT_FOUND, "id: é"));
    assertThat(first.rejection(new EventRow(6, 0))).isNull();
    assertThat(Objects.requireNonNull(decoded.find(SECOND)).offset()).isEqualTo(300);
    assertThat(decoded.find(new Source("a", 1))).isNull();
    assertThat(decoded.newestPosition()).isEqualTo(12);
    assertThat(decoded.sizeBytes()).isEqualTo(sample().sizeBytes());
    assertThat(decoded.capture().get()).isEqualTo(golden);
  }

  @Test
  void anyOtherLengthIsRefused() {
    byte[] whole = sample().capture().get();
    for (int length = 0; length <= whole.length + 1; length++) {
      if (length != whole.length) {
        byte[] other = Arrays.copyOf(whole, length);
        assertThatThrownBy(() -> EventSources.decode(other)).isInstanceOf(RuntimeException.class);
      }
    }
  }

  @Test
  void ofASourceTheNewest4096RejectionsAreRemembered() {
    EventSources sources = new EventSources();
    for (long offset = 0; offset < 5_000; offset++) {
      reject(sources, FIRST, offset + 1, offset);
    }
    assertThat(isRemembered(sources, FIRST, 5_000 - Limits.REJECTIONS_OF_SOURCE_MAX - 1)).isFalse();
    assertThat(isRemembered(sources, FIRST, 5_000 - Limits.REJECTIONS_OF_SOURCE_MAX)).isTrue();
    assertThat(EventSources.decode(sources.capture().get()).sizeBytes())
        .isEqualTo(sources.sizeBytes());
  }

  @Test
  void ofAllSourcesTheNewest65536RejectionsAreRemembered() {
    EventSources sources = new EventSources();
    long position = 0;
    for (int partition = 0; partition < 20; partition++) {
      for (long offset = 0; offset < Limits.REJECTIONS_OF_SOURCE_MAX; offset++) {
        reject(sources, new Source("a", partition), ++position, offset);
      }
    }
    // Also after a restart, where what is oldest has to be found again.
    sources = EventSources.decode(sources.capture().get());
    reject(sources, new Source("b", 0), ++position, 0);
    for (int partition = 0; partition < 20; partition++) {
      Source source = new Source("a", partition);
      long last = Limits.REJECTIONS_OF_SOURCE_MAX - 1;
      assertThat(isRemembered(sources, source, last)).isEqualTo(partition >= 4);
      assertThat(isRemembered(sources, source, 0)).isEqualTo(partition >= 5);
      assertThat(isRemembered(sources, source, 1)).isEqualTo(partition >= 4);
    }
    assertThat(isRemembered(sources, new Source("b", 0), 0)).isTrue();
  }
}
