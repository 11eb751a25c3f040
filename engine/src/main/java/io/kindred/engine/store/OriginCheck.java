package io.kindred.engine.store;

import io.kindred.engine.ErrorCode;
import io.kindred.engine.KindredException;
import io.kindred.engine.Limits;
import io.kindred.engine.Mutation;
import io.kindred.engine.Origin;
import java.nio.charset.StandardCharsets;

/// Checks what a mutation says of its origin. Stateless.
final class OriginCheck {
  private OriginCheck() {}

  /// @throws KindredException `INVALID_ARGUMENT`, naming what is wrong
  static void require(Mutation mutation) {
    switch (mutation.origin()) {
      case Origin.Operation(String id) ->
          requireName("operation_id", id, Limits.OPERATION_ID_BYTES_MAX);
      case Origin.Events events -> {
        requireName("source", events.source(), Limits.SOURCE_BYTES_MAX);
        if (events.partition() < 0) {
          throw invalid("partition", events.partition(), "at least 0");
        }
        requireOffsets(events.offsets(), rowCount(mutation));
      }
      case null -> {}
    }
  }

  private static void requireName(String what, String name, int bytesMax) {
    int bytes = name.getBytes(StandardCharsets.UTF_8).length;
    if (bytes == 0 || bytes > bytesMax || !StandardCharsets.UTF_8.newEncoder().canEncode(name)) {
      throw invalid(what, bytes + " bytes", "1 to " + bytesMax + " bytes of well-formed text");
    }
  }

  private static int rowCount(Mutation mutation) {
    return switch (mutation) {
      case Mutation.Put put -> put.rows().size();
      case Mutation.Update update -> update.rows().size();
      case Mutation.Merge merge -> merge.rows().size();
      case Mutation.Delete delete -> delete.keys().size();
      case Mutation.DeleteWhere _ -> 1;
    };
  }

  private static void requireOffsets(long[] offsets, int rowCount) {
    if (offsets.length != rowCount) {
      throw invalid("offsets", offsets.length, "one for each of " + rowCount + " rows");
    }
    long before = 0;
    for (int i = 0; i < offsets.length; i++) {
      if (offsets[i] < before) {
        throw invalid("offsets[" + i + "]", offsets[i], "at least " + before);
      }
      before = offsets[i];
    }
  }

  private static KindredException invalid(String what, Object found, String expected) {
    return KindredException.of(ErrorCode.INVALID_ARGUMENT, what, found, expected);
  }
}
