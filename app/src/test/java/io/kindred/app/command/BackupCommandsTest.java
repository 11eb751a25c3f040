package io.kindred.app.command;

import static org.assertj.core.api.Assertions.assertThat;

import io.kindred.app.terminal.Terminal;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class BackupCommandsTest {
  private static final Pattern ID = Pattern.compile("\\d{8}t\\d{6}z-[0-9a-f]{8}");

  @TempDir private Path directory;

  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();

  private int run(String... arguments) {
    out.reset();
    err.reset();
    return new Commands(terminal(out), terminal(err)).run(arguments);
  }

  private static Terminal terminal(ByteArrayOutputStream bytes) {
    return Terminal.plain(new PrintStream(bytes, true, StandardCharsets.UTF_8));
  }

  private String output() {
    return out.toString(StandardCharsets.UTF_8);
  }

  private String error() {
    return err.toString(StandardCharsets.UTF_8);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '~',
      value = {
        "backup crate ~ kindred backup: crate: unknown command (expected: one of create, list,",
        "backup create --data d ~ kindred backup create: --backups: missing (expected: --backups URL,",
        "backup create --backups b ~ kindred backup create: --backups: given (expected: with --data;",
        "backup create --backups b --data none ~ kindred backup create: --data: none (expected: an",
        "backup list ~ kindred backup list: --backups: missing (expected: --backups URL)",
        "backup list --backups ftp://h/x ~ kindred backup list: --backups: ftp://h/x (expected: a dir",
        "backup list --backups s3://b/../x ~ kindred backup list: --backups: s3://b/../x (expected:",
        "backup list --backups s3://b?key=1 ~ kindred backup list: --backups: s3://b?key=1 (expected:",
        "backup delete --backups b ~ kindred backup delete: ID: missing (expected: ID)",
        "restore --backups b ~ kindred restore: --data: missing (expected: --data DIR)",
        "restore --backups b --data d --as x ~ kindred restore: --as: x (expected: with --table T)",
        "backup restore --backups b --data d --as x ~ kindred backup restore: --as: x (expected:",
        "serve --backups x://y/z ~ kindred serve: --backups: x://y/z (expected: a directory,",
      })
  void aBadFlagOrValueIsOneLineThatNamesItAndWhatWasExpected(String line, String message) {
    int status = run(line.split(" ", -1));

    assertThat(error()).startsWith(message).endsWith("\n").hasLineCount(1);
    assertThat(status).isEqualTo(ExitStatus.USAGE);
    assertThat(output()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "backup",
        "backup create",
        "backup list",
        "backup verify",
        "backup restore",
        "backup drill",
        "backup delete",
        "restore"
      })
  void everyCommandHasHelpWithAnExample(String command) {
    assertThat(run((command + " --help").split(" ", -1))).isEqualTo(ExitStatus.OK);
    assertThat(output()).startsWith("Usage: kindred " + command).contains("Example", "Exit status");
    assertThat(output().lines()).allMatch(line -> line.length() <= 100);
    assertThat(error()).isEmpty();
  }

  @Test
  void aTableIsBackedUpListedCheckedDrilledRestoredAndItsBackupDeleted() throws IOException {
    Path file = Files.writeString(directory.resolve("a.csv"), "id,n,v\na,1,1;2\nb,2,3;4\n");
    String data = directory.resolve("data").toString();
    String place = directory.resolve("place").toString();
    run("import", file.toString(), "--table", "t", "--data", data);

    assertThat(run("backup", "list", "--backups", place)).isEqualTo(ExitStatus.OK);
    assertThat(output()).isEqualTo("no backups in " + place + "\n");
    assertThat(run("backup", "verify", "--backups", place)).isEqualTo(ExitStatus.FAILED);
    assertThat(error())
        .isEqualTo("kindred backup verify: " + place + " has no backup (expected: one)\n");

    assertThat(run("backup", "create", "--data", data, "--backups", place))
        .as(error())
        .isEqualTo(ExitStatus.OK);
    Matcher matcher = ID.matcher(output());
    assertThat(matcher.find()).as(output()).isTrue();
    String id = matcher.group();
    assertThat(output()).startsWith("created " + id + " (position 2) in ").endsWith(" copied\n");
    assertThat(run("backup", "list", "--backups", Path.of(place).toUri().toString()))
        .isEqualTo(ExitStatus.OK);
    assertThat(output()).startsWith(id + "  position 2  2 rows  ").endsWith("  t\n");
    assertThat(run("backup", "verify", "--backups", place)).isEqualTo(ExitStatus.OK);
    assertThat(output()).isEqualTo("sound  " + id + "\n");
    Path scratch = Files.createDirectory(directory.resolve("scratch"));
    assertThat(run("backup", "drill", id, "--backups", place, "--scratch", scratch.toString()))
        .as(error())
        .isEqualTo(ExitStatus.OK);
    assertThat(output()).startsWith("t  2 rows\nsound  " + id + " was restored and checked in ");
    assertThat(scratch).isEmptyDirectory();

    String restored = directory.resolve("restored").toString();
    assertThat(
            run("restore", "--backups", place, "--data", restored, "--table", "t", "--as", "old"))
        .as(error())
        .isEqualTo(ExitStatus.OK);
    assertThat(output()).startsWith("restored 2 rows in 1 table to " + restored + " from " + id);
    Path first = directory.resolve("first.jsonl");
    Path second = directory.resolve("second.jsonl");
    run("export", "--table", "t", "--data", data, "--out", first.toString());
    run("export", "--table", "old", "--data", restored, "--out", second.toString());
    assertThat(second).hasSameTextualContentAs(first);
    assertThat(run("restore", "--backups", place, "--data", restored)).isEqualTo(1);
    assertThat(error()).contains("(expected: a new or an empty directory)").hasLineCount(1);

    assertThat(run("backup", "delete", id, "--backups", place)).isEqualTo(ExitStatus.OK);
    assertThat(output()).startsWith("deleted " + id + " and ");
    try (Stream<Path> left = Files.walk(Path.of(place))) {
      assertThat(left.filter(Files::isRegularFile)).isEmpty();
    }
  }

  @Test
  void aDamagedBackupIsNamed() throws IOException {
    Path file = Files.writeString(directory.resolve("a.csv"), "id,n,v\na,1,1;2\nb,2,3;4\n");
    String data = directory.resolve("data").toString();
    Path place = directory.resolve("place");
    run("import", file.toString(), "--table", "t", "--data", data);
    run("backup", "create", "--data", data, "--backups", place.toString());
    Path object;
    try (Stream<Path> files = Files.list(place.resolve("files"))) {
      object = files.findFirst().orElseThrow();
    }
    byte[] bytes = Files.readAllBytes(object);
    bytes[bytes.length / 2] ^= 1;
    Files.write(object, bytes);

    assertThat(run("backup", "verify", "--backups", place.toString())).isEqualTo(1);
    assertThat(output()).startsWith("damaged  " + place + ": files/" + object.getFileName());
    assertThat(error()).startsWith("kindred backup verify: backup ").hasLineCount(1);
    Path restored = directory.resolve("restored");
    assertThat(run("restore", "--backups", place.toString(), "--data", restored.toString()))
        .isEqualTo(ExitStatus.FAILED);
    assertThat(error()).contains("files/" + object.getFileName()).hasLineCount(1);
    assertThat(restored).doesNotExist();
  }
}
