package io.kindred.app.soak;

import java.time.Duration;

/// What a soak does, and how far its figures may stray. Immutable.
///
/// @param time how long the load lasts
/// @param sampleTime between two samples
/// @param windows into how many equal parts the time after the first quarter is cut; the first of
///   them is what the others are compared with
/// @param rows that live at any time, beside those that expire
/// @param batchRows rows of each write
/// @param timeToLive of the rows that expire
/// @param levelTolerance by which share memory and disk may differ between two windows
/// @param slackBytes and by how much besides, where a window is shorter than deltas take to fill
/// @param slowdownMax how many times as long the p99 of a window may be
record SoakPlan(
    Duration time,
    Duration sampleTime,
    int windows,
    int rows,
    int dimension,
    int writesPerSecond,
    int batchRows,
    int searchesPerSecond,
    Duration timeToLive,
    double levelTolerance,
    long slackBytes,
    double slowdownMax) {
  static final int WRITERS = 2;

  /// One write in so many has rows that expire; see [Churn].
  static final int KINDS_OF_WRITES = 5;

  /// Seconds, for a build: too short for levels of latency, and for all but large leaks.
  static SoakPlan ofSeconds(int seconds) {
    return new SoakPlan(
        Duration.ofSeconds(seconds),
        Duration.ofMillis(500),
        3,
        20_000,
        16,
        2_000,
        100,
        50,
        Duration.ofSeconds(5),
        0.10,
        128L << 20,
        Double.POSITIVE_INFINITY);
  }

  /// The same with less to do, so that a busy machine has time for the fault that is to be found.
  SoakPlan withLoad(int writes, int searches) {
    return new SoakPlan(
        time,
        sampleTime,
        windows,
        rows,
        dimension,
        writes,
        batchRows,
        searches,
        timeToLive,
        levelTolerance,
        slackBytes,
        slowdownMax);
  }

  /// As long as is asked; hours, to mean something.
  static SoakPlan ofMinutes(double minutes) {
    return new SoakPlan(
        Duration.ofMillis((long) (minutes * 60_000)),
        Duration.ofSeconds(5),
        6,
        100_000,
        64,
        2_000,
        20,
        50,
        Duration.ofSeconds(30),
        0.10,
        0,
        1.5);
  }

  /// Whether it is long enough for what is slow to be more than chance.
  boolean judgesSpeed() {
    return Double.isFinite(slowdownMax);
  }

  int rowsOfWriter() {
    return rows / WRITERS;
  }

  /// Rows that wait for their end at any time.
  long rowsExpiring() {
    return writesPerSecond * timeToLive.toMillis() / 1_000 / KINDS_OF_WRITES;
  }
}
