package io.kindred.engine.quantize;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class ProductQuantizerTest {
  @ParameterizedTest
  @CsvSource({"1, 1", "7, 3", "16, 16", "20, 10", "33, 8"})
  void codesStandForNearVectors(int dimension, int subspaces) throws InterruptedException {
    Random random = new Random(dimension);
    int count = 2_000;
    float[] vectors = new float[count * dimension];
    for (int i = 0; i < vectors.length; i++) {
      vectors[i] = (float) random.nextGaussian();
    }
    ProductQuantizer quantizer =
        ProductQuantizer.train(vectors, dimension, subspaces, new SerialWorkers(2));
    byte[] code = new byte[subspaces];
    float[] vector = new float[dimension];
    float[] decoded = new float[dimension];
    float[] products = new float[16 * subspaces];
    float[] scratch = new float[16];
    double error = 0;
    for (int i = 0; i < count; i++) {
      System.arraycopy(vectors, i * dimension, vector, 0, dimension);
      quantizer.encode(vector, code, scratch);
      quantizer.decode(code, decoded);
      double product = 0;
      for (int j = 0; j < dimension; j++) {
        error += (vector[j] - decoded[j]) * (vector[j] - decoded[j]);
        product += (double) vector[j] * decoded[j];
      }
      quantizer.products(vector, products);
      double sum = 0;
      for (int m = 0; m < subspaces; m++) {
        assertThat(code[m]).isBetween((byte) 0, (byte) 15);
        sum += products[16 * m + code[m]];
      }
      assertThat(sum).isCloseTo(product, within(1e-3));
    }
    // A normal variable in 16 steps keeps 1 % of its variance; five of them together 60 %.
    double longestPart = Math.ceil((double) dimension / subspaces);
    double expected = Math.pow(16, -2 / longestPart) * 1.7;
    assertThat(error / count / dimension).isLessThan(Math.min(0.75, expected) + 0.02);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 24, 512, 700})
  void aRotationKeepsLengthsAndProducts(int dimension) {
    Rotation rotation = Rotation.random(dimension, 9);
    Random random = new Random(dimension);
    float[] a = new float[dimension];
    float[] b = new float[dimension];
    for (int i = 0; i < dimension; i++) {
      a[i] = (float) random.nextGaussian();
      b[i] = (float) random.nextGaussian();
    }
    float[] rotatedA = new float[dimension];
    float[] rotatedB = new float[dimension];
    rotation.apply(a, rotatedA);
    rotation.apply(b, rotatedB);
    assertThat(product(rotatedA, rotatedA)).isCloseTo(product(a, a), within(1e-3 * dimension));
    assertThat(product(rotatedA, rotatedB)).isCloseTo(product(a, b), within(1e-3 * dimension));
    Rotation again = Rotation.of(dimension, rotation.entries().clone());
    again.apply(a, rotatedB);
    assertThat(rotatedB).isEqualTo(rotatedA);
  }

  private static double product(float[] a, float[] b) {
    double sum = 0;
    for (int i = 0; i < a.length; i++) {
      sum += (double) a[i] * b[i];
    }
    return sum;
  }
}
