package io.kindred.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.kindred.client.CallFailedException;
import io.kindred.client.ClientOptions;
import io.kindred.client.KindredClient;
import io.kindred.engine.store.StoreVerifier;
import io.kindred.protocol.v1.DeleteRequest;
import io.kindred.protocol.v1.FieldType;
import io.kindred.protocol.v1.GetRequest;
import io.kindred.protocol.v1.GetResponse;
import io.kindred.protocol.v1.Key;
import io.kindred.protocol.v1.KeyType;
import io.kindred.protocol.v1.PutRequest;
import io.kindred.protocol.v1.Row;
import io.kindred.protocol.v1.ScalarField;
import io.kindred.protocol.v1.TableSpec;
import io.kindred.protocol.v1.Value;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The server is killed in the middle of writes, again and again, and keeps what it acknowledged.
final class CrashIT {
  private static final int ROUNDS = 10;
  private static final int WRITERS = 4;
  private static final int KEYS_PER_WRITER = 200;
  private static final long SEED = Long.getLong("seed", 42);

  @TempDir private Path directory;

  /// What one writer knows of its own keys. Owned by the writer's thread, then by the test's.
  private static final class Ledger {
    private final Map<Long, Long> acknowledged = new HashMap<>();
    private final Map<Long, Set<Long>> unanswered = new HashMap<>();
    private long counter;

    /// Zero stands for a deleted row.
    Set<Long> allowed(long key) {
      Set<Long> allowed = new HashSet<>(unanswered.getOrDefault(key, Set.of()));
      allowed.add(acknowledged.getOrDefault(key, 0L));
      return allowed;
    }
  }

  @Test
  void everyAcknowledgedWriteSurvivesTenKills() throws IOException, InterruptedException {
    Path data = directory.resolve("data");
    SplittableRandom random = new SplittableRandom(SEED);
    List<Ledger> ledgers = new ArrayList<>();
    for (int i = 0; i < WRITERS; i++) {
      ledgers.add(new Ledger());
    }
    try (KindredProcess server = KindredProcess.serve(data);
        KindredClient client = client(server)) {
      client.createTable(
          TableSpec.newBuilder()
              .setName("t")
              .setKey(KeyType.KEY_TYPE_UINT64)
              .addFields(ScalarField.newBuilder().setName("n").setType(FieldType.FIELD_TYPE_INT64))
              .build());
    }
    for (int round = 0; round < ROUNDS; round++) {
      try (KindredProcess server = KindredProcess.serve(data);
          KindredClient client = client(server)) {
        verify(client, ledgers, "seed " + SEED + ", round " + round);
        writeUntilKilled(server, client, ledgers, random.split());
      }
      verifyFiles(data, "seed " + SEED + ", round " + round);
    }
    try (KindredProcess server = KindredProcess.serve(data);
        KindredClient client = client(server)) {
      verify(client, ledgers, "seed " + SEED + ", at the end");
    }
  }

  private static KindredClient client(KindredProcess server) {
    return KindredClient.of(ClientOptions.DEFAULT.withUrl(server.uri()).withAttemptsMax(1));
  }

  private static void writeUntilKilled(
      KindredProcess server, KindredClient client, List<Ledger> ledgers, SplittableRandom random)
      throws InterruptedException {
    CountDownLatch enough = new CountDownLatch(50 + random.nextInt(400));
    List<Thread> writers = new ArrayList<>();
    for (int i = 0; i < WRITERS; i++) {
      int writer = i;
      SplittableRandom own = random.split();
      writers.add(
          Thread.ofVirtual().start(() -> write(client, ledgers.get(writer), writer, own, enough)));
    }
    enough.await();
    server.kill();
    for (Thread thread : writers) {
      thread.join();
    }
  }

  private static void write(
      KindredClient client,
      Ledger ledger,
      int writer,
      SplittableRandom random,
      CountDownLatch acknowledgements) {
    while (true) {
      long key = (long) writer * KEYS_PER_WRITER + random.nextInt(KEYS_PER_WRITER);
      boolean isDelete = random.nextInt(5) == 0;
      long value = isDelete ? 0 : ++ledger.counter;
      try {
        if (isDelete) {
          client.delete(DeleteRequest.newBuilder().setTable("t").addIds(id(key)).build());
        } else {
          client.put(PutRequest.newBuilder().setTable("t").addRows(row(key, value)).build());
        }
      } catch (CallFailedException e) {
        // It may have been stored or not; both are right.
        ledger.unanswered.computeIfAbsent(key, _ -> new HashSet<>()).add(value);
        return;
      }
      ledger.acknowledged.put(key, value);
      ledger.unanswered.remove(key);
      acknowledgements.countDown();
    }
  }

  private static Key id(long key) {
    return Key.newBuilder().setNumber(key).build();
  }

  private static Row row(long key, long value) {
    return Row.newBuilder()
        .setId(id(key))
        .putFields("n", Value.newBuilder().setInt64Value(value).build())
        .build();
  }

  private static void verify(KindredClient client, List<Ledger> ledgers, String place) {
    Map<Long, Long> stored = new HashMap<>();
    GetRequest.Builder request = GetRequest.newBuilder().setTable("t");
    for (long key = 0; key < (long) WRITERS * KEYS_PER_WRITER; key++) {
      request.addIds(id(key));
    }
    GetResponse response = client.get(request.build());
    response
        .getRowsList()
        .forEach(
            row ->
                stored.put(
                    row.getId().getNumber(),
                    row.getFieldsOrDefault("n", Value.getDefaultInstance()).getInt64Value()));
    for (long key = 0; key < (long) WRITERS * KEYS_PER_WRITER; key++) {
      Ledger ledger = ledgers.get((int) (key / KEYS_PER_WRITER));
      long value = stored.getOrDefault(key, 0L);
      assertThat(ledger.allowed(key)).as(place + ", key " + key).contains(value);
      // What is read once is acknowledged from then on.
      ledger.acknowledged.put(key, value);
      ledger.unanswered.remove(key);
    }
    assertThat(client.getTable("t").getRowCount()).as(place).isEqualTo(stored.size());
  }

  private static void verifyFiles(Path data, String place) {
    assertThat(StoreVerifier.verify(data, _ -> {})).as(place).isEmpty();
  }
}
