package io.kindred.engine;

import java.time.Duration;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// A change of a row that follows from what the row holds, evaluated where the change is applied:
/// nobody reads, modifies and writes back. Immutable; the engine checks it against the table.
/// Arrays are not copied and must not change until the write has been acknowledged.
///
/// What an operation needs to know of earlier ones is in a metadata entry of the row, its *state*,
/// whose name is 1 to 64 letters, digits, `_` or `-`, and is that of no declared field. Its forms
/// are in `docs/formats/merge.md`. A put replaces the states with all of the metadata. The outcome
/// is the same, byte by byte, however operations are batched.
///
/// Within one [RowMerge] no two operations change the same vector, field or metadata entry, but for
/// those that share their state and everything else that says how it is kept.
public sealed interface MergeOperation {
  /// Sets what is named and leaves the rest: a partial upsert. It loses where the stored row has a
  /// later event time (counted in [WriteResult#stale]), and sets the row's event time where it
  /// wins. The other operations neither look at the row's event time nor change it.
  ///
  /// @param vectors by vector field name
  /// @param fields by declared field name; `Value.Null` removes one
  /// @param metadata entries; `Value.Null` removes one
  record Assign(
      Map<String, float[]> vectors, Map<String, Value> fields, Map<String, Value> metadata)
      implements MergeOperation {
    public Assign {
      vectors = Map.copyOf(vectors);
      fields = Collections.unmodifiableMap(new LinkedHashMap<>(fields));
      metadata = Collections.unmodifiableMap(new LinkedHashMap<>(metadata));
    }
  }

  /// Makes a vector field the mean of the vectors that are merged, weighted by weight and age. With
  /// the latest event time T of those merged it is the sum of `w * 2^-((T - t) / h) * v`, divided
  /// by the sum of `w * 2^-((T - t) / h)`; so a late one counts by its age. A vector that was there
  /// without the state is replaced.
  ///
  /// A mean without a direction (its squared length is below the least normal float32) cannot be
  /// scaled to length 1, nor stored under the metric cosine: the row then has no vector in the
  /// field, until further vectors give the mean a direction.
  ///
  /// @param vector name of the vector field
  /// @param state name of the metadata entry
  /// @param value of the field's dimension
  /// @param weight w, 0.000001 to 1,000,000
  /// @param halfLife h, after which a vector counts half, 1 second to 36,500 days
  record DecayedMean(
      String vector, String state, float[] value, double weight, Duration halfLife, Scaling scaling)
      implements MergeOperation {}

  /// How a mean is stored.
  enum Scaling {
    /// As it is.
    MEAN,
    /// With length 1; its length is in the state.
    UNIT
  }

  /// Counts events in sliding windows of event time. A window ends at the latest event time T that
  /// this counter of the row has seen: a later one moves it on, a late one counts in the windows
  /// that its tile is still in.
  ///
  /// The entry `due` of the state is the event time, in microseconds since 1970, from which some
  /// window's value will be another because its oldest tile has left it; it is missing where all
  /// windows are empty. So a filter `{"clicks.due": {"$lte": now}}` finds the rows whose counts are
  /// out of date, and a count of 0 brings them up to date.
  ///
  /// @param state name of the metadata entry
  /// @param amount may be negative; 0 only moves T. A value beyond 64 bits is refused
  /// @param windows 1 to 16, with different fields. One that the state does not have yet, or with
  ///   another length, starts at 0; one that is not named any more is forgotten, and its field
  ///   stays
  record Count(String state, long amount, List<CountWindow> windows) implements MergeOperation {
    public Count {
      windows = List.copyOf(windows);
    }
  }

  /// Adds an id to a set that is kept as two Bloom filters, of which [BloomFilter#ofState] reads
  /// the union for a search. Once the current filter has `capacity` ids, the next id begins a new
  /// one, and the one before the current is forgotten: so the union has the newest `capacity` ids
  /// at least, and at most twice as many, by which its size is reckoned. An id that is in the
  /// current filter already changes nothing.
  ///
  /// A filter of another size than the operation's is forgotten.
  ///
  /// @param state name of the metadata entry
  /// @param id as it is a key in the table that is searched
  /// @param capacity at least 1, and such that a filter needs no more than 65,536 bits: up to 3,400
  ///   at a rate of 0.01
  /// @param errorRate of ids that the union is taken to have by chance, 0.000001 to 0.5
  record AddToFilter(String state, Key id, int capacity, double errorRate)
      implements MergeOperation {}
}
