package io.kindred.stream.file;

import io.kindred.engine.Limits;
import io.kindred.engine.Value;
import io.kindred.stream.SourceRecord;
import io.kindred.stream.StartAt;
import io.kindred.stream.file.LineReader.Line;
import io.kindred.stream.source.Intake;
import io.kindred.stream.source.Lane;
import io.kindred.stream.source.Partition;
import io.kindred.stream.source.Progress;
import io.kindred.stream.source.SourceMemory;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// A file that is being read, under whatever name. Owned by the thread that runs the source.
///
/// The offset of an event is the position of its line's last byte. A file that was cut, or another
/// that took its number, begins a new sequence of offsets: a partition of its own.
final class OpenFile implements AutoCloseable {
  private static final int LINE_BYTES_MAX = Limits.BATCH_BYTES_MAX + 1;
  private static final Duration FINISH_MAX = Duration.ofSeconds(10);
  private static final String OFFSET = "offset";
  private static final String LATEST = "latest_micros";
  private static final String SEQUENCE = "sequence";
  private static final String PATH = "path";

  private final String key;
  private final Path path;
  private final FileChannel channel;
  private final SourceMemory memory;
  private final InstantSource clock;
  private final int sequence;
  private final LineReader reader;
  private final Lane lane;
  private Progress remembered;
  private long lines;
  private long lineBytes;

  private OpenFile(Opening opening, FileChannel channel, int sequence, Progress start) {
    this.key = opening.key();
    this.path = opening.path();
    this.channel = channel;
    this.memory = opening.memory();
    this.clock = opening.clock();
    this.sequence = sequence;
    this.reader = new LineReader(channel, start.next(), LINE_BYTES_MAX);
    this.remembered = start;
    this.lane =
        opening.intake().open(new Partition(path.toString(), sequence), "file " + key, start);
  }

  /// What it takes to open a file.
  ///
  /// @param key its identity
  /// @param start where a file begins that was not read before
  record Opening(
      String key,
      Path path,
      Intake intake,
      SourceMemory memory,
      InstantSource clock,
      StartAt start) {}

  static OpenFile open(Opening opening) throws IOException {
    FileChannel channel = FileChannel.open(opening.path(), StandardOpenOption.READ);
    try {
      Map<String, Value> known = opening.memory().read(opening.key());
      int sequence = (int) integer(known, SEQUENCE, 0);
      Progress start =
          new Progress(integer(known, OFFSET, 0), integer(known, LATEST, Long.MIN_VALUE));
      if (known.isEmpty()) {
        start = Progress.from(first(opening.start(), channel));
      } else if (!FileIdentity.isHeadOf(known, channel) || channel.size() < start.next()) {
        sequence++;
        start = Progress.from(0);
      }
      OpenFile file = new OpenFile(opening, channel, sequence, start);
      file.write(start);
      return file;
    } catch (IOException | RuntimeException e) {
      channel.close();
      throw e;
    }
  }

  private static long first(StartAt start, FileChannel channel) throws IOException {
    return start instanceof StartAt.Latest ? channel.size() : 0;
  }

  private static long integer(Map<String, Value> values, String name, long otherwise) {
    return values.get(name) instanceof Value.Int64(long value) ? value : otherwise;
  }

  /// Reads on, as far as the lane takes it.
  ///
  /// @return whether anything was read
  boolean read() throws IOException {
    boolean hasRead = false;
    while (!lane.isFull()) {
      long before = reader.position();
      offer(reader.read());
      if (reader.position() == before) {
        break;
      }
      hasRead = true;
    }
    long left = channel.size() - reader.position();
    lane.setUnread(lines == 0 ? Math.min(left, 1) : left * lines / Math.max(lineBytes, 1));
    return hasRead;
  }

  private void offer(List<Line> read) {
    List<SourceRecord> records = new ArrayList<>(read.size());
    for (Line line : read) {
      lines++;
      lineBytes += line.bytes().length + 1;
      if (line.bytes().length > 0) {
        records.add(
            SourceRecord.of(
                new SourceRecord.Position(path.toString(), sequence, line.lastByte()),
                clock.millis(),
                line.bytes()));
      }
    }
    lane.offer(records);
  }

  boolean isAtEnd() throws IOException {
    return reader.position() >= channel.size();
  }

  /// Whether the file has become shorter than what was read of it.
  boolean isCut() throws IOException {
    return channel.size() < reader.position();
  }

  /// Takes what stands behind the last line end, since nothing more will be added.
  void takeRest() {
    offer(reader.rest());
  }

  /// Remembers how far the file is done.
  void remember() throws IOException {
    Progress done = lane.progress();
    if (!done.equals(remembered)) {
      write(done);
    }
  }

  private void write(Progress done) throws IOException {
    Map<String, Value> values = new LinkedHashMap<>(FileIdentity.head(channel));
    values.put(PATH, Value.of(path.toString()));
    values.put(SEQUENCE, Value.of(sequence));
    values.put(OFFSET, Value.of(done.next()));
    values.put(LATEST, Value.of(done.latestMicros()));
    memory.write(key, values);
    remembered = done;
  }

  Path path() {
    return path;
  }

  /// Lets the lane finish, and remembers how far it came.
  void finish() throws IOException, InterruptedException {
    lane.finish(FINISH_MAX);
    remember();
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
