package io.kindred.server.tasks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kindred.engine.KeyType;
import io.kindred.engine.StoreOptions;
import io.kindred.engine.TableSpec;
import io.kindred.engine.backup.Backups;
import io.kindred.engine.backup.DirectoryObjectStore;
import io.kindred.engine.backup.ObjectStore;
import io.kindred.engine.store.EmbeddedStore;
import io.kindred.server.backup.BackupTasks;
import io.kindred.server.tasks.TaskInfo.Action;
import io.kindred.server.tasks.TaskInfo.State;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// What can be done with a backup under way.
@Timeout(60)
final class TaskBoardTest {
  @TempDir Path directory;

  private final CountDownLatch reached = new CountDownLatch(1);
  private final CountDownLatch gate = new CountDownLatch(1);
  private EmbeddedStore store;
  private BackupTasks backups;
  private TaskBoard board;

  /// A place whose first file waits at a gate.
  private ObjectStore gated(ObjectStore place) {
    return (ObjectStore)
        Proxy.newProxyInstance(
            ObjectStore.class.getClassLoader(),
            new Class<?>[] {ObjectStore.class},
            (_, method, arguments) -> {
              if (method.getName().equals("create")
                  && !((String) arguments[0]).contains("active")) {
                reached.countDown();
                gate.await();
              }
              try {
                return method.invoke(place, arguments);
              } catch (InvocationTargetException e) {
                throw e.getCause();
              }
            });
  }

  @BeforeEach
  void open() {
    store = EmbeddedStore.open(StoreOptions.at(directory.resolve("data")));
    store.createTable(TableSpec.of("t", KeyType.UINT64, Map.of(), Map.of()));
    store.checkpoint();
    backups =
        new BackupTasks(
            store, new Backups(gated(new DirectoryObjectStore(directory.resolve("place")))));
    board = new TaskBoard(store, new EngineTasks(), new Imports(InstantSource.system()), backups);
  }

  @AfterEach
  void close() {
    gate.countDown();
    backups.close();
    store.close();
  }

  private TaskInfo task(String id) {
    return board.all().stream().filter(it -> it.id().equals(id)).findFirst().orElseThrow();
  }

  private String beginAndPause() throws InterruptedException {
    String id = backups.backUp(List.of()).id();
    reached.await();
    assertThat(task(id).actions()).containsExactlyInAnyOrder(Action.PAUSE, Action.CANCEL);
    board.act(id, Action.PAUSE);
    gate.countDown();
    while (task(id).amount().done() == 0) {
      Thread.onSpinWait();
    }
    assertThat(task(id).state()).isEqualTo(State.PAUSED);
    assertThat(task(id).endedMillis()).isNull();
    assertThat(task(id).actions()).containsExactlyInAnyOrder(Action.RESUME, Action.CANCEL);
    assertThatThrownBy(() -> board.act(id, Action.PAUSE))
        .hasMessageEndingWith("that is paused (expected: one whose actions include pause)");
    return id;
  }

  private void awaitEnd(String id) {
    while (task(id).endedMillis() == null) {
      Thread.onSpinWait();
    }
  }

  @Test
  void aPausedBackupGoesOnOnceItIsResumed() throws Exception {
    String id = beginAndPause();

    board.act(id, Action.RESUME);

    awaitEnd(id);
    assertThat(task(id).state()).isEqualTo(State.DONE);
    assertThat(task(id).actions()).isEmpty();
    assertThat(backups.backups().read(id).tables()).hasSize(1);
  }

  @Test
  void aPausedBackupCanBeCancelled() throws Exception {
    String id = beginAndPause();

    board.act(id, Action.CANCEL);

    awaitEnd(id);
    assertThat(task(id).state()).isEqualTo(State.CANCELLED);
    assertThat(task(id).error()).isNull();
  }
}
