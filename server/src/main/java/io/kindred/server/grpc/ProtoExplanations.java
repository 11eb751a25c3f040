package io.kindred.server.grpc;

import io.kindred.engine.Explanation;
import io.kindred.protocol.v1.Rung;
import io.kindred.protocol.v1.SearchedPart;

/// How a search found its matches, in protobuf.
final class ProtoExplanations {
  private static final int NANOS_PER_MICRO = 1_000;

  private ProtoExplanations() {}

  static io.kindred.protocol.v1.Explanation write(Explanation explanation) {
    io.kindred.protocol.v1.Explanation.Builder message =
        io.kindred.protocol.v1.Explanation.newBuilder()
            .setCheckUs(explanation.checkNanos() / NANOS_PER_MICRO)
            .setSearchUs(explanation.searchNanos() / NANOS_PER_MICRO)
            .setMergeUs(explanation.mergeNanos() / NANOS_PER_MICRO);
    for (Explanation.Part part : explanation.parts()) {
      message.addParts(write(part));
    }
    return message.build();
  }

  private static SearchedPart write(Explanation.Part part) {
    SearchedPart.Builder message =
        SearchedPart.newBuilder()
            .setShard(part.shard())
            .setPart(part.part())
            .setPath(part.path())
            .setReason(part.reason())
            .setRows(part.rows())
            .setCandidates(part.candidates())
            .setVisited(part.visited())
            .addAllFallbacks(part.fallbacks())
            .setChoosingUs(part.choosingNanos() / NANOS_PER_MICRO)
            .setSearchUs(part.searchNanos() / NANOS_PER_MICRO);
    Long estimated = part.passingEstimated();
    if (estimated != null) {
      message.setPassingEstimated(estimated);
    }
    Long passing = part.passing();
    if (passing != null) {
      message.setPassing(passing);
    }
    Explanation.Breadth breadth = part.breadth();
    if (breadth != null) {
      message.setBreadth(breadth.value()).setBreadthFrom(breadth.from());
    }
    Explanation.FilterWork filter = part.filter();
    if (filter != null) {
      message.setFilter(filter.state()).setFilterMakingUs(filter.makingNanos() / NANOS_PER_MICRO);
    }
    for (Explanation.Rung rung : part.rungs()) {
      message.addRungs(
          Rung.newBuilder()
              .setPath(rung.path())
              .setExpectedUs((double) rung.expectedNanos() / NANOS_PER_MICRO));
    }
    return message.build();
  }
}
