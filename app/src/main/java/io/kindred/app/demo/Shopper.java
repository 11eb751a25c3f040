package io.kindred.app.demo;

import java.util.List;

/// Somebody who shops. Immutable; the array does not change.
///
/// @param likes names of genres
/// @param taste as it was at first
@SuppressWarnings("ArrayRecordComponent") // compared by id only
record Shopper(String id, String name, String city, List<String> likes, float[] taste) {}
