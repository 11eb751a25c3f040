package io.kindred.app.command;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class CommandsTest {
  @TempDir private Path directory;

  private final CommandRun kindred = new CommandRun();

  @ParameterizedTest
  @CsvSource(
      delimiter = '~',
      value = {
        "serve --prot 7700 ~ kindred serve: --prot: unknown option (expected: one of --backups,",
        "serve --port abc ~ kindred serve: --port: abc (expected: 0 to 65535",
        "serve --port 65536 ~ kindred serve: --port: 65536 (expected: 0 to 65535",
        "serve --port ~ kindred serve: --port: missing (expected: --port PORT)",
        "serve --port 1 --port 2 ~ kindred serve: --port: given twice (expected: once)",
        "serve --log-level loud ~ kindred serve: --log-level: loud (expected: one of error, warn,",
        "serve extra ~ kindred serve: extra: unexpected argument (expected: none)",
        "serve --config nowhere.yaml ~ kindred serve: nowhere.yaml: cannot be read (expected:",
        "launch ~ kindred: launch: unknown command (expected: one of serve, demo, import, export",
        "--once ~ kindred: --once: unknown option (expected: one of --help, --log-level)",
        "demo --port -1 ~ kindred demo: --port: -1 (expected: 0 to 65535",
        "import ~ kindred import: --table: missing (expected: --table T); FILE: missing",
        "import a.csv ~ kindred import: --table: missing (expected: --table T)",
        "import nowhere.csv --table t ~ kindred import: FILE: nowhere.csv (expected: an existing",
        "import pom.xml --table t ~ kindred import: FILE: pom.xml (expected: an extension of fvecs,",
        "import a --table t --format xls ~ kindred import: --format: xls (expected: one of fvecs,",
        "import a --table t --metric cos ~ kindred import: --metric: cos (expected: one of l2, dot,",
        "import a --table t --key int ~ kindred import: --key: int (expected: one of string, uint64)",
        "import a --table t --index ivf ~ kindred import: --index: ivf (expected: flat, hnsw, ivf_flat, ivf_pq or ivf_hnsw_pq)",
        "import a --table t --url x ~ kindred import: --url: x (expected: http://HOST:PORT)",
        "import a --table t --url http://h --data d ~ kindred import: --url and --data: both given",
        "export --table t --out a.npy ~ kindred export: --out: a.npy (expected: an extension of",
        "export --table t --out no/a.csv ~ kindred export: --out: no/a.csv (expected: a file in a",
      })
  void aBadFlagOrValueIsOneLineThatNamesItAndWhatWasExpected(String line, String message) {
    int status = kindred.run(line.split(" ", -1));

    assertThat(kindred.error()).startsWith(message).endsWith("\n").hasLineCount(1);
    assertThat(status).isEqualTo(ExitStatus.USAGE);
    assertThat(kindred.output()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"serve", "demo", "import", "export", "inspect", "verify"})
  void everyCommandHasHelpWithAnExample(String command) {
    assertThat(kindred.run(command, "--help")).isEqualTo(ExitStatus.OK);
    assertThat(kindred.output())
        .startsWith("Usage: kindred " + command)
        .contains("Example", "  kindred " + command, "Exit status");
    assertThat(kindred.output().lines()).allMatch(line -> line.length() <= 100);
    assertThat(kindred.error()).isEmpty();
  }

  @Test
  void withoutACommandTheHelpIsShown() {
    assertThat(kindred.run()).isEqualTo(ExitStatus.OK);
    assertThat(kindred.output())
        .contains("Usage: kindred", "Commands:", "serve", "import", "kindred demo");
  }

  @Test
  void aFileIsLoadedExportedAndLoadedAgain() throws IOException {
    Path file =
        Files.writeString(
            directory.resolve("items.csv"),
            """
            id,city,price,stock,fresh,since,embedding
            a,Berlin,9.5,3,true,2026-01-01T00:00:00Z,1;0
            b,Oslo,7,,false,,0;1
            c,Oslo,7,,false,,1;2;3
            d,Oslo,cheap,,false,,0;1
            """);
    String data = directory.resolve("data").toString();
    // What is a number in the first rows must be one in all: price is text here.
    assertThat(kindred.run("import", file.toString(), "--table", "items", "--data", data))
        .as(kindred.error())
        .isEqualTo(ExitStatus.OK);

    assertThat(kindred.output())
        .startsWith("imported 3 rows into items in ")
        .endsWith(", 1 rejected\n");
    assertThat(kindred.error())
        .contains("table items created: key string; vector embedding 2 x float32, dot, hnsw")
        .contains("field price string", "field stock int64", "field fresh bool")
        .contains("field since timestamp", "1 rejected: see ");
    assertThat(directory.resolve("items.csv.rejects"))
        .content()
        .startsWith("line 4: ")
        .contains("3 (expected: 2, ")
        .hasLineCount(1);

    for (String format : new String[] {"jsonl", "csv", "parquet"}) {
      Path exported = directory.resolve("out." + format);
      assertThat(
              kindred.run(
                  "export", "--table", "items", "--data", data, "--out", exported.toString()))
          .as(kindred.error())
          .isEqualTo(ExitStatus.OK);
      assertThat(kindred.output()).startsWith("exported 3 rows of items to " + exported);
      String copy = "copy_" + format;
      assertThat(kindred.run("import", exported.toString(), "--table", copy, "--data", data))
          .as(kindred.error())
          .isEqualTo(ExitStatus.OK);
      assertThat(kindred.output())
          .startsWith("imported 3 rows into " + copy)
          .contains(" 0 rejected");
      Path second = directory.resolve("second.jsonl");
      kindred.run("export", "--table", copy, "--data", data, "--out", second.toString());
      Path first = directory.resolve("first.jsonl");
      kindred.run("export", "--table", "items", "--data", data, "--out", first.toString());
      assertThat(second).hasSameTextualContentAs(first);
    }
  }

  @Test
  void aFileWithoutAnyGoodRowFails() throws IOException {
    Path file = Files.writeString(directory.resolve("bad.jsonl"), "{\"id\":\"a\"\nnonsense\n");
    String data = directory.resolve("data").toString();

    assertThat(kindred.run("import", file.toString(), "--table", "t", "--data", data))
        .isEqualTo(ExitStatus.FAILED);
    assertThat(kindred.error())
        .contains("kindred import: table: t (expected: an existing table, or rows");
  }

  @Test
  void aDamagedFileKeepsWhatCameBeforeTheDamageAndFails() throws IOException {
    byte[] bytes = {1, 0, 0, 0, 0, 0, (byte) 128, 63, -1, -1, -1, -1, 0, 0, 0, 0};
    Path file = Files.write(directory.resolve("a.fvecs"), bytes);
    String data = directory.resolve("data").toString();

    assertThat(kindred.run("import", file.toString(), "--table", "t", "--data", data))
        .isEqualTo(ExitStatus.FAILED);
    assertThat(kindred.output()).startsWith("imported 1 row into t");
    assertThat(kindred.error()).contains("a.fvecs: row 1: dimension: -1 (expected: 1 to 8192");
  }

  @Test
  void whatTheUserSaysMustAgreeWithTheTable() throws IOException {
    Path file =
        Files.writeString(directory.resolve("a.jsonl"), "{\"id\":\"a\",\"fields\":{\"n\":1}}\n");
    String data = directory.resolve("data").toString();
    assertThat(kindred.run("import", file.toString(), "--table", "t", "--data", data)).isZero();

    assertThat(
            kindred.run(
                "import", file.toString(), "--table", "t", "--data", data, "--key", "uint64"))
        .isEqualTo(ExitStatus.FAILED);
    assertThat(kindred.error())
        .isEqualTo("kindred import: --key: uint64 (expected: string, as table t is)\n");
    Path csv = Files.writeString(directory.resolve("a.csv"), "id,m\na,1\n");
    assertThat(kindred.run("import", csv.toString(), "--table", "t", "--data", data))
        .isEqualTo(ExitStatus.FAILED);
    assertThat(kindred.error())
        .isEqualTo("kindred import: column: m (expected: a field of table t: n)\n");
  }

  @Test
  void idsComeFromAFileOfTheirOwn() throws IOException {
    byte[] bytes = {1, 0, 0, 0, 0, 0, (byte) 128, 63, 1, 0, 0, 0, 0, 0, 0, 64};
    Path file = Files.write(directory.resolve("a.fvecs"), bytes);
    Path ids = Files.writeString(directory.resolve("a.ids"), "x\ny\n");
    Path few = Files.writeString(directory.resolve("few.ids"), "x\n");
    Path many = Files.writeString(directory.resolve("many.ids"), "x\ny\nz\n");
    String data = directory.resolve("data").toString();
    String[] base = {"import", file.toString(), "--table", "t", "--data", data, "--ids"};

    assertThat(kindred.run(with(base, ids.toString()))).as(kindred.error()).isZero();
    assertThat(kindred.run(with(base, few.toString()))).isZero();
    assertThat(directory.resolve("a.fvecs.rejects"))
        .hasContent("row 1: no id: the file of ids ends before this row");
    assertThat(kindred.run(with(base, many.toString()))).isEqualTo(ExitStatus.FAILED);
    assertThat(kindred.error()).contains("ids: more than 2 lines");
    Path out = directory.resolve("out.jsonl");
    kindred.run("export", "--table", "t", "--data", data, "--out", out.toString());
    assertThat(out)
        .hasContent(
            """
            {"id":"x","vectors":{"embedding":[1.0]}}
            {"id":"y","vectors":{"embedding":[2.0]}}
            """);
  }

  private static String[] with(String[] arguments, String last) {
    String[] all = java.util.Arrays.copyOf(arguments, arguments.length + 1);
    all[arguments.length] = last;
    return all;
  }

  @Test
  void aTableThatIsNotThereCannotBeExported() {
    String data = directory.resolve("data").toString();

    assertThat(kindred.run("export", "--table", "t", "--data", data, "--out", directory + "/a.csv"))
        .isEqualTo(ExitStatus.FAILED);
    assertThat(kindred.error())
        .isEqualTo("kindred export: table: t (expected: a table at " + data + ")\n");
  }

  @Test
  void aSoundDirectoryIsShownAndADamagedFileIsNamed() throws IOException {
    Path file = Files.writeString(directory.resolve("a.csv"), "id,n,v\na,1,1;2\nb,2,3;4\n");
    Path data = directory.resolve("data");
    kindred.run("import", file.toString(), "--table", "t", "--data", data.toString());

    assertThat(kindred.run("verify", data.toString())).as(kindred.error()).isEqualTo(ExitStatus.OK);
    assertThat(kindred.output()).isEqualTo("sound  " + data + "\n");
    assertThat(kindred.run("inspect", data.toString())).isEqualTo(ExitStatus.OK);
    assertThat(kindred.output())
        .containsPattern("disk +\\S+ \\S+ free")
        .contains("table t", "2 rows", "v: 2 x float32, dot, hnsw with m 16", "n int64")
        .contains("memory once open: ");
    assertThat(kindred.run("inspect", data.toString(), "--json")).isEqualTo(ExitStatus.OK);
    assertThat(kindred.output())
        .startsWith("{")
        .hasLineCount(1)
        .contains("\"row_count\":2", "\"free_bytes\":", "\"mapped\":");

    Path catalog = data.resolve("CATALOG");
    byte[] bytes = Files.readAllBytes(catalog);
    bytes[bytes.length / 2] ^= 1;
    Files.write(catalog, bytes);
    assertThat(kindred.run("verify", data.toString())).isEqualTo(ExitStatus.FAILED);
    assertThat(kindred.output()).contains("damaged  ", catalog.toString());
    assertThat(kindred.error())
        .startsWith("kindred verify: " + data + ": 1 problem")
        .hasLineCount(1);
    assertThat(kindred.run("serve", "--port", "0", "--data", data.toString()))
        .isEqualTo(ExitStatus.FAILED);
    assertThat(kindred.error())
        .startsWith("kindred serve: ")
        .contains(catalog.toString())
        .hasLineCount(1);
  }

  @Test
  void whatIsNoDataDirectoryIsNotChecked() {
    assertThat(kindred.run("verify", directory.toString())).isEqualTo(ExitStatus.FAILED);
    assertThat(kindred.error())
        .isEqualTo(
            "kindred verify: directory: "
                + directory
                + " (expected: the data directory of a store)\n");
    assertThat(kindred.run("inspect", directory.toString())).isEqualTo(ExitStatus.FAILED);
    assertThat(kindred.error()).hasLineCount(1);
  }
}
