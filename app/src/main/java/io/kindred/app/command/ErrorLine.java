package io.kindred.app.command;

import io.kindred.app.config.ConfigException;
import io.kindred.app.terminal.Terminal;
import io.kindred.engine.KindredException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.util.List;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine;
import picocli.CommandLine.IExecutionExceptionHandler;
import picocli.CommandLine.IParameterExceptionHandler;
import picocli.CommandLine.MissingParameterException;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.MutuallyExclusiveArgsException;
import picocli.CommandLine.OverwrittenOptionException;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.TypeConversionException;
import picocli.CommandLine.UnmatchedArgumentException;

/// Says in one line on standard error what is wrong: the value, what was expected, and where.
/// Immutable.
final class ErrorLine implements IParameterExceptionHandler, IExecutionExceptionHandler {
  private static final Logger LOG = LoggerFactory.getLogger(ErrorLine.class);

  private final Terminal terminal;

  ErrorLine(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public int handleParseException(ParameterException e, String[] arguments) {
    print(e.getCommandLine(), describe(e));
    return ExitStatus.USAGE;
  }

  @Override
  public int handleExecutionException(Exception e, CommandLine command, ParseResult result) {
    switch (e) {
      case ConfigException it -> {
        print(command, String.valueOf(it.getMessage()));
        return ExitStatus.USAGE;
      }
      case Rehearsal it -> {
        return it.exitStatus();
      }
      case CommandFailure it -> print(command, String.valueOf(it.getMessage()));
      case KindredException it -> print(command, String.valueOf(it.getMessage()));
      case UncheckedIOException it -> print(command, describe(it.getCause()));
      case IOException it -> print(command, describe(it));
      default -> {
        LOG.error("unexpected failure", e);
        print(command, "internal error: " + e);
      }
    }
    return ExitStatus.FAILED;
  }

  private void print(CommandLine command, String message) {
    String name = command.getCommandSpec().qualifiedName(" ");
    String line = message.lines().map(String::strip).collect(Collectors.joining(" "));
    terminal.println(terminal.styled(Terminal.Style.RED, name + ": ") + line);
  }

  private static String describe(ParameterException e) {
    return switch (e) {
      case UnmatchedArgumentException it -> describeUnmatched(it);
      case MissingParameterException it -> describeMissing(it);
      case OverwrittenOptionException it ->
          name(it.getOverwritten()) + ": given twice (expected: once)";
      case MutuallyExclusiveArgsException _ ->
          "--url and --data: both given (expected: one of them)";
      default -> {
        ArgSpec argument = e.getArgSpec();
        if (argument != null && e.getCause() instanceof TypeConversionException cause) {
          yield name(argument) + ": " + e.getValue() + " (expected: " + cause.getMessage() + ")";
        }
        yield String.valueOf(e.getMessage());
      }
    };
  }

  private static String describeUnmatched(UnmatchedArgumentException e) {
    String first = e.getUnmatched().getFirst();
    CommandLine command = e.getCommandLine();
    if (first.startsWith("-")) {
      String known =
          command.getCommandSpec().options().stream()
              .map(OptionSpec::longestName)
              .sorted()
              .collect(Collectors.joining(", "));
      return first + ": unknown option (expected: one of " + known + ")";
    }
    if (!command.getSubcommands().isEmpty()) {
      return first
          + ": unknown command (expected: one of "
          + String.join(", ", command.getSubcommands().keySet())
          + ")";
    }
    return first + ": unexpected argument (expected: none)";
  }

  /// A flag without its value, or one that has to be given.
  private static String describeMissing(MissingParameterException e) {
    List<ArgSpec> missing = e.getMissing();
    return missing.stream()
        .map(argument -> name(argument) + ": missing (expected: " + expectation(argument) + ")")
        .collect(Collectors.joining("; "));
  }

  private static String expectation(ArgSpec argument) {
    String label = argument.paramLabel();
    return argument instanceof OptionSpec option ? option.longestName() + " " + label : label;
  }

  private static String name(ArgSpec argument) {
    return argument instanceof OptionSpec option ? option.longestName() : argument.paramLabel();
  }

  /// A file's problem in words: the exceptions of the platform often hold just its name.
  static String describe(@org.jspecify.annotations.Nullable IOException e) {
    return switch (e) {
      case null -> "input or output failed";
      case NoSuchFileException it -> it.getFile() + ": no such file or directory";
      case AccessDeniedException it -> it.getFile() + ": permission denied";
      case FileSystemException it ->
          it.getFile() + ": " + (it.getReason() == null ? it.toString() : it.getReason());
      default -> e.getMessage() == null ? e.toString() : e.getMessage();
    };
  }
}
