package io.kindred.server.json;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import io.kindred.engine.ErrorCode;
import io.kindred.engine.IndexSpec;
import io.kindred.engine.KindredException;
import java.io.IOException;

/// The specification of a vector index in JSON. One reader reads one. Owned by the thread that
/// reads it.
final class IndexJson {
  private static final String HNSW = "hnsw";
  private static final String FLAT = "flat";

  private String kind = HNSW;
  private boolean hasParameters;
  private int m = IndexSpec.Hnsw.DEFAULT.m();
  private int efConstruction = IndexSpec.Hnsw.DEFAULT.efConstruction();

  static IndexJson read(JsonParser in, String what) throws IOException {
    IndexJson index = new IndexJson();
    Members.each(in, what, member -> index.readMember(in, what, member));
    return index;
  }

  private void readMember(JsonParser in, String what, String member) throws IOException {
    switch (member) {
      case "kind" -> kind = readKind(in, what + ".kind");
      case "m" -> {
        m = Members.integer(in, what + ".m");
        hasParameters = true;
      }
      case "ef_construction" -> {
        efConstruction = Members.integer(in, what + ".ef_construction");
        hasParameters = true;
      }
      default -> throw Members.unknown(what, member, "kind, m, ef_construction");
    }
  }

  private static String readKind(JsonParser in, String what) throws IOException {
    String kind = Members.text(in, what);
    return switch (kind) {
      case FLAT, HNSW -> kind;
      case "ivf_flat", "ivf_pq", "ivf_hnsw_pq" ->
          throw KindredException.of(
              ErrorCode.UNSUPPORTED, what, kind, "flat or hnsw, in this version");
      default -> throw Members.wrong(in, what, "flat or hnsw");
    };
  }

  IndexSpec spec() {
    if (HNSW.equals(kind)) {
      return new IndexSpec.Hnsw(m, efConstruction);
    }
    if (hasParameters) {
      throw KindredException.of(
          ErrorCode.INVALID_ARGUMENT, "index", "m or ef_construction", "neither with kind flat");
    }
    return new IndexSpec.Flat();
  }

  static void write(IndexSpec spec, JsonGenerator out) throws IOException {
    out.writeStartObject();
    switch (spec) {
      case IndexSpec.Flat flat -> out.writeStringField("kind", FLAT);
      case IndexSpec.Hnsw(int links, int beam) -> {
        out.writeStringField("kind", HNSW);
        out.writeNumberField("m", links);
        out.writeNumberField("ef_construction", beam);
      }
    }
    out.writeEndObject();
  }
}
