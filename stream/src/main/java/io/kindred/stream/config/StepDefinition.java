package io.kindred.stream.config;

import io.kindred.engine.Value;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// A step of a pipeline. Immutable.
public sealed interface StepDefinition {
  /// Where the step stands.
  Place place();

  /// What status and dead letters call it: the kind of step, and its number among all.
  String label();

  /// Lets pass events that match a filter of Kindred's filter language.
  record Match(Place place, String label, Value filter) implements StepDefinition {}

  /// Lets pass events for which an expression is true.
  record When(Place place, String label, Text condition) implements StepDefinition {}

  /// Computes fields.
  ///
  /// @param fields expressions by the field's name, in order: a later one may use an earlier one
  record Compute(Place place, String label, Map<Text, Text> fields) implements StepDefinition {}

  /// Brings in what a table's row holds.
  ///
  /// @param as the prefix of the new fields: `liked` makes `liked.category`
  record Lookup(
      Place place,
      String label,
      Text table,
      Text key,
      Optional<Text> vector,
      List<Text> fields,
      Text as,
      Missing missing)
      implements StepDefinition {
    public Lookup {
      fields = List.copyOf(fields);
    }
  }

  /// What becomes of an event whose row is not there.
  enum Missing {
    DEAD_LETTER,
    SKIP,
    RETRY
  }

  /// Moves a vector towards that of the event: a time-decayed, weighted mean.
  record Taste(
      Place place,
      String label,
      Text vector,
      Text into,
      Optional<Text> weight,
      Duration halfLife,
      Scale scale)
      implements StepDefinition {}

  /// How a mean is written into the row.
  enum Scale {
    /// As it is.
    NONE,
    /// With length 1.
    UNIT
  }

  /// Adds an id to a Bloom filter.
  record Seen(Place place, String label, Text id, Text into, int capacity, double errorRate)
      implements StepDefinition {}

  /// Counts in sliding windows.
  ///
  /// @param windows lengths by the row's field that takes the count
  record Count(
      Place place, String label, Text into, Map<Text, Duration> windows, Optional<Text> amount)
      implements StepDefinition {}

  /// Stores a vector that the event carries.
  record Vector(Place place, String label, Text from, Text into) implements StepDefinition {}

  /// Computes a vector with a model.
  ///
  /// @param inputs fields of the event by input of the model
  record Model(
      Place place,
      String label,
      Text file,
      Map<Text, Text> inputs,
      Text output,
      Text into,
      int batch)
      implements StepDefinition {}
}
