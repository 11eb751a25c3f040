package io.kindred.app.config;

import io.kindred.app.config.ServeConfig.ServeLimits;
import io.kindred.app.objects.Place;
import io.kindred.engine.Budget;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/// A key of the configuration file, and how its value changes a configuration.
public enum Setting {
  HOST("host", "a host name or an address") {
    @Override
    ServeConfig apply(ServeConfig config, String value) {
      return config.withHost(requireText(value));
    }
  },
  PORT("port", "0 to 65535, 0 for a free one") {
    @Override
    ServeConfig apply(ServeConfig config, String value) {
      return config.withPort((int) integer(value, 0, 65_535));
    }
  },
  DATA("data", "a directory") {
    @Override
    ServeConfig apply(ServeConfig config, String value) {
      return config.withData(Path.of(requireText(value)));
    }
  },
  LOG_LEVEL("log_level", "error, warn, info or debug") {
    @Override
    ServeConfig apply(ServeConfig config, String value) {
      return config.withLogLevel(LogLevel.valueOf(value.toUpperCase(Locale.ROOT)));
    }
  },
  JFR("jfr", "a file") {
    @Override
    ServeConfig apply(ServeConfig config, String value) {
      return config.withRecording(Path.of(requireText(value)));
    }
  },
  RECALL_SECONDS("recall_seconds", "0 to 3600, 0 to measure none") {
    @Override
    ServeConfig apply(ServeConfig config, String value) {
      return config.withRecallInterval(Duration.ofSeconds(integer(value, 0, 3600)));
    }
  },
  BACKUPS("backups", Place.EXPECTED) {
    @Override
    ServeConfig apply(ServeConfig config, String value) {
      return config.withBackups(Place.parse(value));
    }
  },
  PIPELINES("pipelines", "a directory") {
    @Override
    ServeConfig apply(ServeConfig config, String value) {
      return config.withPipelines(Path.of(requireText(value)));
    }
  },
  REQUEST_BYTES("limits.request_bytes", "1024 to 1073741824") {
    @Override
    ServeConfig apply(ServeConfig config, String value) {
      ServeLimits limits = config.limits();
      int bytes = (int) integer(value, 1024, 1 << 30);
      return config.withLimits(
          new ServeLimits(
              bytes, limits.connections(), limits.waitingCalls(), limits.requestTime()));
    }
  },
  CONNECTIONS("limits.connections", "1 to 1048576") {
    @Override
    ServeConfig apply(ServeConfig config, String value) {
      ServeLimits limits = config.limits();
      int connections = (int) integer(value, 1, 1 << 20);
      return config.withLimits(
          new ServeLimits(
              limits.requestBytes(), connections, limits.waitingCalls(), limits.requestTime()));
    }
  },
  WAITING_CALLS("limits.waiting_calls", "1 to 1048576") {
    @Override
    ServeConfig apply(ServeConfig config, String value) {
      ServeLimits limits = config.limits();
      int calls = (int) integer(value, 1, 1 << 20);
      return config.withLimits(
          new ServeLimits(
              limits.requestBytes(), limits.connections(), calls, limits.requestTime()));
    }
  },
  REQUEST_SECONDS("limits.request_seconds", "1 to 3600") {
    @Override
    ServeConfig apply(ServeConfig config, String value) {
      ServeLimits limits = config.limits();
      Duration time = Duration.ofSeconds(integer(value, 1, 3600));
      return config.withLimits(
          new ServeLimits(
              limits.requestBytes(), limits.connections(), limits.waitingCalls(), time));
    }
  },
  DISK_FREE_BYTES("budget.disk_free_bytes", "0 to 1152921504606846976, 0 to use the whole disk") {
    @Override
    ServeConfig apply(ServeConfig config, String value) {
      long bytes = integer(value, 0, Budget.BYTES_MAX);
      return config.withBudget(config.budget().withDiskFreeBytes(bytes));
    }
  },
  MEMORY_BYTES("budget.memory_bytes", "16777216 to 1152921504606846976") {
    @Override
    ServeConfig apply(ServeConfig config, String value) {
      long bytes = integer(value, Budget.MEMORY_BYTES_MIN, Budget.BYTES_MAX);
      return config.withBudget(config.budget().withMemoryBytes(bytes));
    }
  },
  SCRUB_BYTES_PER_SECOND(
      "budget.scrub_bytes_per_second", "0 to 1152921504606846976, 0 to check no files") {
    @Override
    ServeConfig apply(ServeConfig config, String value) {
      long bytes = integer(value, 0, Budget.BYTES_MAX);
      return config.withBudget(config.budget().withScrubBytesPerSecond(bytes));
    }
  };

  private final String key;
  private final String expectation;

  Setting(String key, String expectation) {
    this.key = key;
    this.expectation = expectation;
  }

  public String key() {
    return key;
  }

  public String expectation() {
    return expectation;
  }

  static Optional<Setting> ofKey(String key) {
    return Arrays.stream(values()).filter(setting -> setting.key.equals(key)).findFirst();
  }

  /// Puts the value into the configuration.
  ///
  /// @throws IllegalArgumentException (an InvalidPathException among them) where the value is not
  ///   what [#expectation] says
  abstract ServeConfig apply(ServeConfig config, String value);

  /// Puts the value into the configuration.
  ///
  /// @param place where the value stands, for the message
  public final ServeConfig set(ServeConfig config, String value, String place) {
    try {
      return apply(config, value);
    } catch (IllegalArgumentException e) {
      throw new ConfigException(place + ": " + value + " (expected: " + expectation + ")", e);
    }
  }

  private static String requireText(String value) {
    if (value.isBlank()) {
      throw new IllegalArgumentException("blank");
    }
    return value;
  }

  private static long integer(String value, long min, long max) {
    long integer = Long.parseLong(value);
    if (integer < min || integer > max) {
      throw new IllegalArgumentException(value);
    }
    return integer;
  }
}
