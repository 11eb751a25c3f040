package io.kindred.app.command;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
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

  private final CommandRun kindred = new CommandRun();

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
        "restore --url http://h:1 ~ kindred restore: --table: missing (expected: --table T)",
        "restore --url http://h:1 --data d --table t ~ kindred restore: --data: given (expected: with",
        "restore --data d ~ kindred restore: --backups: missing (expected: --backups URL)",
        "restore --backups b --data d --as x ~ kindred restore: --as: x (expected: with --table T)",
        "backup restore --backups b --data d --as x ~ kindred backup restore: --as: x (expected:",
        "serve --backups x://y/z ~ kindred serve: --backups: x://y/z (expected: a directory,",
      })
  void aBadFlagOrValueIsOneLineThatNamesItAndWhatWasExpected(String line, String message) {
    int status = kindred.run(line.split(" ", -1));

    assertThat(kindred.error()).startsWith(message).endsWith("\n").hasLineCount(1);
    assertThat(status).isEqualTo(ExitStatus.USAGE);
    assertThat(kindred.output()).isEmpty();
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
    assertThat(kindred.run((command + " --help").split(" ", -1))).isEqualTo(ExitStatus.OK);
    assertThat(kindred.output())
        .startsWith("Usage: kindred " + command)
        .contains("Example", "Exit status");
    assertThat(kindred.output().lines()).allMatch(line -> line.length() <= 100);
    assertThat(kindred.error()).isEmpty();
  }

  @Test
  void aTableIsBackedUpListedCheckedDrilledRestoredAndItsBackupDeleted() throws IOException {
    Path file = Files.writeString(directory.resolve("a.csv"), "id,n,v\na,1,1;2\nb,2,3;4\n");
    String data = directory.resolve("data").toString();
    String place = directory.resolve("place").toString();
    kindred.run("import", file.toString(), "--table", "t", "--data", data);

    assertThat(kindred.run("backup", "list", "--backups", place)).isEqualTo(ExitStatus.OK);
    assertThat(kindred.output()).isEqualTo("no backups in " + place + "\n");
    assertThat(kindred.run("backup", "verify", "--backups", place)).isEqualTo(ExitStatus.FAILED);
    assertThat(kindred.error())
        .isEqualTo("kindred backup verify: " + place + " has no backup (expected: one)\n");

    assertThat(kindred.run("backup", "create", "--data", data, "--backups", place))
        .as(kindred.error())
        .isEqualTo(ExitStatus.OK);
    Matcher matcher = ID.matcher(kindred.output());
    assertThat(matcher.find()).as(kindred.output()).isTrue();
    String id = matcher.group();
    assertThat(kindred.output())
        .startsWith("created " + id + " (position 2) in ")
        .endsWith(" copied\n");
    assertThat(kindred.run("backup", "list", "--backups", Path.of(place).toUri().toString()))
        .isEqualTo(ExitStatus.OK);
    assertThat(kindred.output()).startsWith(id + "  position 2  2 rows  ").endsWith("  t\n");
    assertThat(kindred.run("backup", "verify", "--backups", place)).isEqualTo(ExitStatus.OK);
    assertThat(kindred.output()).isEqualTo("sound  " + id + "\n");
    Path scratch = Files.createDirectory(directory.resolve("scratch"));
    assertThat(
            kindred.run("backup", "drill", id, "--backups", place, "--scratch", scratch.toString()))
        .as(kindred.error())
        .isEqualTo(ExitStatus.OK);
    assertThat(kindred.output())
        .startsWith("t  2 rows\nsound  " + id + " was restored and checked in ");
    assertThat(scratch).isEmptyDirectory();

    String restored = directory.resolve("restored").toString();
    assertThat(
            kindred.run(
                "restore", "--backups", place, "--data", restored, "--table", "t", "--as", "old"))
        .as(kindred.error())
        .isEqualTo(ExitStatus.OK);
    assertThat(kindred.output())
        .startsWith("restored 2 rows in 1 table to " + restored + " from " + id);
    Path first = directory.resolve("first.jsonl");
    Path second = directory.resolve("second.jsonl");
    kindred.run("export", "--table", "t", "--data", data, "--out", first.toString());
    kindred.run("export", "--table", "old", "--data", restored, "--out", second.toString());
    assertThat(second).hasSameTextualContentAs(first);
    assertThat(kindred.run("restore", "--backups", place, "--data", restored)).isEqualTo(1);
    assertThat(kindred.error()).contains("(expected: a new or an empty directory)").hasLineCount(1);

    assertThat(kindred.run("backup", "delete", id, "--backups", place)).isEqualTo(ExitStatus.OK);
    assertThat(kindred.output()).startsWith("deleted " + id + " and ");
    try (Stream<Path> left = Files.walk(Path.of(place))) {
      assertThat(left.filter(Files::isRegularFile)).isEmpty();
    }
  }

  @Test
  void aDamagedBackupIsNamed() throws IOException {
    Path file = Files.writeString(directory.resolve("a.csv"), "id,n,v\na,1,1;2\nb,2,3;4\n");
    String data = directory.resolve("data").toString();
    Path place = directory.resolve("place");
    kindred.run("import", file.toString(), "--table", "t", "--data", data);
    kindred.run("backup", "create", "--data", data, "--backups", place.toString());
    Path object;
    try (Stream<Path> files = Files.list(place.resolve("files"))) {
      object = files.findFirst().orElseThrow();
    }
    byte[] bytes = Files.readAllBytes(object);
    bytes[bytes.length / 2] ^= 1;
    Files.write(object, bytes);

    assertThat(kindred.run("backup", "verify", "--backups", place.toString())).isEqualTo(1);
    assertThat(kindred.output())
        .startsWith("damaged  " + place + ": files/" + object.getFileName());
    assertThat(kindred.error()).startsWith("kindred backup verify: backup ").hasLineCount(1);
    Path restored = directory.resolve("restored");
    assertThat(kindred.run("restore", "--backups", place.toString(), "--data", restored.toString()))
        .isEqualTo(ExitStatus.FAILED);
    assertThat(kindred.error()).contains("files/" + object.getFileName()).hasLineCount(1);
    assertThat(restored).doesNotExist();
  }
}
