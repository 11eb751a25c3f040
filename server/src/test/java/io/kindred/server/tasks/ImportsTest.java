package io.kindred.server.tasks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kindred.engine.ErrorCode;
import io.kindred.engine.KindredException;
import io.kindred.server.tasks.TaskInfo.Action;
import io.kindred.server.tasks.TaskInfo.Kind;
import io.kindred.server.tasks.TaskInfo.State;
import java.time.Instant;
import org.junit.jupiter.api.Test;

final class ImportsTest {
  private Instant now = Instant.parse("2026-01-31T10:00:00Z");
  private final Imports imports = new Imports(() -> now);

  @Test
  void theBatchesOfAnImportAreOneTask() {
    imports.wrote("import-7f-0", "items", 1000);
    now = now.plusSeconds(2);
    imports.wrote("import-7f-1", "items", 500);
    imports.wrote(null, "items", 9);
    imports.wrote("web-1", "items", 9);
    imports.wrote("import-of-mine", "items", 9);

    TaskInfo task = imports.all().getFirst();
    assertThat(imports.all()).hasSize(1);
    assertThat(task.id()).isEqualTo("import-7f");
    assertThat(task.kind()).isEqualTo(Kind.IMPORT);
    assertThat(task.table()).isEqualTo("items");
    assertThat(task.state()).isEqualTo(State.RUNNING);
    assertThat(task.amount().done()).isEqualTo(1500);
    assertThat(task.amount().perSecond()).isEqualTo(750);
    assertThat(task.actions()).containsExactlyInAnyOrder(Action.PAUSE, Action.CANCEL);
  }

  @Test
  void anImportFromWhichNothingComesIsOver() {
    imports.wrote("import-7f-0", "items", 1000);
    now = now.plusSeconds(6);

    TaskInfo task = imports.all().getFirst();
    assertThat(task.state()).isEqualTo(State.DONE);
    assertThat(task.endedMillis()).isEqualTo(task.startedMillis());
    assertThat(task.actions()).isEmpty();
  }

  @Test
  void aCancelledImportIsRefusedAndOthersGoOn() {
    imports.wrote("import-a-0", "items", 1);
    imports.wrote("import-b-0", "items", 1);

    imports.cancel("import-a");

    imports.require("import-b-1");
    imports.require("import-c-0");
    imports.require(null);
    assertThatThrownBy(() -> imports.require("import-a-1"))
        .isInstanceOf(KindredException.class)
        .hasMessage("operation_id: import-a-1 (expected: one of an import that was not cancelled)");
    assertThat(imports.all()).first().returns(State.CANCELLED, TaskInfo::state);
  }

  @Test
  void aPausedImportIsPutOffUntilItIsResumed() {
    imports.wrote("import-a-0", "items", 5);
    imports.pause("import-a", true);
    now = now.plusSeconds(60);

    assertThatThrownBy(() -> imports.require("import-a-1"))
        .isInstanceOfSatisfying(
            KindredException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.PAUSED))
        .hasMessageContaining("task import-a is resumed");
    imports.require("import-b-0");
    TaskInfo paused = imports.all().getFirst();
    assertThat(paused.state()).isEqualTo(State.PAUSED);
    assertThat(paused.endedMillis()).isNull();
    assertThat(paused.actions()).containsExactlyInAnyOrder(Action.RESUME, Action.CANCEL);

    imports.pause("import-a", false);
    imports.require("import-a-1");
    imports.wrote("import-a-1", "items", 5);
    assertThat(imports.all().getFirst())
        .returns(State.RUNNING, TaskInfo::state)
        .returns(10L, task -> task.amount().done());
  }

  @Test
  void pausedImportsAreForgottenLast() {
    imports.wrote("import-paused-0", "items", 1);
    imports.pause("import-paused", true);
    for (int i = 0; i < 100; i++) {
      imports.wrote("import-%d-0".formatted(i), "items", 1);
    }
    assertThat(imports.all()).hasSize(24).last().returns("import-99", TaskInfo::id);
    assertThatThrownBy(() -> imports.require("import-paused-1")).hasMessageContaining("paused");

    for (int i = 100; i < 200; i++) {
      imports.wrote("import-%d-0".formatted(i), "items", 1);
      imports.pause("import-" + i, true);
    }
    assertThat(imports.all()).hasSize(24).last().returns("import-199", TaskInfo::id);
    imports.require("import-paused-1");
  }

  @Test
  void onlyTheLastAreKept() {
    for (int i = 0; i < 100; i++) {
      imports.wrote("import-%d-0".formatted(i), "items", 1);
    }

    assertThat(imports.all()).hasSize(24).last().returns("import-99", TaskInfo::id);
  }
}
