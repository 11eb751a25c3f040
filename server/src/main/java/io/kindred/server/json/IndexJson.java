package io.kindred.server.json;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import io.kindred.engine.ErrorCode;
import io.kindred.engine.IndexSpec;
import io.kindred.engine.KindredException;
import io.kindred.engine.Quantization;
import java.io.IOException;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.TreeSet;

/// The specification of a vector index in JSON. One reader reads one. Owned by the thread that
/// reads it.
final class IndexJson {
  private static final String HNSW = "hnsw";
  private static final String FLAT = "flat";
  private static final String IVF_FLAT = "ivf_flat";
  private static final String IVF_PQ = "ivf_pq";
  private static final String IVF_HNSW_PQ = "ivf_hnsw_pq";
  private static final String KINDS = "flat, hnsw, ivf_flat, ivf_pq or ivf_hnsw_pq";
  private static final String M = "m";
  private static final String EF_CONSTRUCTION = "ef_construction";
  private static final String QUANTIZATION = "quantization";
  private static final String LISTS = "lists";
  private static final String SUBSPACES = "subspaces";

  private String kind = HNSW;

  /// The parameters that were given.
  private final Set<String> given = new LinkedHashSet<>();

  private int m = IndexSpec.Hnsw.DEFAULT.m();
  private int efConstruction = IndexSpec.Hnsw.DEFAULT.efConstruction();
  private Quantization quantization = IndexSpec.Hnsw.DEFAULT.quantization();
  private int lists;
  private int subspaces;

  static IndexJson read(JsonParser in, String what) throws IOException {
    IndexJson index = new IndexJson();
    Members.each(in, what, member -> index.readMember(in, what, member));
    return index;
  }

  private void readMember(JsonParser in, String what, String member) throws IOException {
    String name = what + "." + member;
    switch (member) {
      case "kind" -> kind = readKind(in, name);
      case M -> m = readParameter(in, name, member);
      case EF_CONSTRUCTION -> efConstruction = readParameter(in, name, member);
      case QUANTIZATION -> {
        given.add(member);
        quantization = Quantization.of(Members.text(in, name));
      }
      case LISTS -> lists = readParameter(in, name, member);
      case SUBSPACES -> subspaces = readParameter(in, name, member);
      default ->
          throw Members.unknown(
              what, member, "kind, m, ef_construction, quantization, lists, subspaces");
    }
  }

  private int readParameter(JsonParser in, String what, String member) throws IOException {
    given.add(member);
    return Members.integer(in, what);
  }

  private static String readKind(JsonParser in, String what) throws IOException {
    String kind = Members.text(in, what);
    return switch (kind) {
      case FLAT, HNSW, IVF_FLAT, IVF_PQ, IVF_HNSW_PQ -> kind;
      default -> throw Members.wrong(in, what, KINDS);
    };
  }

  IndexSpec spec() {
    requireOnly(
        switch (kind) {
          case FLAT -> Set.of();
          case HNSW -> Set.of(M, EF_CONSTRUCTION, QUANTIZATION);
          case IVF_FLAT -> Set.of(LISTS);
          case IVF_PQ -> Set.of(LISTS, SUBSPACES);
          default -> Set.of(LISTS, SUBSPACES, M, EF_CONSTRUCTION, QUANTIZATION);
        });
    return switch (kind) {
      case FLAT -> new IndexSpec.Flat();
      case HNSW -> new IndexSpec.Hnsw(m, efConstruction, quantization);
      case IVF_FLAT -> new IndexSpec.IvfFlat(lists);
      case IVF_PQ -> new IndexSpec.IvfPq(lists, subspaces);
      default ->
          new IndexSpec.IvfHnswPq(
              lists, subspaces, new IndexSpec.Hnsw(m, efConstruction, quantization));
    };
  }

  /// A parameter that the kind does not have is the caller's mistake.
  private void requireOnly(Set<String> known) {
    for (String parameter : given) {
      if (!known.contains(parameter)) {
        throw KindredException.of(
            ErrorCode.INVALID_ARGUMENT,
            "index",
            parameter,
            known.isEmpty()
                ? "no parameter with kind " + kind
                : String.join(", ", new TreeSet<>(known)) + " with kind " + kind);
      }
    }
  }

  static void write(IndexSpec spec, JsonGenerator out) throws IOException {
    out.writeStartObject();
    switch (spec) {
      case IndexSpec.Flat _ -> out.writeStringField("kind", FLAT);
      case IndexSpec.Hnsw graph -> {
        out.writeStringField("kind", HNSW);
        writeGraph(graph, out);
      }
      case IndexSpec.IvfFlat(int listCount) -> {
        out.writeStringField("kind", IVF_FLAT);
        out.writeNumberField(LISTS, listCount);
      }
      case IndexSpec.IvfPq(int listCount, int parts) -> {
        out.writeStringField("kind", IVF_PQ);
        out.writeNumberField(LISTS, listCount);
        out.writeNumberField(SUBSPACES, parts);
      }
      case IndexSpec.IvfHnswPq(int listCount, int parts, IndexSpec.Hnsw graph) -> {
        out.writeStringField("kind", IVF_HNSW_PQ);
        out.writeNumberField(LISTS, listCount);
        out.writeNumberField(SUBSPACES, parts);
        writeGraph(graph, out);
      }
    }
    out.writeEndObject();
  }

  private static void writeGraph(IndexSpec.Hnsw graph, JsonGenerator out) throws IOException {
    out.writeNumberField(M, graph.m());
    out.writeNumberField(EF_CONSTRUCTION, graph.efConstruction());
    out.writeStringField(QUANTIZATION, graph.quantization().label());
  }
}
