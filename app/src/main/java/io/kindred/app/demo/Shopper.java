package io.kindred.app.demo;

import java.util.List;

/// Somebody who shops. Immutable.
///
/// @param likes names of genres
/// @param liked items of these that the shopper acted on before the demo, those of the first genre
///   first
record Shopper(String id, String name, String city, List<String> likes, List<Item> liked) {}
