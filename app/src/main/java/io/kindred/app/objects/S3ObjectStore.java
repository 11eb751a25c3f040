package io.kindred.app.objects;

import io.kindred.engine.ErrorCode;
import io.kindred.engine.KindredException;
import io.kindred.engine.backup.ObjectStore;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.apache.opendal.AsyncOperator;
import org.apache.opendal.Entry;
import org.apache.opendal.OpenDALException;
import org.apache.opendal.Operator;
import org.apache.opendal.ServiceConfig;
import org.apache.opendal.layer.RetryLayer;
import org.jspecify.annotations.Nullable;

/// Objects in a bucket of S3 or of a service that speaks its protocol. Thread-safe.
///
/// Small objects are sent with one request, larger ones in parts. Requests that fail for a reason
/// that may pass are repeated some times. An upload that is given up leaves, for a moment, an
/// object that is too short, which nobody takes for a whole one.
final class S3ObjectStore implements ObjectStore {
  /// Memory for each object that is written or read. S3 allows 10,000 parts: 160 GB.
  private static final int PART_BYTES = 16 << 20;

  private static final int ATTEMPTS_MAX = 4;

  private final String place;
  private final AsyncOperator requests;
  private final Operator operator;

  private S3ObjectStore(String place, AsyncOperator requests) {
    this.place = place;
    this.requests = requests;
    this.operator = requests.blocking();
  }

  /// Opens a bucket. Access keys come from where AWS's own tools take them, first of all from
  /// `AWS_ACCESS_KEY_ID`, `AWS_SECRET_ACCESS_KEY` and `AWS_SESSION_TOKEN`.
  ///
  /// @param environment where those are looked for
  static S3ObjectStore open(Place.S3 bucket, Map<String, String> environment) {
    String place = "s3://" + bucket.bucket() + "/" + bucket.prefix();
    ServiceConfig.S3.S3Builder config =
        ServiceConfig.S3
            .builder()
            .bucket(bucket.bucket())
            .root("/" + bucket.prefix())
            .disableEc2Metadata(bucket.endpoint() != null);
    // The library reads the environment too, but not the one that it is given.
    String keyId = environment.get("AWS_ACCESS_KEY_ID");
    String secret = environment.get("AWS_SECRET_ACCESS_KEY");
    if (keyId != null && secret != null) {
      config
          .accessKeyId(keyId)
          .secretAccessKey(secret)
          .sessionToken(environment.get("AWS_SESSION_TOKEN"));
    }
    if (bucket.endpoint() != null) {
      config.endpoint(bucket.endpoint());
    }
    if (bucket.region() != null) {
      config.region(bucket.region());
    }
    RetryLayer retries =
        RetryLayer.builder()
            .maxTimes(ATTEMPTS_MAX)
            .minDelay(Duration.ofMillis(200))
            .maxDelay(Duration.ofSeconds(5))
            .jitter(true)
            .build();
    return asked(
        place,
        "open",
        () -> {
          try (AsyncOperator plain = AsyncOperator.of(config.build())) {
            return new S3ObjectStore(place, plain.layer(retries));
          }
        });
  }

  private static <T extends @Nullable Object> T asked(
      String what, String operation, Supplier<T> question) {
    try {
      return question.get();
    } catch (OpenDALException e) {
      throw failure(what, operation, e);
    }
  }

  private static KindredException failure(String what, String operation, Exception cause) {
    return new KindredException(
        ErrorCode.STORAGE_UNAVAILABLE,
        "cannot " + operation + " " + what + ": " + reason(cause),
        cause);
  }

  /// The first line of what the library says; it may say a lot.
  private static String reason(Exception cause) {
    return String.valueOf(cause.getMessage()).lines().findFirst().orElse("unknown");
  }

  private String object(String name) {
    return place + "/" + name;
  }

  @Override
  public String place() {
    return place;
  }

