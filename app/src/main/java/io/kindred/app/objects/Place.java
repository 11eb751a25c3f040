package io.kindred.app.objects;

import io.kindred.engine.backup.DirectoryObjectStore;
import io.kindred.engine.backup.ObjectStore;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// A place for backups, as a URL names it. Immutable.
public sealed interface Place {
  String EXPECTED = "a directory, file:///DIR or s3://BUCKET/PREFIX?endpoint=URL&region=NAME";

  /// A directory.
  record Directory(Path path) implements Place {
    @Override
    public ObjectStore open() {
      return new DirectoryObjectStore(path);
    }
  }

  /// A part of a bucket.
  ///
  /// @param prefix what all names begin with; may be empty
  /// @param endpoint of a service other than AWS, or null
  /// @param region null where the environment says it
  record S3(String bucket, String prefix, @Nullable String endpoint, @Nullable String region)
      implements Place {
    @Override
    public ObjectStore open() {
      return S3ObjectStore.open(this, System.getenv());
    }
  }

  /// Opens it; nothing is asked of it before the first call.
  ObjectStore open();

  /// Reads the name of a place.
  ///
  /// @throws IllegalArgumentException where it is none, with what was expected
  static Place parse(String text) {
    if (text.isBlank()) {
      throw new IllegalArgumentException(EXPECTED);
    }
    if (!text.contains(":/")) {
      return new Directory(Path.of(text));
    }
    try {
      URI uri = new URI(text);
      return switch (uri.getScheme()) {
        case "file" -> new Directory(Path.of(uri));
        case "s3" -> s3(uri);
        case null, default -> throw new IllegalArgumentException(EXPECTED);
      };
    } catch (URISyntaxException | IllegalArgumentException e) {
      throw new IllegalArgumentException(EXPECTED, e);
    }
  }

  private static S3 s3(URI uri) {
    Map<String, String> parameters = new HashMap<>();
    String query = uri.getQuery();
    for (String parameter : query == null ? new String[0] : query.split("&", -1)) {
      int equals = parameter.indexOf('=');
      String name = equals < 0 ? parameter : parameter.substring(0, equals);
      boolean isKnown = Set.of("endpoint", "region").contains(name);
      if (!isKnown || equals == parameter.length() - 1 || equals < 0) {
        throw new IllegalArgumentException(parameter);
      }
      if (parameters.put(name, parameter.substring(equals + 1)) != null) {
        throw new IllegalArgumentException(parameter);
      }
    }
    String bucket = uri.getAuthority();
    boolean isPlain = uri.getRawUserInfo() == null && uri.getRawFragment() == null;
    if (bucket == null || !bucket.matches("[a-z0-9][a-z0-9.-]{1,62}") || !isPlain) {
      throw new IllegalArgumentException(bucket);
    }
    String prefix = uri.getPath().replaceAll("^/+|/+$", "");
    if (Arrays.asList(prefix.split("/", -1)).contains("..")) {
      throw new IllegalArgumentException(prefix);
    }
    return new S3(bucket, prefix, parameters.get("endpoint"), parameters.get("region"));
  }
}
