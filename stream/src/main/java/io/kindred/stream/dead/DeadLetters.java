package io.kindred.stream.dead;

import io.kindred.stream.DeadLetter;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

/// Where a pipeline puts aside what it cannot process. Thread-safe.
public interface DeadLetters extends AutoCloseable {

  /// Adds letters. The future completes once they are durable, and fails where they are not; some
  /// of them may be there all the same, and are there twice after another attempt.
  CompletableFuture<Void> add(List<DeadLetter> letters);

  /// Reads letters in their order, up to the last that was there when the call began.
  ///
  /// @param after for each partition of the letters' place, where reading goes on; an absent one is
  ///   read from its beginning
  /// @param reader takes one letter after another
  void read(Map<Integer, Long> after, Reader reader) throws InterruptedException;

  /// The newest letters, newest first.
  List<DeadLetter> newest(int limit) throws InterruptedException;

  /// Where the letters are, as a person would look for it.
  String place();

  @Override
  void close();

  /// Takes letters that are read.
  @FunctionalInterface
  interface Reader {
    /// @param partition of the letters' place
    /// @param offset of the letter, ascending within its partition
    /// @param next where reading goes on behind it
    void take(DeadLetter letter, int partition, long offset, long next) throws InterruptedException;
  }
}
