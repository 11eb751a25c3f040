package io.kindred.engine.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import io.kindred.engine.ErrorCode;
import io.kindred.engine.IndexSpec;
import io.kindred.engine.KindredException;
import io.kindred.engine.Table;
import io.kindred.engine.disk.Disk;
import io.kindred.engine.disk.FaultyDisk;
import io.kindred.engine.disk.UncheckedDisk;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// One byte of one file is altered: the start refuses it by name and says what to do, or the
/// verifier names it, or nothing comes of it. Never is an answer wrong and nothing detected,
/// nothing hangs, and once the byte is mended all is as it was. `-Dkindred.suite.damages=10000`
/// tries more, `-Dseed=42` others.
@Timeout(36_000)
class StoreFlipsTest {
  private static final int CANARY_DAMAGES = 40;
  private static final Duration HANGS_AFTER = Duration.ofMinutes(2);
  private static final Pattern REMEDY =
      Pattern.compile("restore|import it again|start the newer release");

  private static List<FlipSample> samples = List.of();

  @BeforeAll
  static void makeSamples() {
    samples =
        List.of(
            FlipSample.killed(),
            FlipSample.closed(new IndexSpec.Hnsw(4, 16), 200),
            FlipSample.closed(new IndexSpec.Hnsw(8, 32), 2_400),
            FlipSample.closed(new IndexSpec.IvfFlat(0), 2_400),
            FlipSample.closed(new IndexSpec.IvfHnswPq(0, 12, new IndexSpec.Hnsw(4, 16)), 2_400));
  }

  /// What became of a damage.
  private enum Outcome {
    REFUSED,
    NAMED_BY_VERIFY,
    HARMLESS
  }

  private record Damage(Path file, int offset, int mask) {}

  @Test
  void everyAlteredByteIsDetectedOrHarmless() {
    Map<Outcome, Integer> outcomes =
        run(
            Integer.getInteger("kindred.suite.damages", 150),
            file -> true,
            UnaryOperator.identity());
    System.out.printf("flips: %s%n", outcomes);
    assertThat(outcomes).containsKeys(Outcome.REFUSED, Outcome.NAMED_BY_VERIFY);
  }

  @Test
  void aDiskWhoseChecksumsAlwaysFitIsFound() {
    Predicate<Path> vectors = file -> file.toString().endsWith(".vectors-0");
    assertThatThrownBy(() -> run(CANARY_DAMAGES, vectors, UncheckedDisk::new))
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("an answer is wrong and nothing is detected");
  }

  @Test
  void aReplayThatADamagedKeyTableBreaksNamesTheFile() throws Exception {
    FlipSample killed = samples.getFirst();
    Path keys =
        killed.files().stream()
            .filter(file -> file.toString().endsWith(".keys"))
            .findFirst()
            .orElseThrow();
    Set<Outcome> outcomes = EnumSet.noneOf(Outcome.class);
    // The highest byte of each slot's ordinal.
    for (int at = 64 + 11; at < killed.disk().sizeBytes(keys) - 32; at += 16) {
      outcomes.add(outcome(killed, new Damage(keys, at, 0x40), UnaryOperator.identity()));
    }
    assertThat(outcomes).contains(Outcome.REFUSED);
  }

  private static Map<Outcome, Integer> run(
      int damages, Predicate<Path> files, UnaryOperator<Disk> planted) {
    long seed = Long.getLong("seed", 1);
    Random random = new Random(seed);
    Map<Outcome, Integer> outcomes = new EnumMap<>(Outcome.class);
    for (int i = 0; i < damages; i++) {
      FlipSample sample = samples.get(i % samples.size());
      List<Path> candidates = sample.files().stream().filter(files).toList();
      Path file = candidates.get(random.nextInt(candidates.size()));
      int offset = random.nextInt((int) sample.disk().sizeBytes(file));
      Damage damage = new Damage(file, offset, 1 + random.nextInt(255));
      try {
        Outcome outcome =
            assertTimeoutPreemptively(HANGS_AFTER, () -> outcome(sample, damage, planted));
        outcomes.merge(outcome, 1, Integer::sum);
      } catch (AssertionError | RuntimeException e) {
        throw new AssertionError(
            "seed %d, damage %d of sample %d, %s: %s"
                .formatted(seed, i, i % samples.size(), damage, e.getMessage()),
            e);
      }
    }
    return outcomes;
  }

  private static Outcome outcome(FlipSample sample, Damage damage, UnaryOperator<Disk> planted) {
    FaultyDisk damaged = sample.disk().copyOfDurable();
    byte[] whole = damaged.read(damage.file());
    byte[] altered = whole.clone();
    altered[damage.offset()] ^= (byte) damage.mask();
    damaged.replace(damage.file(), ByteBuffer.wrap(altered));
    Disk seen = planted.apply(damaged);
    List<StoreVerifier.Problem> problems =
        StoreVerifier.verify(FlipSample.DIRECTORY, seen, line -> {});
    boolean isNamed = problems.stream().anyMatch(problem -> isNamed(problem.toString(), damage));
    assertThat(problems.isEmpty() || isNamed).as("named among %s", problems).isTrue();
    Outcome outcome = open(sample, damage, seen, isNamed);
    if (outcome == Outcome.REFUSED) {
      assertThat(open(sample, damage, seen, isNamed)).as("the second start").isEqualTo(outcome);
      damaged.replace(damage.file(), ByteBuffer.wrap(whole));
      assertThat(sample.answers()).as("mended").contains(FlipSample.answers(damaged));
    }
    return outcome;
  }

  private static Outcome open(
      FlipSample sample, Damage damage, Disk disk, boolean isNamedByVerify) {
    try (EmbeddedStore store = EmbeddedStore.open(FlipSample.options(), disk)) {
      boolean isRight = isRight(sample, store.table("t"));
      assertThat(isRight || isNamedByVerify)
          .as("an answer is wrong and nothing is detected")
          .isTrue();
      return isNamedByVerify ? Outcome.NAMED_BY_VERIFY : Outcome.HARMLESS;
    } catch (KindredException e) {
      assertThat(e.code()).as("%s", e.getMessage()).isEqualTo(ErrorCode.CORRUPT);
      String message = String.valueOf(e.getMessage());
      assertThat(isNamed(message, damage)).as("named: %s", message).isTrue();
      assertThat(REMEDY.matcher(message).find()).as("what to do: %s", message).isTrue();
      return Outcome.REFUSED;
    }
  }

  /// Also a read that fails has no right answer; nothing worse comes of damage than an exception.
  private static boolean isRight(FlipSample sample, Table table) {
    try {
      return sample.answers().contains(FlipSample.answers(table));
    } catch (KindredException
        | IndexOutOfBoundsException
        | ClassCastException
        | NegativeArraySizeException
        | IllegalArgumentException e) {
      return false;
    }
  }

  /// Records at the end of the log that are gone show in the files that are ahead of it.
  private static boolean isNamed(String message, Damage damage) {
    boolean isLog = damage.file().toString().endsWith(".log");
    return message.contains(damage.file().toString())
        || (isLog && (message.contains("/log") || message.contains("MANIFEST")))
        || (isLog && message.contains("CATALOG"));
  }
}
