package io.kindred.bench.pipeline;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.kindred.bench.report.BadInputException;
import io.kindred.bench.vectors.VectorFile;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.zip.GZIPInputStream;

/// People and the books that they took: `amazon-book` of the real sets. Immutable; the arrays do
/// not change.
///
/// @param items vectors of the books, by number
/// @param users vectors of some people, made beforehand of what they took
/// @param taken books of each person, in order
/// @param heldOut books that they took as well, of which nobody is told
record Books(
    List<float[]> items,
    Map<Integer, float[]> users,
    Map<Integer, List<Integer>> taken,
    Map<Integer, Set<Integer>> heldOut) {

  /// Reads the set.
  ///
  /// @throws BadInputException naming the file that is absent or wrong
  static Books read(Path directory) {
    Map<Integer, Set<Integer>> heldOut = new LinkedHashMap<>();
    interactions(directory.resolve("test.txt.gz"))
        .forEach((user, items) -> heldOut.put(user, new LinkedHashSet<>(items)));
    return new Books(
        vectors(directory.resolve("items.fvecs")),
        users(directory),
        interactions(directory.resolve("train.txt.gz")),
        heldOut);
  }

  private static List<float[]> vectors(Path path) {
    try (VectorFile file = VectorFile.open(path)) {
      return List.of(file.head(file.count()));
    }
  }

  private static Map<Integer, float[]> users(Path directory) {
    List<float[]> vectors = vectors(directory.resolve("users.fvecs"));
    Path path = directory.resolve("users.ids");
    try {
      List<String> ids = Files.readAllLines(path);
      if (ids.size() != vectors.size()) {
        throw new BadInputException(
            path + ": lines", ids.size(), vectors.size() + ", as users.fvecs has vectors");
      }
      Map<Integer, float[]> users = new LinkedHashMap<>();
      for (int i = 0; i < ids.size(); i++) {
        users.put(Integer.valueOf(ids.get(i)), vectors.get(i));
      }
      return users;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// A line for each person: their number, then those of the books.
  private static Map<Integer, List<Integer>> interactions(Path path) {
    if (!Files.isRegularFile(path)) {
      throw new BadInputException(path.toString(), "no such file", "the set amazon-book");
    }
    Map<Integer, List<Integer>> interactions = new LinkedHashMap<>();
    try (BufferedReader lines =
        new BufferedReader(
            new InputStreamReader(new GZIPInputStream(Files.newInputStream(path)), UTF_8))) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        List<Integer> numbers = new ArrayList<>();
        for (String number : line.strip().split(" ", -1)) {
          numbers.add(Integer.valueOf(number));
        }
        interactions.put(numbers.getFirst(), List.copyOf(numbers.subList(1, numbers.size())));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return interactions;
  }

  /// All that was taken.
  int takenCount() {
    return taken.values().stream().mapToInt(List::size).sum();
  }

  /// The people with a vector and with books held out, in order.
  List<Integer> judges() {
    return users.keySet().stream()
        .filter(user -> !heldOut.getOrDefault(user, Set.of()).isEmpty())
        .toList();
  }

  /// The books, those first that most people took.
  List<Integer> byPopularity() {
    long[] counts = new long[items.size()];
    taken.values().forEach(books -> books.forEach(book -> counts[book]++));
    List<Integer> books = new ArrayList<>();
    for (int book = 0; book < counts.length; book++) {
      books.add(book);
    }
    books.sort((a, b) -> Long.compare(counts[b], counts[a]));
    return books;
  }
}
