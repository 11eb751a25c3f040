package io.kindred.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The `kindred` command, which a benchmark may start servers with.
final class Launcher {
  /// Set by `kindred` itself when it runs a benchmark.
  private static final String PROPERTY = "kindred.launcher";

  private Launcher() {}

  /// The command, or null where the benchmark was not started by it.
  static @Nullable Path path() {
    String path = System.getProperty(PROPERTY);
    return path == null ? null : Path.of(path);
  }

  /// Has the command built, so that a start that is measured does not wait for it.
  static void build(Path launcher) {
    try (ChildJvm child = ChildJvm.program(List.of(launcher.toString(), "--version"))) {
      child.awaitEnd();
    }
  }

  /// Starts a server on a directory and waits until it answers.
  static ChildJvm serve(Path launcher, Path directory) {
    ChildJvm child =
        ChildJvm.program(
            List.of(
                launcher.toString(),
                "serve",
                "--data",
                directory.toString(),
                "--port",
                Integer.toString(freePort())));
    child.await("kindred ready");
    return child;
  }

  private static int freePort() {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
