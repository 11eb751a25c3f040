package io.kindred.engine.filter;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/// The operators of the filter language, by their symbols. Immutable.
enum Operator {
  EQ("$eq", Place.FIELD),
  NE("$ne", Place.FIELD),
  GT("$gt", Place.FIELD),
  GTE("$gte", Place.FIELD),
  LT("$lt", Place.FIELD),
  LTE("$lte", Place.FIELD),
  IN("$in", Place.FIELD),
  NOT_IN("$nin", Place.FIELD),
  EXISTS("$exists", Place.FIELD),
  NOT("$not", Place.ANYWHERE),
  AND("$and", Place.AROUND),
  OR("$or", Place.AROUND);

  /// Whether an operator stands below a field's name or around whole filters.
  enum Place {
    FIELD,
    AROUND,
    ANYWHERE
  }

  /// The operators that order values, and so take numbers, text and instants only.
  static final List<Operator> ORDERING = List.of(GT, GTE, LT, LTE);

  private final String symbol;
  private final Place place;

  Operator(String symbol, Place place) {
    this.symbol = symbol;
    this.place = place;
  }

  String symbol() {
    return symbol;
  }

  static Optional<Operator> find(String symbol, Place place) {
    return Arrays.stream(values())
        .filter(operator -> operator.isAllowed(place) && operator.symbol.equals(symbol))
        .findFirst();
  }

  /// The symbols allowed here, for an error.
  static String symbols(Place place) {
    return String.join(
        ", ",
        Arrays.stream(values())
            .filter(operator -> operator.isAllowed(place))
            .map(Operator::symbol)
            .toList());
  }

  private boolean isAllowed(Place at) {
    return place == at || place == Place.ANYWHERE;
  }
}
