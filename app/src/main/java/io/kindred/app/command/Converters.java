package io.kindred.app.command;

import io.kindred.app.config.LogLevel;
import io.kindred.app.objects.Place;
import io.kindred.app.rows.FileFormat;
import io.kindred.engine.IndexSpec;
import io.kindred.engine.KeyType;
import io.kindred.engine.Metric;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/// Values of flags. A value that is refused comes with what was expected.
final class Converters {
  private Converters() {}

  static final class Port implements ITypeConverter<Integer> {
    @Override
    public Integer convert(String value) {
      try {
        int port = Integer.parseInt(value);
        if (port >= 0 && port <= 65_535) {
          return port;
        }
      } catch (NumberFormatException e) {
        throw expected("0 to 65535, 0 for a free one");
      }
      throw expected("0 to 65535, 0 for a free one");
    }
  }

  /// The address of a server, as its ready line prints it.
  static final class Url implements ITypeConverter<URI> {
    private static final String EXPECTED = "http://HOST:PORT";

    @Override
    public URI convert(String value) {
      try {
        URI uri = new URI(value);
        boolean isPlain = uri.getRawQuery() == null && uri.getRawUserInfo() == null;
        if ("http".equals(uri.getScheme())
            && uri.getHost() != null
            && isPlain
            && (uri.getRawPath().isEmpty() || uri.getRawPath().equals("/"))) {
          return uri;
        }
      } catch (URISyntaxException e) {
        throw expected(EXPECTED);
      }
      throw expected(EXPECTED);
    }
  }

  /// Where backups are.
  static final class Places implements ITypeConverter<Place> {
    @Override
    public Place convert(String value) {
      try {
        return Place.parse(value);
      } catch (IllegalArgumentException e) {
        throw expected(Place.EXPECTED);
      }
    }
  }

  static final class Keys implements ITypeConverter<KeyType> {
    @Override
    public KeyType convert(String value) {
      return oneOf(KeyType.class, value);
    }
  }

  static final class Metrics implements ITypeConverter<Metric> {
    @Override
    public Metric convert(String value) {
      return oneOf(Metric.class, value);
    }
  }

  static final class Formats implements ITypeConverter<FileFormat> {
    @Override
    public FileFormat convert(String value) {
      return oneOf(FileFormat.class, value);
    }
  }

  static final class LogLevels implements ITypeConverter<LogLevel> {
    @Override
    public LogLevel convert(String value) {
      return oneOf(LogLevel.class, value);
    }
  }

  static final class Indexes implements ITypeConverter<IndexSpec> {
    @Override
    public IndexSpec convert(String value) {
      return switch (value) {
        case "flat" -> new IndexSpec.Flat();
        case "hnsw" -> IndexSpec.Hnsw.DEFAULT;
        case "ivf_flat" -> new IndexSpec.IvfFlat(0);
        case "ivf_pq" -> new IndexSpec.IvfPq(0, 0);
        case "ivf_hnsw_pq" -> new IndexSpec.IvfHnswPq(0, 0, IndexSpec.Hnsw.DEFAULT);
        default -> throw expected("flat, hnsw, ivf_flat, ivf_pq or ivf_hnsw_pq");
      };
    }
  }

  private static <E extends Enum<E>> E oneOf(Class<E> type, String value) {
    E[] constants = type.getEnumConstants();
    return Arrays.stream(constants)
        .filter(constant -> constant.name().toLowerCase(Locale.ROOT).equals(value))
        .findFirst()
        .orElseThrow(
            () ->
                expected(
                    "one of "
                        + Arrays.stream(constants)
                            .map(constant -> constant.name().toLowerCase(Locale.ROOT))
                            .collect(Collectors.joining(", "))));
  }

  private static TypeConversionException expected(String expectation) {
    return new TypeConversionException(expectation);
  }
}
