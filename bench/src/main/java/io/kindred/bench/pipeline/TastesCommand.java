package io.kindred.bench.pipeline;

import io.kindred.bench.report.BadInputException;
import io.kindred.bench.report.Figure;
import io.kindred.bench.report.Report;
import io.kindred.bench.vectors.ExactSearch;
import io.kindred.bench.vectors.Truth;
import io.kindred.bench.vectors.VectorFile;
import io.kindred.engine.Metric;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// Which half-life and weights make good tastes.
@Command(
    name = "tastes",
    description = {
      "The real set amazon-book: half-life and weights of tastes, by the hit rate at 100 of exact"
          + " search. They are chosen on people whom the set has no vectors of, and on a fifth of"
          + " what these took, held out at random; then judged, once, on the books that the set"
          + " holds out of other people, as bench recommend does.",
      "The set's vectors of books were made from all that was taken, the fifth included, so hit"
          + " rates of the choice are too high, by as much for one setting as for another."
    },
    mixinStandardHelpOptions = true)
public final class TastesCommand implements Callable<Integer> {
  private static final int K = 100;
  private static final int FIFTH = 5;
  private static final double[] HALF_LIVES = {Double.POSITIVE_INFINITY, 40, 20, 10, 5, 3};
  private static final double[] LENGTH_POWERS = {0, 0.25, 0.5, 0.75, 1};

  @Mixin private final BooksOptions data = new BooksOptions();

  @Option(
      names = "--people",
      paramLabel = "N",
      description = "On whom settings are chosen. Default: ${DEFAULT-VALUE}.")
  private int people = 10_000;

  @Option(
      names = "--seed",
      paramLabel = "N",
      description = "Draws people and books. Default: ${DEFAULT-VALUE}.")
  private long seed = 1;

  /// How a taste is made: half-life in books, `lengthPower` as of bench recommend.
  private record Setting(double halfLife, double lengthPower) {
    static final Setting PLAIN_MEAN = new Setting(Double.POSITIVE_INFINITY, 0);

    String label() {
      return "half-life %s, power %s"
          .formatted(
              Double.isInfinite(halfLife) ? "none" : Figure.number(halfLife),
              Figure.number(lengthPower));
    }

    float[][] tastes(Books books, List<Person> people) {
      return people.stream().map(person -> taste(books, person.taken())).toArray(float[][]::new);
    }

    private float[] taste(Books books, List<Integer> taken) {
      float[] sum = new float[books.items().getFirst().length];
      for (int i = 0; i < taken.size(); i++) {
        float[] vector = books.items().get(taken.get(i));
        int age = taken.size() - 1 - i;
        double weight = Math.pow(0.5, age / halfLife) * BookShop.lengthWeight(vector, lengthPower);
        for (int j = 0; j < sum.length; j++) {
          sum[j] += (float) (weight * vector[j]);
        }
      }
      return sum;
    }
  }

  /// Somebody whose books are foretold. Immutable.
  ///
  /// @param taken what is known of them, in order
  /// @param heldOut what is to be foretold
  private record Person(int id, List<Integer> taken, Set<Integer> heldOut) {
    /// A person with a fifth of what they took held out.
    static Person splitAtRandom(int id, List<Integer> all, Random random) {
      List<Integer> shuffled = new ArrayList<>(all);
      Collections.shuffle(shuffled, random);
      Set<Integer> heldOut = Set.copyOf(shuffled.subList(0, all.size() / FIFTH));
      return new Person(id, all.stream().filter(book -> !heldOut.contains(book)).toList(), heldOut);
    }
  }

  private static List<Person> judges(Books books) {
    return books.judges().stream()
        .map(
            id ->
                new Person(
                    id,
                    books.taken().getOrDefault(id, List.of()),
                    books.heldOut().getOrDefault(id, Set.of())))
        .toList();
  }

  /// Other people than the judges, drawn at random.
  private List<Person> others(Books books) {
    Random random = new Random(seed);
    List<Map.Entry<Integer, List<Integer>>> others =
        new ArrayList<>(
            books.taken().entrySet().stream()
                .filter(person -> !books.users().containsKey(person.getKey()))
                .filter(person -> person.getValue().size() >= FIFTH)
                .toList());
    Collections.shuffle(others, random);
    return others.stream()
        .limit(people)
        .map(person -> Person.splitAtRandom(person.getKey(), person.getValue(), random))
        .toList();
  }

  @Override
  public Integer call() {
    if (people < 1) {
      throw new BadInputException("--people", people, "at least 1");
    }
    Report report = new Report("tastes", System.out);
    Path directory = data.directory();
    Books books = Books.read(directory);
    List<Person> others = others(books);
    List<Person> judges = judges(books);
    try (VectorFile items = VectorFile.open(directory.resolve("items.fvecs"))) {
      ExactSearch exact = new ExactSearch(items, Metric.DOT);
      Setting best = choose(report, books, others, exact);
      add(report, "judged: " + best.label(), judge(exact, judges, best.tastes(books, judges)));
      add(
          report,
          "judged: plain mean",
          judge(exact, judges, Setting.PLAIN_MEAN.tastes(books, judges)));
      float[][] given =
          judges.stream()
              .map(person -> books.users().getOrDefault(person.id(), new float[0]))
              .toArray(float[][]::new);
      add(report, "judged: users.fvecs", judge(exact, judges, given));
    }
    report.note("chosen on %d people, seed %d".formatted(others.size(), seed));
    report.print();
    return 0;
  }

  private static Setting choose(
      Report report, Books books, List<Person> others, ExactSearch exact) {
    Setting best = Setting.PLAIN_MEAN;
    double highest = 0;
    for (double halfLife : HALF_LIVES) {
      for (double lengthPower : LENGTH_POWERS) {
        Setting setting = new Setting(halfLife, lengthPower);
        HitRate rate = judge(exact, others, setting.tastes(books, others));
        add(report, setting.label(), rate);
        if (rate.hitRate() > highest) {
          highest = rate.hitRate();
          best = setting;
        }
      }
    }
    return best;
  }

  /// @param tastes by person
  private static HitRate judge(ExactSearch exact, List<Person> people, float[][] tastes) {
    List<Set<Integer>> seen = people.stream().map(person -> Set.copyOf(person.taken())).toList();
    Truth found = exact.nearest(tastes, K, (person, book) -> !seen.get(person).contains(book));
    HitRate rate = new HitRate();
    for (int i = 0; i < tastes.length; i++) {
      rate.add(Arrays.stream(found.rows()[i]).boxed().toList(), people.get(i).heldOut());
    }
    return rate;
  }

  private static void add(Report report, String name, HitRate rate) {
    report.add(Figure.of(name + ", hit rate@" + K, rate.hitRate(), ""));
    report.add(Figure.of(name + ", recall@" + K, rate.recall(), ""));
  }
}
