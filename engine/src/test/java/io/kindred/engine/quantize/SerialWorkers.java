package io.kindred.engine.quantize;

/// Several workers on one thread, in turn.
record SerialWorkers(int count) implements Workers {
  @Override
  public void run(int itemCount, Task task) {
    for (int item = 0; item < itemCount; item++) {
      task.run(item % count, item);
    }
  }
}
