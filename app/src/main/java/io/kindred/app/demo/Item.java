package io.kindred.app.demo;

import io.kindred.app.demo.Assortment.Genre;

/// Something that the demo's shop sells. Immutable; the array does not change.
///
/// @param popularity how often it is asked for, 1 to 10,000
@SuppressWarnings("ArrayRecordComponent") // compared by id only
record Item(
    String id,
    String title,
    String category,
    Genre genre,
    String maker,
    String city,
    double price,
    long popularity,
    float[] vector) {}
