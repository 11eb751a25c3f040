package io.kindred.stream.source;

/// Where the events of a pipeline come from: partitions, each in its order. One use: it is run once
/// and then closed.
public interface Source extends AutoCloseable {

  /// Reads until it is stopped, or finds no more, and hands what it reads to lanes.
  ///
  /// @throws SourceException where the source cannot be read now
  /// @throws InterruptedException where the thread was interrupted; nothing more is acknowledged
  void run(Intake intake) throws InterruptedException;

  /// Makes [#run] finish what lanes have begun, acknowledge it, and return. May be called by any
  /// thread, and before it runs.
  void stop();

  @Override
  void close();
}
