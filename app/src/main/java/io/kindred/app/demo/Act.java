package io.kindred.app.demo;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Locale;
import java.util.random.RandomGenerator;

/// Something that a shopper does with an item: an event of the demo's pipeline. Immutable.
///
/// @param at in whole microseconds, as Kindred keeps time
record Act(String shopper, Kind kind, Item item, Instant at) {
  private static final ObjectMapper JSON = new ObjectMapper();

  /// What is done, and how much it tells of a taste, as the pipeline has it.
  enum Kind {
    VIEWED(1),
    LIKED(2.5),
    BOUGHT(5);

    private final double weight;

    Kind(double weight) {
      this.weight = weight;
    }

    static Kind any(RandomGenerator random) {
      int roll = random.nextInt(10);
      return roll < 7 ? VIEWED : roll < 9 ? LIKED : BOUGHT;
    }

    double weight() {
      return weight;
    }

    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  static Act now(Shopper shopper, Kind kind, Item item) {
    return new Act(shopper.id(), kind, item, Instant.now().truncatedTo(ChronoUnit.MICROS));
  }

  /// The act as the pipeline reads it.
  ObjectNode event() {
    return JSON.createObjectNode()
        .put("user", shopper)
        .put("item", item.id())
        .put("action", kind.toString())
        .put("at", at.toString());
  }
}
