package io.kindred.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.kindred.engine.StoreOptions;
import io.kindred.engine.backup.Backups;
import io.kindred.engine.backup.DirectoryObjectStore;
import io.kindred.engine.backup.Progress;
import io.kindred.engine.backup.Restore;
import io.kindred.engine.store.EmbeddedStore;
import io.kindred.server.RunningServer.Answer;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Backups of a server that serves, over real sockets.
@Timeout(120)
final class BackupRoutesTest {
  @TempDir Path directory;

  private RunningServer start() {
    return RunningServer.withBackups(directory.resolve("data"), directory.resolve("place"));
  }

  private static void fill(RunningServer server) {
    server.post(
        "/v1/tables", "{'name':'t','vectors':{'v':{'dimension':2,'index':{'kind':'flat'}}}}");
    server.post("/v1/tables/t/rows:put", "{'rows':[{'id':'a','vectors':{'v':[1,0]}}]}");
    server.post("/v1/tables", "{'name':'u'}");
  }

  /// Waits until a backup is no longer made.
  private static JsonNode ended(RunningServer server, String id) {
    while (true) {
      JsonNode body = server.get("/v1/backups/" + id).body();
      if (!body.path("state").asText().equals("running")) {
        return body;
      }
      Thread.onSpinWait();
    }
  }

  @Test
  void aBackupIsMadeListedShownRestoredAndDeleted() {
    String id;
    try (RunningServer server = start()) {
      fill(server);
      Answer begun = server.post("/v1/backups", "{'tables':['t']}");
      assertThat(begun.status()).isEqualTo(202);
      id = begun.body().path("id").asText();

      JsonNode made = ended(server, id);

      assertThat(made.path("state").asText()).as(made.toString()).isEqualTo("done");
      assertThat(made.path("row_count").asLong()).isEqualTo(1);
      assertThat(made.path("position").asLong()).isEqualTo(3);
      assertThat(made.at("/tables/0/name").asText()).isEqualTo("t");
      assertThat(made.path("tables")).hasSize(1);
      Answer listed = server.get("/v1/backups");
      assertThat(listed.body().at("/backups/0")).isEqualTo(made);
      assertThat(listed.body().at("/tasks/0/state").asText()).isEqualTo("done");
      assertThat(listed.body().at("/tasks/0/progress/bytes_done").asLong())
          .isEqualTo(made.path("bytes").asLong());

      Answer whole = server.post("/v1/backups", "");
      JsonNode all = ended(server, whole.body().path("id").asText());
      assertThat(all.path("tables")).hasSize(2);
      assertThat(server.delete("/v1/backups/" + id).body().path("deleted").asText()).isEqualTo(id);
      assertThat(server.get("/v1/backups").body().path("backups")).hasSize(1);
      id = all.path("id").asText();
    }
    Path restored = directory.resolve("restored");
    new Backups(new DirectoryObjectStore(directory.resolve("place")))
        .restore(id, Restore.Target.of(restored), new Progress());
    try (EmbeddedStore store = EmbeddedStore.open(StoreOptions.at(restored))) {
      assertThat(store.table("t").info().rowCount()).isEqualTo(1);
    }
  }

  @Test
  void aTableIsRestoredUnderAnotherNameWhileTheServerRuns() {
    try (RunningServer server = start()) {
      fill(server);
      String id = server.post("/v1/backups", "").body().path("id").asText();
      ended(server, id);
      server.post("/v1/tables/t/rows:put", "{'rows':[{'id':'b','vectors':{'v':[0,1]}}]}");
      String restore = "/v1/backups/" + id + ":restore";

      Answer begun = server.post(restore, "{'table':'t','as':'t-old'}");

      assertThat(begun.status()).isEqualTo(202);
      String task = begun.body().path("id").asText();
      assertThat(begun.body().path("backup").asText()).isEqualTo(id);
      JsonNode ended = ended(server, task);
      assertThat(ended.path("state").asText()).as(ended.toString()).isEqualTo("done");
      assertThat(ended.path("table").asText()).isEqualTo("t");
      assertThat(ended.path("as").asText()).isEqualTo("t-old");
      assertThat(ended.at("/progress/bytes_copied").asLong()).isPositive();
      assertThat(server.get("/v1/backups").body().at("/tasks/1")).isEqualTo(ended);
      assertThat(server.get("/v1/tables/t-old").body().path("row_count").asLong()).isEqualTo(1);
      assertThat(server.get("/v1/tables/t").body().path("row_count").asLong()).isEqualTo(2);

      Answer taken = server.post(restore, "{'table':'t'}");
      assertThat(taken.status()).isEqualTo(409);
      assertThat(taken.message()).isEqualTo("table: t (expected: a name that no table has)");
      assertThat(server.post(restore, "{'as':'x'}").message())
          .isEqualTo("table: missing (expected: the name of a table of the backup)");
      assertThat(server.post(restore, "{'name':'t'}").code()).isEqualTo("UNKNOWN_FIELD");
      Answer none = server.post(restore, "{'table':'none','as':'x'}");
      assertThat(none.status()).isEqualTo(404);
      assertThat(none.message()).startsWith("table: none (expected: one of backup " + id);
      assertThat(server.post("/v1/backups/x:restore", "{'table':'t','as':'x'}").message())
          .startsWith("backup: x (expected: an id such as");
    }
  }

  @Test
  void whatCannotBeIsAnErrorThatNamesIt() throws Exception {
    try (RunningServer server = start()) {
      fill(server);
      assertThat(server.post("/v1/backups", "{'tables':['none']}").code())
          .isEqualTo("TABLE_NOT_FOUND");
      assertThat(server.post("/v1/backups", "{'table':'t'}").message())
          .isEqualTo("backup: table (expected: one of tables)");
      assertThat(server.post("/v1/backups", "[]").status()).isEqualTo(400);
      Answer missing = server.get("/v1/backups/20260101t000000z-00000000");
      assertThat(missing.status()).isEqualTo(404);
      assertThat(missing.code()).isEqualTo("BACKUP_NOT_FOUND");
      assertThat(server.delete("/v1/backups/20260101t000000z-00000000").status()).isEqualTo(404);
      assertThat(server.get("/v1/backups/..%2Fdata").status()).isEqualTo(400);
      assertThat(server.delete("/v1/backups/evil").message())
          .startsWith("backup: evil (expected: an id such as");
      assertThat(server.get("/v1/backups").body().path("backups")).isEmpty();
    }
  }

  @Test
  void aBackupThatFailsSaysWhy() throws Exception {
    Files.writeString(directory.resolve("place"), "no directory");
    try (RunningServer server = start()) {
      fill(server);

      JsonNode failed = ended(server, server.post("/v1/backups", "").body().path("id").asText());

      assertThat(failed.path("state").asText()).isEqualTo("failed");
      assertThat(failed.at("/error/code").asText()).isEqualTo("STORAGE_UNAVAILABLE");
      assertThat(failed.at("/error/message").asText())
          .contains(directory.resolve("place").toString());
      assertThat(server.get("/v1/tables/t/rows/a").status()).isEqualTo(200);
    }
  }

  @Test
  void withoutAPlaceThereAreNone() {
    try (RunningServer server = new RunningServer(directory.resolve("data"))) {
      Answer answer = server.post("/v1/backups", "");
      assertThat(answer.status()).isEqualTo(400);
      assertThat(answer.message())
          .isEqualTo("backups: none (expected: a server that was started with --backups URL)");
    }
  }
}
