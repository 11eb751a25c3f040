package io.kindred.engine.shard;

import io.kindred.engine.ErrorCode;
import io.kindred.engine.WriteResult.Rejection;
import io.kindred.engine.segment.ByteWriter;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/// What applying a change to one shard did. Immutable; remembered under the operation id, so that a
/// retry is answered alike.
///
/// @param position the record that did it
/// @param repeated rows of events applied before; those have no operation id, so it is not encoded
public record Outcome(
    long position,
    long applied,
    int stale,
    int repeated,
    List<Integer> missing,
    List<Rejection> rejected) {
  public Outcome {
    missing = List.copyOf(missing);
    rejected = List.copyOf(rejected);
  }

  /// About what it takes in memory and encoded.
  long sizeBytes() {
    long bytes = 48 + 8L * missing.size();
    for (Rejection rejection : rejected) {
      bytes += 48 + rejection.message().length();
    }
    return bytes;
  }

  void encode(ByteWriter out) {
    out.putLong(position);
    out.putLong(applied);
    out.putInt(stale);
    out.putInt(missing.size());
    missing.forEach(out::putInt);
    out.putInt(rejected.size());
    for (Rejection rejection : rejected) {
      out.putInt(rejection.index());
      out.putInt(rejection.code().number());
      byte[] message = rejection.message().getBytes(StandardCharsets.UTF_8);
      out.putInt(message.length);
      out.putBytes(message);
    }
  }

  static Outcome decode(ByteBuffer in) {
    long position = in.getLong();
    long applied = in.getLong();
    int stale = in.getInt();
    List<Integer> missing = new ArrayList<>();
    int missingCount = in.getInt();
    for (int i = 0; i < missingCount; i++) {
      missing.add(in.getInt());
    }
    List<Rejection> rejected = new ArrayList<>();
    int rejectedCount = in.getInt();
    for (int i = 0; i < rejectedCount; i++) {
      int index = in.getInt();
      ErrorCode code = ErrorCode.ofNumber(in.getInt());
      int length = in.getInt();
      if (length > in.remaining()) {
        throw new BufferUnderflowException();
      }
      byte[] message = new byte[length];
      in.get(message);
      rejected.add(new Rejection(index, code, new String(message, StandardCharsets.UTF_8)));
    }
    return new Outcome(position, applied, stale, 0, missing, rejected);
  }
}
