package io.kindred.engine.log;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/// A subscriber that keeps what it is given and checks what a log promises. Owned by the delivery
/// thread; the futures and, after a [#await], the records are for the test.
final class Collector implements Log.Subscriber {
  /// What was delivered. Immutable.
  record Applied(long position, long timestampMillis, String text) {}

  private final List<Applied> applied = new ArrayList<>();
  private long lastTimestamp = Long.MIN_VALUE;
  private @Nullable Thread thread;

  synchronized List<Applied> applied() {
    return List.copyOf(applied);
  }

  synchronized List<String> texts() {
    return applied.stream().map(Applied::text).toList();
  }

  @Override
  @SuppressWarnings("unchecked")
  public synchronized void apply(
      long position, long timestampMillis, ByteBuffer payload, @Nullable Object attachment) {
    checkThread();
    assertThat(timestampMillis)
        .as("timestamp of %s", position)
        .isGreaterThanOrEqualTo(lastTimestamp);
    if (!applied.isEmpty()) {
      assertThat(position).isEqualTo(applied.getLast().position() + 1);
    }
    assertThat(payload.isReadOnly()).isTrue();
    assertThat(payload.order()).isEqualTo(ByteOrder.LITTLE_ENDIAN);
    byte[] bytes = new byte[payload.remaining()];
    payload.get(bytes);
    lastTimestamp = timestampMillis;
    applied.add(new Applied(position, timestampMillis, new String(bytes, StandardCharsets.UTF_8)));
    if (attachment != null) {
      ((CompletableFuture<Long>) attachment).complete(position);
    }
  }

  @Override
  public synchronized void failed(Object attachment, RuntimeException cause) {
    checkThread();
    ((CompletableFuture<?>) attachment).completeExceptionally(cause);
  }

  private void checkThread() {
    if (thread == null) {
      thread = Thread.currentThread();
    }
    assertThat(Thread.currentThread()).isSameAs(thread);
  }
}
