package io.kindred.stream.file;

import io.kindred.engine.ErrorCode;
import io.kindred.engine.KindredException;
import io.kindred.engine.Value;
import io.kindred.stream.StartAt;
import io.kindred.stream.config.SourceDefinition;
import io.kindred.stream.source.Intake;
import io.kindred.stream.source.Source;
import io.kindred.stream.source.SourceException;
import io.kindred.stream.source.SourceMemory;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/// Files of lines. Each is a partition, and is told by its identity: so one that was renamed by a
/// rotation is read to its end under its new name, and the new file of its name begins thereafter.
public final class FileSource implements Source {
  private static final int FILES_MAX = 1024;

  /// What is remembered once the files of the beginning are.
  private static final String BEGUN = "begun";

  private static final Duration LOOK_INTERVAL = Duration.ofMillis(100);
  private static final Duration REMEMBER_INTERVAL = Duration.ofMillis(200);

  private final SourceDefinition.Files definition;
  private final SourceMemory memory;
  private final InstantSource clock;
  private final StartAt start;
  private final CountDownLatch stopped = new CountDownLatch(1);

  /// Files by identity.
  private final Map<String, OpenFile> files = new LinkedHashMap<>();

  private long rememberedAt = System.nanoTime();

  /// @throws KindredException where the start is a time, which files do not tell
  public FileSource(
      SourceDefinition.Files definition, SourceMemory memory, InstantSource clock, StartAt start) {
    this.definition = definition;
    this.memory = memory;
    this.clock = clock;
    this.start = start;
    if (start instanceof StartAt.Time time) {
      throw KindredException.of(
          ErrorCode.UNSUPPORTED, "reset", time.instant(), "earliest or latest, for files");
    }
  }

  @Override
  public void run(Intake intake) throws InterruptedException {
    try {
      requireOne();
      begin(intake);
      intake.reachable();
      while (true) {
        boolean hasRead = open(intake, StartAt.Earliest.EARLIEST);
        hasRead |= read();
        if (System.nanoTime() - rememberedAt > REMEMBER_INTERVAL.toNanos()) {
          remember();
        }
        if (isStopped() || (!definition.isFollowed() && isDone())) {
          finishAll();
          return;
        }
        if (!hasRead) {
          stopped.await(LOOK_INTERVAL.toMillis(), TimeUnit.MILLISECONDS);
        }
      }
    } catch (IOException e) {
      throw failed(e);
    }
  }

  private boolean isStopped() {
    return stopped.getCount() == 0;
  }

  private void requireOne() throws IOException {
    if (!definition.isFollowed() && found().isEmpty()) {
      throw new SourceException(
          "file: " + definition.path() + " (expected: one that exists)", null);
    }
  }

  /// Opens the files that are there. What comes later is new, and is read from its first line,
  /// wherever those of the beginning were begun.
  private void begin(Intake intake) throws IOException, InterruptedException {
    if (memory.read(BEGUN).isEmpty()) {
      open(intake, start);
      memory.write(BEGUN, Map.of(BEGUN, Value.of(true)));
    }
  }

  /// Begins files that are new, each once an earlier one of its path is finished.
  ///
  /// @param start where a file begins that was not read before
  private boolean open(Intake intake, StartAt start) throws IOException, InterruptedException {
    boolean hasOpened = false;
    for (Path path : found()) {
      try {
        String key = FileIdentity.key(path);
        if (files.containsKey(key) || !isPredecessorDone(path, key)) {
          continue;
        }
        OpenFile.Opening opening = new OpenFile.Opening(key, path, intake, memory, clock, start);
        files.put(key, OpenFile.open(opening));
        hasOpened = true;
      } catch (NoSuchFileException e) {
        // It was moved since it was listed, and is found under its new name.
      }
    }
    return hasOpened;
  }

  private List<Path> found() throws IOException {
    Path path = Path.of(definition.path().value()).toAbsolutePath();
    Path parent = path.getParent();
    if (parent == null || !Files.isDirectory(parent)) {
      return List.of();
    }
    List<Path> found = new ArrayList<>();
    if (Files.isRegularFile(path)) {
      found.add(path);
    } else {
      try (DirectoryStream<Path> matching =
          Files.newDirectoryStream(parent, path.getFileName().toString())) {
        for (Path file : matching) {
          if (Files.isRegularFile(file)) {
            found.add(file);
          }
        }
      }
    }
    if (found.size() > FILES_MAX) {
      throw new SourceException(
          "file: "
              + definition.path()
              + ": "
              + found.size()
              + " files (expected: at most "
              + FILES_MAX
              + ")",
          null);
    }
    found.sort(Comparator.naturalOrder());
    return found;
  }

  /// Finishes the file that had this path before, if it was read to its end.
  private boolean isPredecessorDone(Path path, String key)
      throws IOException, InterruptedException {
    for (Iterator<Map.Entry<String, OpenFile>> it = files.entrySet().iterator(); it.hasNext(); ) {
      Map.Entry<String, OpenFile> entry = it.next();
      OpenFile file = entry.getValue();
      if (file.path().equals(path) && !entry.getKey().equals(key)) {
        if (!file.isAtEnd()) {
          return false;
        }
        file.takeRest();
        file.finish();
        file.close();
        it.remove();
      }
    }
    return true;
  }

  private boolean read() throws IOException, InterruptedException {
    boolean hasRead = false;
    for (Iterator<OpenFile> it = files.values().iterator(); it.hasNext(); ) {
      OpenFile file = it.next();
      if (file.isCut()) {
        // Opened again, as another sequence.
        file.finish();
        file.close();
        it.remove();
      } else {
        hasRead |= file.read();
      }
    }
    return hasRead;
  }

  private boolean isDone() throws IOException {
    for (OpenFile file : files.values()) {
      if (!file.isAtEnd()) {
        return false;
      }
    }
    return true;
  }

  private void remember() throws IOException {
    for (OpenFile file : files.values()) {
      file.remember();
    }
    rememberedAt = System.nanoTime();
  }

  private void finishAll() throws IOException, InterruptedException {
    for (OpenFile file : files.values()) {
      if (!definition.isFollowed() && file.isAtEnd()) {
        file.takeRest();
      }
      file.finish();
    }
  }

  @Override
  public void stop() {
    stopped.countDown();
  }

  @Override
  public void close() {
    stop();
    try {
      for (OpenFile file : files.values()) {
        file.close();
      }
    } catch (IOException e) {
      throw failed(e);
    }
  }

  private SourceException failed(IOException cause) {
    return new SourceException(
        "file: " + definition.path() + ": " + cause + " (expected: files that can be read)", cause);
  }
}
