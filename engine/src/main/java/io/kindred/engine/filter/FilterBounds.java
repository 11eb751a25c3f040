package io.kindred.engine.filter;

import io.kindred.engine.KindredException;
import io.kindred.engine.Limits;
import java.util.List;

/// The bounds of a filter's size. They are those of the filter itself, not of its JSON form, so a
/// filter that was accepted is accepted again when it is read back from the log. Stateless.
final class FilterBounds {
  private FilterBounds() {}

  static void require(Filter filter) {
    int nodes = nodeCount(filter, 0);
    if (nodes > Limits.FILTER_NODES_MAX) {
      throw Operands.invalid("filter", nodes + " conditions", "at most " + Limits.FILTER_NODES_MAX);
    }
  }

  static KindredException tooDeep() {
    return Operands.invalid(
        "filter",
        "more than " + Limits.FILTER_DEPTH_MAX + " levels of $and, $or and $not",
        "at most " + Limits.FILTER_DEPTH_MAX);
  }

  private static int nodeCount(Filter filter, int depth) {
    return switch (filter) {
      case Filter.And(List<Filter> filters) -> nodeCount(filters, depth);
      case Filter.Or(List<Filter> filters) -> nodeCount(filters, depth);
      case Filter.Not(Filter negated) -> nodeCount(List.of(negated), depth);
      case Filter.Eq _, Filter.Ne _, Filter.Gt _, Filter.Gte _, Filter.Lt _, Filter.Lte _ -> 1;
      case Filter.In _, Filter.NotIn _, Filter.Exists _ -> 1;
    };
  }

  private static int nodeCount(List<Filter> filters, int depth) {
    if (depth >= Limits.FILTER_DEPTH_MAX) {
      throw tooDeep();
    }
    int nodes = 1;
    for (Filter filter : filters) {
      nodes = Math.addExact(nodes, nodeCount(filter, depth + 1));
    }
    return nodes;
  }
}
