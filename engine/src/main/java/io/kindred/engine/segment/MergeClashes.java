package io.kindred.engine.segment;

import io.kindred.engine.CountWindow;
import io.kindred.engine.ErrorCode;
import io.kindred.engine.KindredException;
import io.kindred.engine.MergeOperation;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// Finds operations of one merge that change the same thing in different ways. Owned by one thread.
final class MergeClashes {
  /// By what is changed, how: operations that agree on it may go together.
  private final Map<String, Object> changes = new HashMap<>();

  private MergeClashes() {}

  /// @throws KindredException `INVALID_ARGUMENT`, naming what two operations change
  static void require(List<MergeOperation> operations) {
    if (operations.size() > 1 || operations.getFirst() instanceof MergeOperation.Count) {
      MergeClashes clashes = new MergeClashes();
      operations.forEach(clashes::add);
    }
  }

  private void add(MergeOperation operation) {
    switch (operation) {
      case MergeOperation.Assign assign -> {
        assign.vectors().keySet().forEach(name -> add("vector ", name, assign));
        assign.fields().keySet().forEach(name -> add("field ", name, assign));
        assign.metadata().keySet().forEach(name -> add("metadata ", name, assign));
      }
      case MergeOperation.DecayedMean mean -> {
        Object how = List.of(mean.vector(), mean.state(), mean.halfLife(), mean.scaling());
        add("vector ", mean.vector(), how);
        add("metadata ", mean.state(), how);
      }
      case MergeOperation.Count counted -> {
        Object how = List.of(counted.state(), counted.windows());
        for (int i = 0; i < counted.windows().size(); i++) {
          CountWindow window = counted.windows().get(i);
          add("field ", window.field(), List.of(how, i));
        }
        add("metadata ", counted.state(), how);
      }
      case MergeOperation.AddToFilter added ->
          add(
              "metadata ",
              added.state(),
              List.of(added.state(), added.capacity(), added.errorRate()));
    }
  }

  private void add(String what, String name, Object how) {
    Object before = changes.putIfAbsent(what + name, how);
    if (before != null && (how instanceof MergeOperation.Assign || !before.equals(how))) {
      throw KindredException.of(
          ErrorCode.INVALID_ARGUMENT,
          "operations",
          "two that change " + what + name,
          "one, or such as keep it in the same way");
    }
  }
}
