package io.kindred.server.survey;

/// Points in two dimensions. Not thread-safe.
final class Plane {
  final float[] x;
  final float[] y;

  Plane(int count) {
    x = new float[count];
    y = new float[count];
  }

  int count() {
    return x.length;
  }

  /// Squared distances, as [Nearest] takes them.
  void distances(int from, float[] distances) {
    for (int i = 0; i < x.length; i++) {
      float dx = x[from] - x[i];
      float dy = y[from] - y[i];
      distances[i] = dx * dx + dy * dy;
    }
    distances[from] = -1;
  }

  Plane copy() {
    Plane copy = new Plane(count());
    System.arraycopy(x, 0, copy.x, 0, x.length);
    System.arraycopy(y, 0, copy.y, 0, y.length);
    return copy;
  }

  /// Moves the middle to zero and scales evenly, so that the farthest coordinate is `reach`.
  void fit(float reach) {
    center(x);
    center(y);
    float most = 0;
    for (int i = 0; i < x.length; i++) {
      most = Math.max(most, Math.max(Math.abs(x[i]), Math.abs(y[i])));
    }
    float scale = most == 0 ? 0 : reach / most;
    for (int i = 0; i < x.length; i++) {
      x[i] *= scale;
      y[i] *= scale;
    }
  }

  private static void center(float[] values) {
    float min = Float.POSITIVE_INFINITY;
    float max = Float.NEGATIVE_INFINITY;
    for (float value : values) {
      min = Math.min(min, value);
      max = Math.max(max, value);
    }
    for (int i = 0; i < values.length; i++) {
      values[i] -= (min + max) / 2;
    }
  }
}
