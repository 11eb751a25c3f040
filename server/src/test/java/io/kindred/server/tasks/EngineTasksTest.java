package io.kindred.server.tasks;

import static org.assertj.core.api.Assertions.assertThat;

import io.kindred.engine.FoldStep;
import io.kindred.server.tasks.TaskInfo.Kind;
import io.kindred.server.tasks.TaskInfo.Line;
import io.kindred.server.tasks.TaskInfo.State;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

final class EngineTasksTest {
  private final EngineTasks tasks = new EngineTasks();

  @Test
  void theCheckpointsOfATableAreOneTask() {
    for (int i = 1; i <= 20; i++) {
      tasks.checkpointed("items", 1000L * i, Duration.ofMillis(10));
    }
    tasks.checkpointed("users", 7, Duration.ofMillis(5));

    List<TaskInfo> all = tasks.all();

    assertThat(all).extracting(TaskInfo::subject).containsExactly("items", "users");
    TaskInfo items = all.getFirst();
    assertThat(items.kind()).isEqualTo(Kind.CHECKPOINT);
    assertThat(items.step()).isEqualTo("the last of 20");
    assertThat(items.amount().done()).isEqualTo(20_000);
    assertThat(items.amount().perSecond()).isEqualTo(2e6);
    assertThat(items.lines())
        .extracting(Line::text)
        .hasSize(8)
        .startsWith("13000 bytes in 10 ms")
        .endsWith("20000 bytes in 10 ms");
    assertThat(all.get(1).step()).isEqualTo("the first");
  }

  @Test
  void checkpointsOfManyTablesAreBounded() {
    for (int i = 0; i < 500; i++) {
      tasks.checkpointed("t" + i, 1, Duration.ZERO);
    }

    assertThat(tasks.all()).hasSize(64).last().returns("t499", TaskInfo::subject);
  }

  @Test
  void aFoldThatWasNotCommittedFailed() {
    tasks.foldAdvanced("items", "items/0", FoldStep.MERGING, 10, 100);
    assertThat(tasks.all()).singleElement().returns(State.RUNNING, TaskInfo::state);

    tasks.foldEnded("items", "items/0");

    assertThat(tasks.all()).singleElement().returns(State.FAILED, TaskInfo::state);
  }

  @Test
  void theNextFoldIsExpectedToTakeAsLongAsTheLast() {
    tasks.foldAdvanced("items", "items/0", FoldStep.COMMITTING, 100, 100);
    tasks.folded("items", 100, Duration.ofSeconds(50));
    tasks.foldEnded("items", "items/0");
    tasks.foldAdvanced("items", "items/0", FoldStep.MERGING, 10, 200);

    TaskInfo fold = tasks.all().getFirst();
    assertThat(fold.remainingSeconds()).isBetween(90.0, 100.0);
    assertThat(tasks.all().get(1).state()).isEqualTo(State.DONE);
  }
}
