package io.kindred.server.survey;

import java.util.Arrays;

/// How far what looks near on a plane is near: one minus the mean rank by which rows that are not
/// among the k nearest were shown there (Venna and Kaski, 2001). One is perfect, about a half is
/// chance.
final class Trustworthiness {
  private Trustworthiness() {}

  /// @param near the nearest of each row in truth, at least k of each where there are so many
  static double of(SampledVectors vectors, Nearest near, Plane plane, int k) {
    int count = vectors.count();
    int least = Math.min(k, (count - 1) / 2);
    if (least < 1) {
      return 1;
    }
    Nearest shown = Nearest.find(count, least, plane::distances);
    float[] distances = new float[count];
    double penalty = 0;
    for (int row = 0; row < count; row++) {
      boolean isMeasured = false;
      for (int other : shown.of()[row]) {
        if (!isAmongFirst(near.of()[row], least, other)) {
          if (!isMeasured) {
            vectors.distances(row, distances);
            isMeasured = true;
          }
          penalty += rank(distances, other) - least;
        }
      }
    }
    return 1 - penalty * 2 / ((double) count * least * (2L * count - 3L * least - 1));
  }

  private static boolean isAmongFirst(int[] nearest, int k, int row) {
    return Arrays.stream(nearest, 0, Math.min(k, nearest.length)).anyMatch(near -> near == row);
  }

  /// How many rows are nearer, the row itself among them; so 1 is the nearest other.
  private static int rank(float[] distances, int row) {
    int nearer = 0;
    for (float distance : distances) {
      nearer += distance < distances[row] ? 1 : 0;
    }
    return nearer;
  }
}
