package io.kindred.stream.decode;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Names within an encoded event: below each either a declared field, or further names. Immutable
/// once made.
final class NameTree {
  private final Map<String, NameTree> below = new LinkedHashMap<>();
  private @Nullable DeclaredField field;

  private NameTree() {}

  static NameTree of(List<DeclaredField> fields) {
    NameTree root = new NameTree();
    for (DeclaredField field : fields) {
      NameTree node = root;
      for (String name : field.from().split("\\.", -1)) {
        node = node.below.computeIfAbsent(name, _ -> new NameTree());
        if (node.field != null) {
          throw field.twice();
        }
      }
      if (!node.below.isEmpty()) {
        throw field.twice();
      }
      node.field = field;
    }
    return root;
  }

  /// What a name leads to, or null where nothing was declared there.
  @Nullable NameTree find(String name) {
    return below.get(name);
  }

  /// The field that stands here, or null where only further names do.
  @Nullable DeclaredField field() {
    return field;
  }

  Map<String, NameTree> below() {
    return below;
  }
}
