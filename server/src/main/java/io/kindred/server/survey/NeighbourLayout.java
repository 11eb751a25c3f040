package io.kindred.server.survey;

import java.util.SplittableRandom;

/// Places rows so that near ones stay near: rows pull at their nearest, and push away others that
/// are drawn at random, less and less (the stochastic layout of UMAP: McInnes, Healy and Melville,
/// 2018, with the curve `1 / (1 + d²)` and every link of one weight). The same rows are always
/// placed the same. Owned by one thread.
final class NeighbourLayout {
  private static final int EPOCHS = 160;

  /// For each pull.
  private static final int PUSHES = 4;

  private static final float STEP_MAX = 4;
  private static final float START_REACH = 10;
  private static final float NEARLY_ZERO = 1e-3f;
  private static final long SEED = 11;

  private final Nearest nearest;
  private final Plane plane;
  private final SplittableRandom random = new SplittableRandom(SEED);

  private NeighbourLayout(Nearest nearest, Plane plane) {
    this.nearest = nearest;
    this.plane = plane;
  }

  /// @param start where the rows are placed first
  static Plane of(Nearest nearest, Plane start) {
    Plane plane = start.copy();
    plane.fit(START_REACH);
    new NeighbourLayout(nearest, plane).run();
    return plane;
  }

  private void run() {
    for (int epoch = 0; epoch < EPOCHS; epoch++) {
      float rate = 1 - (float) epoch / EPOCHS;
      for (int row = 0; row < plane.count(); row++) {
        for (int neighbour : nearest.of()[row]) {
          pull(row, neighbour, rate);
          for (int push = 0; push < PUSHES; push++) {
            push(row, random.nextInt(plane.count()), rate);
          }
        }
      }
    }
  }

  private void pull(int a, int b, float rate) {
    float dx = plane.x[a] - plane.x[b];
    float dy = plane.y[a] - plane.y[b];
    float factor = -rate / (1 + dx * dx + dy * dy);
    move(a, factor * dx, factor * dy);
    move(b, -factor * dx, -factor * dy);
  }

  private void push(int a, int b, float rate) {
    if (a == b) {
      return;
    }
    float dx = plane.x[a] - plane.x[b];
    float dy = plane.y[a] - plane.y[b];
    float squared = dx * dx + dy * dy;
    float factor = 2 * rate / ((NEARLY_ZERO + squared) * (1 + squared));
    move(a, clipped(factor * dx), clipped(factor * dy));
  }

  private void move(int row, float dx, float dy) {
    plane.x[row] += clipped(dx);
    plane.y[row] += clipped(dy);
  }

  private static float clipped(float step) {
    return Math.clamp(step, -STEP_MAX, STEP_MAX);
  }
}
