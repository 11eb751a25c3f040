package io.kindred.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A file several times as large as the heap is loaded into a server.
final class ImportMemoryIT {
  private static final int DIMENSION = 128;
  private static final int ROWS = 300_000;
  private static final List<String> SMALL_HEAP = List.of("-Xmx48m", "-XX:MaxDirectMemorySize=48m");

  @TempDir private Path directory;

  @Test
  void anImportNeedsNoMoreMemoryThanAFewBatches() throws IOException {
    Path file = directory.resolve("many.fvecs");
    try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(file), 1 << 20)) {
      ByteBuffer row =
          ByteBuffer.allocate(Integer.BYTES + DIMENSION * Float.BYTES)
              .order(ByteOrder.LITTLE_ENDIAN);
      for (int i = 0; i < ROWS; i++) {
        row.putInt(0, DIMENSION).putFloat(Integer.BYTES, i).putFloat(2 * Integer.BYTES, 1);
        out.write(row.array());
      }
    }
    Path text = directory.resolve("wide.csv");
    try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(text))) {
      out.write("id,note\n".getBytes(StandardCharsets.UTF_8));
      // One line of 64 MiB between two good ones.
      out.write("1,a\n2,".getBytes(StandardCharsets.UTF_8));
      byte[] block = "x".repeat(1 << 20).getBytes(StandardCharsets.UTF_8);
      for (int i = 0; i < 64; i++) {
        out.write(block);
      }
      out.write("\n3,c\n".getBytes(StandardCharsets.UTF_8));
    }
    try (KindredProcess server = KindredProcess.serve(directory.resolve("data"));
        KindredProcess vectors =
            KindredProcess.start(
                SMALL_HEAP,
                "import",
                file.toString(),
                "--table",
                "many",
                "--index",
                "flat",
                "--url",
                server.uri());
        KindredProcess wide =
            KindredProcess.start(
                SMALL_HEAP, "import", text.toString(), "--table", "wide", "--url", server.uri())) {
      assertThat(vectors.exitStatus()).as(vectors.transcript()).isZero();
      assertThat(vectors.output().getFirst()).startsWith("imported 300,000 rows into many");
      assertThat(wide.exitStatus()).as(wide.transcript()).isZero();
      assertThat(wide.output().getFirst()).contains("imported 2 rows").endsWith("1 rejected");
      assertThat(directory.resolve("wide.csv.rejects"))
          .hasContent("line 3: line longer than 4194304 bytes");
    }
  }
}