  @Override
  public List<StoredObject> list(String folder) {
    List<Entry> entries = asked(object(folder), "list", () -> operator.list(folder + "/"));
    List<StoredObject> objects = new ArrayList<>();
    for (Entry entry : entries) {
      if (entry.getMetadata().isFile()) {
        objects.add(new StoredObject(entry.getPath(), entry.getMetadata().getContentLength()));
      }
    }
    objects.sort(Comparator.comparing(StoredObject::name));
    return objects;
  }

  @Override
  public ObjectWriter create(String name, long sizeBytes) {
    return new PartWriter(name);
  }

  @Override
  public ObjectReader open(String name) {
    long size;
    try {
      size = operator.stat(name).getContentLength();
    } catch (OpenDALException e) {
      if (e.getCode() == OpenDALException.Code.NotFound) {
        throw new KindredException(
            ErrorCode.STORAGE_UNAVAILABLE,
            object(name) + " is missing (expected: an object of a backup)",
            e);
      }
      throw failure(object(name), "read", e);
    }
    return new RangeReader(name, size);
  }

  @Override
  public void delete(String name) {
    asked(
        object(name),
        "delete",
        () -> {
          operator.delete(name);
          return true;
        });
  }

  /// Uploads that were interrupted are not seen; the bucket's own rule ends them.
  @Override
  public void deleteUnfinished(String folder) {}

  @Override
  public void close() {
    operator.close();
    requests.close();
  }

  private final class PartWriter implements ObjectWriter {
    private final String name;
    private final ByteArrayOutputStream first = new ByteArrayOutputStream();
    private @Nullable OutputStream parts;
    private boolean isCommitted;

    PartWriter(String name) {
      this.name = name;
    }

    @Override
    public void write(ByteBuffer bytes) {
      byte[] copy = new byte[bytes.remaining()];
      bytes.get(copy);
      try {
        if (parts == null && first.size() + copy.length <= PART_BYTES) {
          first.write(copy);
          return;
        }
        OutputStream out = parts;
        if (out == null) {
          out = operator.createOutputStream(name, PART_BYTES);
          parts = out;
          first.writeTo(out);
          first.reset();
        }
        out.write(copy);
      } catch (IOException | OpenDALException e) {
        throw failure(object(name), "write", e);
      }
    }

    @Override
    public void commit() {
      OutputStream out = parts;
      try {
        if (out == null) {
          operator.write(name, first.toByteArray());
        } else {
          parts = null;
          out.close();
        }
        isCommitted = true;
      } catch (IOException | OpenDALException e) {
        throw failure(object(name), "write", e);
      }
    }

    @Override
    public void close() {
      OutputStream out = parts;
      if (!isCommitted && out != null) {
        parts = null;
        // There is no other way to let go of an upload than to end it.
        try {
          out.close();
          operator.delete(name);
        } catch (IOException | OpenDALException e) {
          throw failure(object(name), "give up", e);
        }
      }
    }
  }

  private final class RangeReader implements ObjectReader {
    private final String name;
    private final long size;
    private ByteBuffer block = ByteBuffer.allocate(0);
    private long at;

    RangeReader(String name, long size) {
      this.name = name;
      this.size = size;
    }

    @Override
    public int read(ByteBuffer target) {
      int before = target.position();
      while (target.hasRemaining() && (block.hasRemaining() || at < size)) {
        if (!block.hasRemaining()) {
          long count = Math.min(PART_BYTES, size - at);
          block =
              ByteBuffer.wrap(asked(object(name), "read", () -> operator.read(name, at, count)));
          if (block.remaining() != count) {
            throw new KindredException(
                ErrorCode.STORAGE_UNAVAILABLE,
                "%s: %d bytes (expected: %d from %d on)"
                    .formatted(object(name), block.remaining(), count, at));
          }
          at += count;
        }
        int count = Math.min(target.remaining(), block.remaining());
        target.put(block.slice(block.position(), count));
        block.position(block.position() + count);
      }
      return target.position() - before;
    }

    @Override
    public void close() {}
  }
}
