package io.kindred.server.json;

import com.fasterxml.jackson.core.JsonParser;
import io.kindred.engine.ErrorCode;
import io.kindred.engine.Key;
import io.kindred.engine.KeyType;
import io.kindred.engine.KindredException;
import io.kindred.engine.Limits;
import io.kindred.engine.Projection;
import io.kindred.engine.TableSpec;
import io.kindred.engine.Token;
import io.kindred.engine.filter.Filter;
import io.kindred.server.rows.RowBatch;
import io.kindred.server.rows.RowOperations;
import io.kindred.server.work.ReadAfter;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The requests about rows, in JSON. A member that the contract does not know is refused by name.
public final class RowRequests {
  private RowRequests() {}

  /// Rows to put or to update. Immutable but for the batch.
  public record Write(RowBatch batch, @Nullable String operationId) {}

  /// Rows to delete: by ids, or all that match. Immutable.
  public record Delete(
      @Nullable List<Key> ids, @Nullable Filter filter, @Nullable String operationId) {}

  /// Rows to get. Immutable.
  public record Get(List<Key> ids, Projection projection, @Nullable ReadAfter readAfter) {}

  /// A page of rows to get. Immutable.
  public record Scan(RowOperations.Scan scan, @Nullable ReadAfter readAfter) {}

  public static Write write(byte[] text, TableSpec table) {
    return Json.read(
        text,
        in -> {
          RowBatch batch = new RowBatch();
          Common common = new Common();
          boolean[] hasRows = new boolean[1];
          Members.each(
              in,
              "request",
              name -> {
                switch (name) {
                  case "rows" -> {
                    hasRows[0] = true;
                    new RowJson(table).readAll(in, batch);
                  }
                  case "operation_id" -> common.operationId = Members.text(in, name);
                  default -> throw Members.unknown("request", name, "rows, operation_id");
                }
              });
          if (!hasRows[0]) {
            throw KindredException.of(ErrorCode.INVALID_ARGUMENT, "rows", "none", "an array");
          }
          return new Write(batch, common.operationId);
        });
  }

  public static Delete delete(byte[] text, TableSpec table) {
    return Json.read(
        text,
        in -> {
          Common common = new Common();
          Members.each(
              in,
              "request",
              name -> {
                switch (name) {
                  case "ids" -> common.readIds(in, table.key());
                  case "filter" -> common.filter = ValueJson.readFilter(in);
                  case "operation_id" -> common.operationId = Members.text(in, name);
                  default -> throw Members.unknown("request", name, "ids, filter, operation_id");
                }
              });
          if ((common.ids == null) == (common.filter == null)) {
            throw KindredException.of(
                ErrorCode.INVALID_ARGUMENT,
                "ids, filter",
                common.ids == null ? "none" : "both",
                "one of the two");
          }
          return new Delete(common.ids, common.filter, common.operationId);
        });
  }

  public static Get get(byte[] text, TableSpec table) {
    return Json.read(
        text,
        in -> {
          Common common = new Common();
          Members.each(
              in,
              "request",
              name -> {
                if ("ids".equals(name)) {
                  common.readIds(in, table.key());
                } else if (!common.readProjection(in, name) && !common.readToken(in, name)) {
                  throw Members.unknown("request", name, "ids, fields, vectors, token, timeout_ms");
                }
              });
          if (common.ids == null) {
            throw KindredException.of(ErrorCode.INVALID_ARGUMENT, "ids", "none", "an array");
          }
          return new Get(common.ids, common.projection(), common.readAfter());
        });
  }

  /// Which rows of a sample, and what of them. Immutable.
  public record Sample(int count, Projection projection) {}

  public static Sample sample(byte[] text) {
    return Json.read(
        text,
        in -> {
          Common common = new Common();
          int[] count = {RowOperations.SAMPLE_DEFAULT};
          Members.each(
              in,
              "request",
              name -> {
                if ("count".equals(name)) {
                  count[0] = Members.integer(in, name);
                } else if (!common.readProjection(in, name)) {
                  throw Members.unknown("request", name, "count, fields, vectors");
                }
              });
          return new Sample(count[0], common.projection());
        });
  }

  public static Scan scan(byte[] text, TableSpec table) {
    return Json.read(
        text,
        in -> {
          Common common = new Common();
          Key[] after = new Key[1];
          int[] limit = {RowOperations.Scan.LIMIT_DEFAULT};
          Members.each(
              in,
              "request",
              name -> {
                switch (name) {
                  case "after" -> after[0] = KeyJson.read(in, table.key());
                  case "limit" -> limit[0] = Members.integer(in, name);
                  case "filter" -> common.filter = ValueJson.readFilter(in);
                  default -> {
                    if (!common.readProjection(in, name) && !common.readToken(in, name)) {
                      throw Members.unknown(
                          "request",
                          name,
                          "after, limit, filter, fields, vectors, token, timeout_ms");
                    }
                  }
                }
              });
          return new Scan(
              new RowOperations.Scan(after[0], limit[0], common.filter, common.projection()),
              common.readAfter());
        });
  }

  /// Members that several requests have. Owned by the thread that reads one.
  static final class Common {
    private @Nullable List<Key> ids;
    private @Nullable Filter filter;
    private @Nullable String operationId;
    private boolean hasFields = true;
    private boolean hasVectors = true;
    private @Nullable Token token;
    private Duration timeout = ReadAfter.TIMEOUT_DEFAULT;

    void readIds(JsonParser in, KeyType type) throws IOException {
      ids = KeyJson.readAll(in, "ids", type, Limits.BATCH_ROWS_MAX);
    }

    /// Whether the member was one about what to return.
    boolean readProjection(JsonParser in, String name) throws IOException {
      switch (name) {
        case "fields" -> hasFields = Members.bool(in, name);
        case "vectors" -> hasVectors = Members.bool(in, name);
        default -> {
          return false;
        }
      }
      return true;
    }

    /// Whether the member was one about what the read must see.
    boolean readToken(JsonParser in, String name) throws IOException {
      switch (name) {
        case "token" -> token = Token.parse(Members.text(in, name));
        case "timeout_ms" -> {
          int millis = Members.integer(in, name);
          if (millis < 0) {
            throw Members.wrong(in, name, "0 or more milliseconds");
          }
          timeout = Duration.ofMillis(millis);
        }
        default -> {
          return false;
        }
      }
      return true;
    }

    Projection projection() {
      return Projection.of(hasFields, hasVectors);
    }

    @Nullable ReadAfter readAfter() {
      return token == null ? null : new ReadAfter(token, timeout);
    }
  }
}
