package io.kindred.app.fuzz;

import static java.util.concurrent.TimeUnit.SECONDS;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.Arrays;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;

/// Feeds a target with one made-up input after the other, and fails at the first that the target
/// does not stand: an exception, an error, more time or more memory than an input may take. Owned
/// by one test.
///
/// `-Dkindred.suite.inputs=1000000` feeds that many over all targets, `-Dseed=42` others, and
/// `-Dkindred.suite.input=17` that one alone.
final class Fuzzer {
  private static final int INPUTS_DEFAULT = 20_000;

  /// A hang lasts for ever; a machine that is busy with other things is only slow.
  private static final Duration INPUT_TIME_MAX = Duration.ofSeconds(60);

  private static final long INPUT_ALLOCATION_MAX = 128L << 20;
  private static final int SHOWN_CHARACTERS = 4_000;
  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

  private final String name;
  private final long count;
  private final long seed = Long.getLong("seed", 1);

  private volatile long startedNanos;
  private volatile String current = "none";

  /// @param share how many of 20,000 inputs are this target's
  Fuzzer(String name, int share) {
    this.name = name;
    this.count = Math.max(1, Long.getLong("kindred.suite.inputs", INPUTS_DEFAULT) * share / 20_000);
  }

  /// What an input is fed to. It throws where the input did harm.
  interface Target<I> {
    void feed(I input) throws Exception;
  }

  /// @param inputs makes an input, the same one of the same random numbers
  <I> void run(Function<Random, I> inputs, Target<I> target) {
    CompletableFuture<Boolean> end = new CompletableFuture<>();
    startedNanos = System.nanoTime();
    Thread worker =
        Thread.ofPlatform()
            .name("fuzz-" + name)
            .daemon(true)
            .start(
                () -> {
                  try {
                    feedAll(inputs, target);
                    end.complete(true);
                  } catch (Throwable e) {
                    end.completeExceptionally(e);
                  }
                });
    while (!isOver(end, worker)) {
      requireProgress(worker);
    }
  }

  private boolean isOver(CompletableFuture<Boolean> end, Thread worker) {
    try {
      return end.get(1, SECONDS);
    } catch (TimeoutException e) {
      return false;
    } catch (ExecutionException e) {
      throw new AssertionError(current, e.getCause());
    } catch (InterruptedException e) {
      worker.interrupt();
      Thread.currentThread().interrupt();
      throw new AssertionError("interrupted at " + current, e);
    }
  }

  private void requireProgress(Thread worker) {
    if (System.nanoTime() - startedNanos > INPUT_TIME_MAX.toNanos()) {
      AssertionError hang = new AssertionError("no end within " + INPUT_TIME_MAX + ": " + current);
      hang.setStackTrace(worker.getStackTrace());
      worker.interrupt();
      throw hang;
    }
  }

  private <I> void feedAll(Function<Random, I> inputs, Target<I> target) throws Exception {
    Long only = Long.getLong("kindred.suite.input");
    long first = only == null ? 0 : only;
    long end = only == null ? count : only + 1;
    long began = System.nanoTime();
    for (long number = first; number < end; number++) {
      // Neighbouring seeds of java.util.Random begin alike.
      Random random = new Random((seed << 32 ^ number) * 0x9E37_79B9_7F4A_7C15L);
      I input = inputs.apply(random);
      current =
          "%s: input %d of seed %d (-Dseed=%d -Dkindred.suite.input=%d)\n%s"
              .formatted(name, number, seed, seed, number, shown(input));
      long allocated = THREADS.getTotalThreadAllocatedBytes();
      startedNanos = System.nanoTime();
      target.feed(input);
      long more = THREADS.getTotalThreadAllocatedBytes() - allocated;
      if (more > INPUT_ALLOCATION_MAX) {
        throw new AssertionError("allocated " + more + " bytes");
      }
    }
    System.out.printf(
        "fuzz %s: %d inputs of seed %d in %d ms%n",
        name, end - first, seed, (System.nanoTime() - began) / 1_000_000);
  }

  private static String shown(Object input) {
    String text = input instanceof byte[] bytes ? Mutations.escaped(bytes) : input.toString();
    return text.length() <= SHOWN_CHARACTERS
        ? text
        : text.substring(0, SHOWN_CHARACTERS) + "… (" + text.length() + " characters)";
  }

  /// Whether the thrown is one of those that say that an input is refused.
  static boolean isAny(Throwable thrown, Class<?>... refusals) {
    return Arrays.stream(refusals).anyMatch(refusal -> refusal.isInstance(thrown));
  }
}
