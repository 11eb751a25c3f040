package io.kindred.engine.quantize;

/// Threads that share out the items of a task, the calling thread among them.
public interface Workers {
  /// How many workers there are, at least 1.
  int count();

  /// Runs a task for the items `[0, itemCount)`, each once.
  ///
  /// @throws InterruptedException where the calling thread is interrupted; no worker is left
  ///   running
  void run(int itemCount, Task task) throws InterruptedException;

  /// What is done for each item.
  interface Task {
    /// @param worker its number, so that each can have memory of its own
    void run(int worker, int item);
  }
}
