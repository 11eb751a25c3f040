package io.kindred.engine.shard;

import io.kindred.engine.ErrorCode;
import io.kindred.engine.Limits;
import io.kindred.engine.segment.ByteWriter;
import io.kindred.engine.segment.ChangeReader.Source;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// How far a shard has applied each source of events, and which of their rows it rejected: part of
/// the shard's state, so that events that are read again change nothing and are answered alike. Of
/// rejections the newest are kept: 4,096 of a source's partition, 65,536 of all.
///
/// Owned by the applying thread, but for [#admits].
final class EventSources {
  private static final long SOURCE_BYTES = 160;
  private static final long REJECTION_BYTES = 160;

  private final Map<Source, Progress> sources = new ConcurrentHashMap<>();

  /// Those that have rejections, by the position of the oldest; of each position is one source.
  private final TreeMap<Long, Progress> byOldestRejection = new TreeMap<>();

  private int rejectionCount;
  private long sizeBytes;

  /// A row of an event.
  ///
  /// @param place among the event's rows in this shard, from 0
  record EventRow(long offset, int place) {}

  /// Why a row was refused.
  ///
  /// @param position the record that brought it
  record Rejected(long position, ErrorCode code, String message) {}

  /// How far one partition of a source was applied. Owned by the applying thread.
  static final class Progress {
    private long offset = -1;
    private long position;
    private final LinkedHashMap<EventRow, Rejected> rejections = new LinkedHashMap<>();

    /// Rows of events up to here were applied.
    long offset() {
      return offset;
    }

    @Nullable Rejected rejection(EventRow row) {
      return rejections.get(row);
    }
  }

  /// What a record has brought.
  ///
  /// @param offset its last row's
  record Applied(long position, long offset, Map<EventRow, Rejected> rejections) {}

  /// Whether there is room for a source. Thread-safe; others may take the room meanwhile.
  boolean admits(Source source) {
    return sources.size() < Limits.SOURCES_MAX || sources.containsKey(source);
  }

  /// How far a source was applied, or null where nothing of it was.
  @Nullable Progress find(Source source) {
    return sources.get(source);
  }

  void remember(Source source, Applied applied) {
    Progress progress = sources.get(source);
    if (progress == null) {
      progress = new Progress();
      sizeBytes += SOURCE_BYTES + source.name().length();
    }
    progress.offset = Math.max(progress.offset, applied.offset());
    progress.position = applied.position();
    for (Map.Entry<EventRow, Rejected> rejection : applied.rejections().entrySet()) {
      add(progress, rejection.getKey(), rejection.getValue());
    }
    sources.put(source, progress);
  }

  private void add(Progress progress, EventRow row, Rejected rejected) {
    if (progress.rejections.isEmpty()) {
      byOldestRejection.put(rejected.position(), progress);
    }
    progress.rejections.put(row, rejected);
    rejectionCount++;
    sizeBytes += sizeBytes(rejected);
    if (progress.rejections.size() > Limits.REJECTIONS_OF_SOURCE_MAX) {
      dropOldest(progress);
    }
    if (rejectionCount > Limits.REJECTIONS_MAX) {
      dropOldest(byOldestRejection.firstEntry().getValue());
    }
  }

  private void dropOldest(Progress progress) {
    Rejected oldest = progress.rejections.pollFirstEntry().getValue();
    rejectionCount--;
    sizeBytes -= sizeBytes(oldest);
    byOldestRejection.remove(oldest.position());
    if (!progress.rejections.isEmpty()) {
      byOldestRejection.put(progress.rejections.firstEntry().getValue().position(), progress);
    }
  }

  private static long sizeBytes(Rejected rejected) {
    return REJECTION_BYTES + rejected.message().length();
  }

  /// Bytes that are taken in memory, about, and rather more than encoded.
  long sizeBytes() {
    return sizeBytes;
  }

  /// The newest record with events, or 0.
  long newestPosition() {
    return sources.values().stream().mapToLong(progress -> progress.position).max().orElse(0);
  }

  /// One source as it was when it was captured.
  private record Captured(
      Source source, long offset, long position, List<Map.Entry<EventRow, Rejected>> rejections) {}

  /// Takes what is remembered now, to be encoded later on any thread.
  Supplier<byte[]> capture() {
    List<Captured> captured = new ArrayList<>(sources.size());
    sources.forEach(
        (source, progress) ->
            captured.add(
                new Captured(
                    source,
                    progress.offset,
                    progress.position,
                    List.copyOf(progress.rejections.sequencedEntrySet()))));
    return () -> encode(captured);
  }

  private static byte[] encode(List<Captured> captured) {
    captured.sort(
        Comparator.comparing((Captured one) -> one.source().name())
            .thenComparingInt(one -> one.source().partition()));
    ByteWriter out = new ByteWriter("sources", Integer.MAX_VALUE - 64);
    out.putInt(captured.size());
    for (Captured one : captured) {
      byte[] name = one.source().name().getBytes(StandardCharsets.UTF_8);
      out.putShort(name.length);
      out.putBytes(name);
      out.putInt(one.source().partition());
      out.putLong(one.offset());
      out.putLong(one.position());
      out.putInt(one.rejections().size());
      one.rejections().forEach(rejection -> encode(rejection, out));
    }
    return out.toByteArray();
  }

  private static void encode(Map.Entry<EventRow, Rejected> rejection, ByteWriter out) {
    out.putLong(rejection.getKey().offset());
    out.putInt(rejection.getKey().place());
    out.putLong(rejection.getValue().position());
    out.putInt(rejection.getValue().code().number());
    byte[] message = rejection.getValue().message().getBytes(StandardCharsets.UTF_8);
    out.putInt(message.length);
    out.putBytes(message);
  }

  static EventSources decode(byte[] encoded) {
    EventSources sources = new EventSources();
    ByteBuffer in = ByteBuffer.wrap(encoded).order(ByteOrder.LITTLE_ENDIAN);
    int count = in.getInt();
    for (int i = 0; i < count; i++) {
      Source source = new Source(text(in, in.getShort()), in.getInt());
      long offset = in.getLong();
      long position = in.getLong();
      int rejectionCount = in.getInt();
      Map<EventRow, Rejected> rejections = new LinkedHashMap<>();
      for (int j = 0; j < rejectionCount; j++) {
        EventRow row = new EventRow(in.getLong(), in.getInt());
        long rejectedAt = in.getLong();
        ErrorCode code = ErrorCode.ofNumber(in.getInt());
        rejections.put(row, new Rejected(rejectedAt, code, text(in, in.getInt())));
      }
      if (sources.find(source) != null) {
        throw new IllegalArgumentException("source " + source + " twice");
      }
      sources.remember(source, new Applied(position, offset, rejections));
    }
    if (in.hasRemaining()) {
      throw new IllegalArgumentException(in.remaining() + " bytes behind the sources");
    }
    return sources;
  }

  private static String text(ByteBuffer in, int length) {
    if (length < 0 || length > in.remaining()) {
      throw new BufferUnderflowException();
    }
    byte[] utf8 = new byte[length];
    in.get(utf8);
    return new String(utf8, StandardCharsets.UTF_8);
  }
}
