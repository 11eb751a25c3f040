package io.kindred.app.serve;

import io.kindred.engine.ErrorCode;
import io.kindred.engine.KindredException;
import java.io.IOException;
import java.nio.file.Path;
import java.text.ParseException;
import jdk.jfr.Configuration;
import jdk.jfr.Recording;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// A recording of what the JVM does, which JDK Mission Control and `jfr` read; or none. Written to
/// its file when it is closed. Thread-safe.
public final class FlightRecording implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(FlightRecording.class);

  private final @Nullable Recording recording;

  private FlightRecording(@Nullable Recording recording) {
    this.recording = recording;
  }

  /// Starts a recording, unless the path is null.
  public static FlightRecording to(@Nullable Path path) {
    if (path == null) {
      return new FlightRecording(null);
    }
    try {
      Recording recording = new Recording(Configuration.getConfiguration("default"));
      recording.setName("kindred");
      recording.setDestination(path);
      recording.setDumpOnExit(true);
      recording.start();
      return new FlightRecording(recording);
    } catch (IOException | ParseException | IllegalStateException e) {
      throw new KindredException(
          ErrorCode.INVALID_ARGUMENT,
          "jfr: " + path + " (expected: a file that can be written): " + e.getMessage(),
          e);
    }
  }

  @Override
  public void close() {
    if (recording == null) {
      return;
    }
    try {
      recording.stop();
    } catch (IllegalStateException e) {
      // A process that is told to end stops its recordings too, and may have been first.
      LOG.debug("the recording had been stopped already", e);
    }
    recording.close();
  }
}
