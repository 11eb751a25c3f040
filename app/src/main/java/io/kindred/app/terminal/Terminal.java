package io.kindred.app.terminal;

import java.io.Console;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/// An output stream and whether a person looks at it. Colours are used only where one does and
/// neither `NO_COLOR` is set nor `TERM` is `dumb`. Thread-safe as far as its stream is.
///
/// @param isInteractive whether the stream is a terminal, so that a line may be drawn over
/// @param isColoured whether styles have an effect
public record Terminal(PrintStream out, boolean isInteractive, boolean isColoured) {
  private static final int STANDARD_OUTPUT = 1;
  private static final int STANDARD_ERROR = 2;

  /// How a text looks.
  public enum Style {
    BOLD("1"),
    DIM("2"),
    RED("31"),
    GREEN("32"),
    YELLOW("33"),
    CYAN("36");

    private final String code;

    Style(String code) {
      this.code = code;
    }
  }

  public static Terminal standardOutput() {
    return of(utf8(FileDescriptor.out), STANDARD_OUTPUT, System.getenv());
  }

  public static Terminal standardError() {
    return of(utf8(FileDescriptor.err), STANDARD_ERROR, System.getenv());
  }

  /// Terminals read UTF-8, also where a bare locale such as C says otherwise.
  private static PrintStream utf8(FileDescriptor descriptor) {
    return new PrintStream(new FileOutputStream(descriptor), true, StandardCharsets.UTF_8);
  }

  /// A stream that no person looks at.
  public static Terminal plain(PrintStream out) {
    return new Terminal(out, false, false);
  }

  private static Terminal of(PrintStream out, int descriptor, Map<String, String> environment) {
    boolean isInteractive = isTerminal(descriptor);
    return new Terminal(out, isInteractive, isInteractive && allowsColour(environment));
  }

  /// Whether the environment has nothing against colours (see no-color.org).
  static boolean allowsColour(Map<String, String> environment) {
    return environment.getOrDefault("NO_COLOR", "").isEmpty()
        && !environment.getOrDefault("TERM", "").equals("dumb");
  }

  /// Looks at the one descriptor: the console of the JDK tells about standard input too.
  private static boolean isTerminal(int descriptor) {
    Path link = Path.of("/proc/self/fd/" + descriptor);
    if (Files.isSymbolicLink(link)) {
      try {
        String target = Files.readSymbolicLink(link).toString();
        return target.startsWith("/dev/pts/") || target.startsWith("/dev/tty");
      } catch (IOException e) {
        return false;
      }
    }
    return Optional.ofNullable(System.console()).map(Console::isTerminal).orElse(false);
  }

  /// The text in a style, or as it is where there are none.
  public String styled(Style style, String text) {
    return isColoured ? "\u001b[" + style.code + "m" + text + "\u001b[0m" : text;
  }

  public String bold(String text) {
    return styled(Style.BOLD, text);
  }

  public String dim(String text) {
    return styled(Style.DIM, text);
  }

  public void println(String line) {
    out.println(line);
  }

  public void println() {
    out.println();
  }

  /// Draws over the current line, which stays open. Only on an interactive terminal.
  public void redraw(String line) {
    out.print("\r\u001b[2K" + line);
    out.flush();
  }

  /// Removes the line that was drawn last.
  public void clearLine() {
    out.print("\r\u001b[2K");
    out.flush();
  }
}
