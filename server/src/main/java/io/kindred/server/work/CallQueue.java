package io.kindred.server.work;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/// The calls that wait for a thread, bounded in number and fair between tables. Each table has a
/// line of its own, and the lines take turns. Where there is no more room, the longest line gives
/// way: its newest call goes, unless the call that comes is of a line as long. So a table alone may
/// fill the queue, and one that floods it keeps no other out (longest queue drop: McKenney,
/// "Stochastic Fairness Queueing", 1990). Thread-safe.
final class CallQueue {
  private final int callsMax;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();

  /// By table, those in which a call waits; the first is served next.
  private final LinkedHashMap<String, Deque<QueuedCall>> lines = new LinkedHashMap<>();

  private int size;
  private boolean isClosed;

  CallQueue(int callsMax) {
    this.callsMax = callsMax;
  }

  /// Lines a call up.
  ///
  /// @return the call that has no room for it, which may be the same one, or null
  @Nullable QueuedCall add(QueuedCall call) {
    lock.lock();
    try {
      if (isClosed) {
        return call;
      }
      QueuedCall refused = null;
      if (size >= callsMax) {
        Deque<QueuedCall> longest = longest();
        Deque<QueuedCall> own = lines.get(call.table());
        if (longest.size() <= (own == null ? 0 : own.size())) {
          return call;
        }
        refused = longest.removeLast();
        size--;
        if (longest.isEmpty()) {
          lines.remove(refused.table());
        }
      }
      lines.computeIfAbsent(call.table(), table -> new ArrayDeque<>()).addLast(call);
      size++;
      changed.signal();
      return refused;
    } finally {
      lock.unlock();
    }
  }

  private Deque<QueuedCall> longest() {
    Deque<QueuedCall> longest = new ArrayDeque<>(0);
    for (Deque<QueuedCall> line : lines.values()) {
      longest = line.size() > longest.size() ? line : longest;
    }
    return longest;
  }

  /// Waits for the next call.
  ///
  /// @return null once the queue is closed and empty
  @Nullable QueuedCall take() throws InterruptedException {
    lock.lockInterruptibly();
    try {
      while (size == 0) {
        if (isClosed) {
          return null;
        }
        changed.await();
      }
      Map.Entry<String, Deque<QueuedCall>> first = lines.pollFirstEntry();
      QueuedCall next = first.getValue().removeFirst();
      if (!first.getValue().isEmpty()) {
        lines.put(first.getKey(), first.getValue());
      }
      size--;
      return next;
    } finally {
      lock.unlock();
    }
  }

  int size() {
    lock.lock();
    try {
      return size;
    } finally {
      lock.unlock();
    }
  }

  boolean isClosed() {
    lock.lock();
    try {
      return isClosed;
    } finally {
      lock.unlock();
    }
  }

  /// Takes no more calls; those that wait are still handed out.
  void close() {
    lock.lock();
    try {
      isClosed = true;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }
}
