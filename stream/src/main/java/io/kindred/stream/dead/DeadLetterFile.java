package io.kindred.stream.dead;

import io.kindred.stream.DeadLetter;
import io.kindred.stream.source.SourceException;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/// Dead letters as lines of a file, in JSON; each addition is synced to the disk. A line that a
/// crash tore is ended by the next opening and skipped by readers.
public final class DeadLetterFile implements DeadLetters {
  private final Path path;
  private final FileChannel channel;

  private DeadLetterFile(Path path, FileChannel channel) {
    this.path = path;
    this.channel = channel;
  }

  /// Opens the file, or makes it where there is none.
  ///
  /// @throws SourceException where that fails
  public static DeadLetterFile open(String name) {
    try {
      Path path = Path.of(name).toAbsolutePath();
      Path parent = path.getParent();
      if (parent != null) {
        Files.createDirectories(parent);
      }
      FileChannel channel =
          FileChannel.open(
              path, StandardOpenOption.CREATE, StandardOpenOption.WRITE, StandardOpenOption.READ);
      endTornLine(channel);
      return new DeadLetterFile(path, channel);
    } catch (IOException | InvalidPathException e) {
      throw failed(name, e);
    }
  }

  /// The newest letters of a file that somebody else may be writing, newest first; none where there
  /// is no file.
  public static List<DeadLetter> newest(String name, int limit) throws InterruptedException {
    Path path = Path.of(name).toAbsolutePath();
    if (!Files.exists(path)) {
      return List.of();
    }
    try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
      return new DeadLetterFile(path, channel).newest(limit);
    } catch (IOException e) {
      throw failed(name, e);
    }
  }

  private static void endTornLine(FileChannel channel) throws IOException {
    long size = channel.size();
    ByteBuffer last = ByteBuffer.allocate(1);
    if (size > 0 && channel.read(last, size - 1) == 1 && last.get(0) != '\n') {
      channel.write(ByteBuffer.wrap(new byte[] {'\n'}), size);
    }
    channel.position(channel.size());
  }

  @Override
  public CompletableFuture<Void> add(List<DeadLetter> letters) {
    if (letters.isEmpty()) {
      return CompletableFuture.completedFuture(null);
    }
    try {
      append(LetterJson.lines(letters));
      return CompletableFuture.completedFuture(null);
    } catch (IOException e) {
      return CompletableFuture.failedFuture(failed(path.toString(), e));
    }
  }

  private synchronized void append(byte[] lines) throws IOException {
    long end = channel.size();
    ByteBuffer bytes = ByteBuffer.wrap(lines);
    try {
      while (bytes.hasRemaining()) {
        channel.write(bytes, end + bytes.position());
      }
      channel.force(true);
    } catch (IOException e) {
      // What is there of them would be torn: they are written again as a whole.
      channel.truncate(end);
      throw e;
    }
  }

  @Override
  public void read(Map<Integer, Long> after, Reader reader) throws InterruptedException {
    long start = after.getOrDefault(0, 0L);
    try (InputStream in = new BufferedInputStream(Files.newInputStream(path))) {
      long end = channel.size();
      in.skipNBytes(Math.min(start, end));
      long at = Math.min(start, end);
      while (at < end) {
        byte[] line = LetterJson.readLine(in);
        long next = at + line.length + 1;
        Optional<DeadLetter> letter = LetterJson.letter(line);
        if (letter.isPresent()) {
          reader.take(letter.get(), 0, at, next);
        }
        at = next;
      }
    } catch (IOException e) {
      throw failed(path.toString(), e);
    }
  }

  @Override
  public List<DeadLetter> newest(int limit) throws InterruptedException {
    Deque<DeadLetter> newest = new ArrayDeque<>();
    read(
        Map.of(),
        (letter, _, _, _) -> {
          newest.addLast(letter);
          if (newest.size() > limit) {
            newest.removeFirst();
          }
        });
    List<DeadLetter> letters = new ArrayList<>(newest);
    Collections.reverse(letters);
    return letters;
  }

  @Override
  public String place() {
    return "file " + path;
  }

  @Override
  public synchronized void close() {
    try {
      channel.close();
    } catch (IOException e) {
      throw failed(path.toString(), e);
    }
  }

  private static SourceException failed(String path, Exception cause) {
    return new SourceException(
        "dead letters: " + path + ": " + cause + " (expected: a file that takes them)", cause);
  }
}
