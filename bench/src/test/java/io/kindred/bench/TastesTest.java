package io.kindred.bench;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.kindred.bench.vectors.VectorFileWriter;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The choice of tastes, on people who only take books of their own kind.
final class TastesTest {
  private static final int KINDS = 4;
  private static final int BOOKS_A_KIND = 110;
  private static final int PEOPLE = 60;
  private static final int JUDGES = 20;

  @TempDir Path directory;

  @Test
  void booksOfOnesOwnKindAreForetold() throws IOException {
    writeSet();
    String printed = tastes("--data", directory.toString(), "--people", "30");
    assertThat(printed).contains("chosen on 30 people").contains("judged: half-life");
    // A hundred of its kind are found, of at most 105 that a person has not; of all books a fourth.
    assertThat(hitRate(printed, "judged: plain mean")).isGreaterThan(0.9);
    assertThat(hitRate(printed, "judged: users.fvecs")).isGreaterThan(0.9);
  }

  @Test
  void nobodyToChooseOnIsRefused() {
    StringWriter err = new StringWriter();
    assertThat(Main.run(new PrintWriter(err, true), "tastes", "--people", "0")).isEqualTo(2);
    assertThat(err.toString()).contains("--people: 0 (expected: at least 1)");
  }

  private static double hitRate(String printed, String setting) {
    String line =
        printed
            .lines()
            .filter(one -> one.startsWith(setting + ", hit rate"))
            .findFirst()
            .orElseThrow();
    return Double.parseDouble(line.substring(line.indexOf("@100") + 4).strip().split(" ", 2)[0]);
  }

  private static String tastes(String... arguments) {
    List<String> all = new ArrayList<>(List.of("tastes"));
    all.addAll(List.of(arguments));
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    PrintStream before = System.out;
    System.setOut(new PrintStream(out, true, UTF_8));
    try {
      StringWriter err = new StringWriter();
      assertThat(Main.run(new PrintWriter(err, true), all.toArray(String[]::new)))
          .as(err.toString())
          .isZero();
    } finally {
      System.setOut(before);
    }
    return out.toString(UTF_8);
  }

  /// Book `i` is of kind `i % KINDS`, person `p` likes kind `p % KINDS`.
  private void writeSet() throws IOException {
    Path set = Files.createDirectories(directory.resolve("amazon-book"));
    Random random = new Random(7);
    writeVectors(set.resolve("items.fvecs"), KINDS * BOOKS_A_KIND, random);
    writeVectors(set.resolve("users.fvecs"), JUDGES, random);
    Files.writeString(
        set.resolve("users.ids"),
        IntStream.range(0, JUDGES).mapToObj(Integer::toString).collect(Collectors.joining("\n")));
    List<String> taken = new ArrayList<>();
    List<String> heldOut = new ArrayList<>();
    for (int person = 0; person < PEOPLE; person++) {
      List<Integer> books = new ArrayList<>();
      for (int i = 0; i < 7; i++) {
        books.add(KINDS * random.nextInt(15 * i, 15 * i + 15) + person % KINDS);
      }
      taken.add(line(person, books.subList(0, 5)));
      heldOut.add(line(person, books.subList(5, 7)));
    }
    writeLines(set.resolve("train.txt.gz"), taken);
    writeLines(set.resolve("test.txt.gz"), heldOut);
  }

  private static void writeVectors(Path path, int count, Random random) {
    try (VectorFileWriter file = new VectorFileWriter(path, KINDS)) {
      for (int i = 0; i < count; i++) {
        float[] vector = new float[KINDS];
        for (int j = 0; j < KINDS; j++) {
          vector[j] = (j == i % KINDS ? 1 : 0) + 0.05f * random.nextFloat();
        }
        file.write(vector, 0);
      }
      file.finish();
    }
  }

  private static String line(int person, List<Integer> books) {
    return person + " " + books.stream().map(String::valueOf).collect(Collectors.joining(" "));
  }

  private static void writeLines(Path path, List<String> lines) throws IOException {
    try (OutputStream file = new GZIPOutputStream(Files.newOutputStream(path))) {
      file.write((String.join("\n", lines) + "\n").getBytes(UTF_8));
    }
  }
}
