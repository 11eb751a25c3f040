package io.kindred.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.Duration;
import com.google.protobuf.Timestamp;
import io.grpc.ManagedChannel;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.StreamObserver;
import io.kindred.client.BloomFilter;
import io.kindred.client.CallFailedException;
import io.kindred.client.ClientOptions;
import io.kindred.client.KindredClient;
import io.kindred.client.PackedVectors;
import io.kindred.client.RowScan;
import io.kindred.client.RowWriter;
import io.kindred.protocol.v1.DeleteRequest;
import io.kindred.protocol.v1.FieldType;
import io.kindred.protocol.v1.GetRequest;
import io.kindred.protocol.v1.GetResponse;
import io.kindred.protocol.v1.GetStreamResponse;
import io.kindred.protocol.v1.GetVectorsRequest;
import io.kindred.protocol.v1.GetVectorsResponse;
import io.kindred.protocol.v1.HnswIndex;
import io.kindred.protocol.v1.Include;
import io.kindred.protocol.v1.Index;
import io.kindred.protocol.v1.IvfHnswPqIndex;
import io.kindred.protocol.v1.Key;
import io.kindred.protocol.v1.KeyType;
import io.kindred.protocol.v1.PutRequest;
import io.kindred.protocol.v1.PutStreamResponse;
import io.kindred.protocol.v1.Query;
import io.kindred.protocol.v1.ReadAfter;
import io.kindred.protocol.v1.Row;
import io.kindred.protocol.v1.RowServiceGrpc;
import io.kindred.protocol.v1.ScalarField;
import io.kindred.protocol.v1.ScanRequest;
import io.kindred.protocol.v1.SearchRequest;
import io.kindred.protocol.v1.SearchResult;
import io.kindred.protocol.v1.StoredRow;
import io.kindred.protocol.v1.StringList;
import io.kindred.protocol.v1.Table;
import io.kindred.protocol.v1.TableSpec;
import io.kindred.protocol.v1.UpdateRequest;
import io.kindred.protocol.v1.Value;
import io.kindred.protocol.v1.Vector;
import io.kindred.protocol.v1.VectorField;
import io.kindred.protocol.v1.WriteResponse;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Every call of `kindred.v1`, over real sockets and a real store, through the client.
final class GrpcTest {
  @TempDir static Path directory;
  private static RunningServer server;
  private static KindredClient client;

  @BeforeAll
  static void start() {
    server = new RunningServer(directory);
    client =
        KindredClient.of(ClientOptions.DEFAULT.withUrl(server.server.uri()).withAttemptsMax(1));
  }

  @AfterEach
  void empty() {
    server.empty();
  }

  @AfterAll
  static void stop() {
    client.close();
    server.close();
  }

  private static void createItems() {
    client.createTable(
        TableSpec.newBuilder()
            .setName("items")
            .addVectors(VectorField.newBuilder().setName("v").setDimension(2))
            .addFields(field("city", FieldType.FIELD_TYPE_STRING))
            .addFields(field("stock", FieldType.FIELD_TYPE_INT64))
            .addFields(field("price", FieldType.FIELD_TYPE_FLOAT64))
            .addFields(field("added", FieldType.FIELD_TYPE_TIMESTAMP))
            .addFields(field("tags", FieldType.FIELD_TYPE_STRING_LIST))
            .build());
  }

  private static ScalarField field(String name, FieldType type) {
    return ScalarField.newBuilder().setName(name).setType(type).build();
  }

  private static void createNumbers(int rows) {
    client.createTable(
        TableSpec.newBuilder()
            .setName("n")
            .setKey(KeyType.KEY_TYPE_UINT64)
            .addVectors(VectorField.newBuilder().setName("v").setDimension(3))
            .build());
    PutRequest.Builder put = PutRequest.newBuilder().setTable("n");
    for (int i = 0; i < rows; i++) {
      put.addRows(
          Row.newBuilder()
              .setId(key(i))
              .putVectors("v", PackedVectors.pack(new float[] {i, i + 0.5f, -i})));
    }
    client.put(put.build());
  }

  private static Key key(String text) {
    return Key.newBuilder().setText(text).build();
  }

  private static Key key(long number) {
    return Key.newBuilder().setNumber(number).build();
  }

  private static Row row(String id, float... vector) {
    return Row.newBuilder().setId(key(id)).putVectors("v", PackedVectors.pack(vector)).build();
  }

  private WriteResponse put(Row... rows) {
    return client.put(PutRequest.newBuilder().setTable("items").addAllRows(List.of(rows)).build());
  }

  @Test
  void tablesAreCreatedListedDescribedAndDropped() {
    createItems();
    Table table = client.getTable("items");

    assertThat(table.getSpec().getKey()).isEqualTo(KeyType.KEY_TYPE_STRING);
    assertThat(table.getSpec().getVectors(0).getIndex().getHnsw().getM()).isEqualTo(16);
    assertThat(table.getSpec().getFieldsList()).hasSize(5);
    assertThat(client.listTables()).extracting(t -> t.getSpec().getName()).containsExactly("items");
    client.dropTable("items");
    assertThatThrownBy(() -> client.getTable("items"))
        .isInstanceOfSatisfying(
            CallFailedException.class, e -> assertThat(e.code()).isEqualTo("TABLE_NOT_FOUND"));
  }

  @Test
  void aRowComesBackAsItWasPut() {
    createItems();
    Row row =
        row("a", 1, 0.1f).toBuilder()
            .putFields("stock", Value.newBuilder().setInt64Value(9007199254740993L).build())
            .putFields("price", Value.newBuilder().setInt64Value(3).build())
            .putFields(
                "added",
                Value.newBuilder()
                    .setTimestampValue(Timestamp.newBuilder().setSeconds(5).setNanos(1000))
                    .build())
            .putFields(
                "tags",
                Value.newBuilder().setStringList(StringList.newBuilder().addItems("x")).build())
            .setMetadata("{\"n\":9007199254740993,\"l\":[1,null]}")
            .setEventTime(Timestamp.newBuilder().setSeconds(7))
            .setTtl(Duration.newBuilder().setSeconds(3600))
            .build();
    assertThat(put(row).getApplied()).isEqualTo(1);

    StoredRow stored =
        client.get(GetRequest.newBuilder().setTable("items").addIds(key("a")).build()).getRows(0);
    assertThat(PackedVectors.unpack(stored.getVectorsOrThrow("v"))).containsExactly(1, 0.1f);
    assertThat(stored.getFieldsOrThrow("stock").getInt64Value()).isEqualTo(9007199254740993L);
    assertThat(stored.getFieldsOrThrow("price").getFloat64Value()).isEqualTo(3.0);
    assertThat(stored.getFieldsOrThrow("added").getTimestampValue())
        .isEqualTo(Timestamp.newBuilder().setSeconds(5).setNanos(1000).build());
    assertThat(stored.getFieldsOrThrow("tags").getStringList().getItemsList()).containsExactly("x");
    assertThat(stored.getMetadata()).isEqualTo("{\"n\":9007199254740993,\"l\":[1,null]}");
    assertThat(stored.getEventTime().getSeconds()).isEqualTo(7);
    assertThat(stored.hasExpiresAt()).isTrue();
  }

  @Test
  void rowsAreUpdatedDeletedAndReadAfterAToken() {
    createItems();
    put(row("a", 1, 0), row("b", 0, 1));
    WriteResponse updated =
        client.update(
            UpdateRequest.newBuilder()
                .setTable("items")
                .addRows(
                    Row.newBuilder()
                        .setId(key("a"))
                        .putFields("city", Value.newBuilder().setStringValue("rome").build()))
                .build());
    GetResponse got =
        client.get(
            GetRequest.newBuilder()
                .setTable("items")
                .addIds(key("x"))
                .addIds(key("a"))
                .setInclude(Include.newBuilder().setFields(true))
                .setReadAfter(ReadAfter.newBuilder().setToken(updated.getToken()))
                .build());

    assertThat(got.getMissingList()).containsExactly(0);
    assertThat(got.getRows(0).getFieldsOrThrow("city").getStringValue()).isEqualTo("rome");
    assertThat(got.getRows(0).getVectorsCount()).isZero();
    assertThat(
            client
                .delete(
                    DeleteRequest.newBuilder()
                        .setTable("items")
                        .setFilter("{\"city\":\"rome\"}")
                        .build())
                .getApplied())
        .isEqualTo(1);
    WriteResponse deleted =
        client.delete(
            DeleteRequest.newBuilder().setTable("items").addIds(key("a")).addIds(key("b")).build());
    assertThat(deleted.getApplied()).isEqualTo(1);
    assertThat(deleted.getMissingList()).containsExactly(0);
  }

  @Test
  void manyVectorsComeInOnePieceOfMemory() {
    createNumbers(500);
    GetVectorsRequest.Builder request = GetVectorsRequest.newBuilder().setTable("n");
    for (int i = 499; i >= 0; i--) {
      request.addNumbers(i);
    }
    request.addNumbers(-1).addNumbers(3).addNumbers(1_000);

    GetVectorsResponse response = client.getVectors(request.build());
    PackedVectors vectors = PackedVectors.of(response);
    assertThat(response.getMissingList()).containsExactly(500, 502);
    assertThat(vectors.count()).isEqualTo(503);
    float[] vector = new float[3];
    for (int i = 0; i < 500; i++) {
      vectors.copy(i, vector);
      assertThat(vector).containsExactly(499 - i, 499.5f - i, i - 499);
    }
    vectors.copy(500, vector);
    assertThat(vector).containsOnly(0);
    vectors.copy(501, vector);
    assertThat(vector).containsExactly(3, 3.5f, -3);
  }

  @Test
  void theDirectWayOfManyVectorsAnswersAsTheGeneralOne() {
    createNumbers(200);
    GetVectorsRequest.Builder request = GetVectorsRequest.newBuilder().setTable("n");
    for (int i = 0; i < 300; i++) {
      request.addNumbers(i * 7L % 250);
    }
    ManagedChannel channel =
        NettyChannelBuilder.forAddress("127.0.0.1", server.port()).usePlaintext().build();
    try {
      GetVectorsResponse general =
          RowServiceGrpc.newBlockingStub(channel)
              .withCompression("gzip")
              .getVectors(request.build());
      assertThat(client.getVectors(request.build())).isEqualTo(general);
    } finally {
      channel.shutdownNow();
    }
  }

  @Test
  void searchesAreAnsweredInTheirOrder() {
    createItems();
    put(
        row("a", 1, 0),
        row("b", 0.5f, 0).toBuilder()
            .putFields("city", Value.newBuilder().setStringValue("rome").build())
            .build(),
        row("c", 0, 1));
    SearchRequest.Builder request =
        SearchRequest.newBuilder()
            .setTable("items")
            .setK(2)
            .addQueries(Query.newBuilder().setVector(Vector.newBuilder().addValues(1).addValues(0)))
            .addQueries(Query.newBuilder().setId(key("a")));

    List<SearchResult> results = client.search(request.build()).getResultsList();
    assertThat(ids(results.get(0))).containsExactly("a", "b");
    assertThat(results.get(0).getMatches(0).getScore()).isEqualTo(1);
    assertThat(ids(results.get(1))).containsExactly("b", "c");
    SearchResult filtered =
        client
            .search(
                request
                    .setFilter("{\"city\":{\"$in\":[\"rome\"]}}")
                    .setInclude(Include.newBuilder().setFields(true))
                    .setEf(32)
                    .addExclude(key("x"))
                    .build())
            .getResults(0);
    assertThat(ids(filtered)).containsExactly("b");
    assertThat(filtered.getMatches(0).getRow().getFieldsOrThrow("city").getStringValue())
        .isEqualTo("rome");
    assertThat(filtered.getStats().getVersion()).isEqualTo("v1");
    assertThat(filtered.hasExplanation()).isFalse();
  }

  @Test
  void aTablesMemoryBudgetIsAnsweredAsItWasGiven() {
    TableSpec spec = TableSpec.newBuilder().setName("limited").setMemoryBytes(1L << 30).build();
    assertThat(client.createTable(spec).getSpec().getMemoryBytes()).isEqualTo(1L << 30);
    assertThat(client.getTable("limited").getSpec().getMemoryBytes()).isEqualTo(1L << 30);
  }

  @Test
  void aTableOfListsIsSearchedByANumberOfThem() {
    IvfHnswPqIndex lists =
        IvfHnswPqIndex.newBuilder()
            .setLists(5)
            .setSubspaces(1)
            .setGraph(HnswIndex.newBuilder().setM(8).setEfConstruction(40))
            .build();
    Table created =
        client.createTable(
            TableSpec.newBuilder()
                .setName("lists")
                .addVectors(
                    VectorField.newBuilder()
                        .setName("v")
                        .setDimension(2)
                        .setIndex(Index.newBuilder().setIvfHnswPq(lists)))
                .build());
    IvfHnswPqIndex answered = created.getSpec().getVectors(0).getIndex().getIvfHnswPq();
    assertThat(answered.getLists()).isEqualTo(5);
    assertThat(answered.getGraph().getM()).isEqualTo(8);
    SearchRequest request =
        SearchRequest.newBuilder()
            .setTable("lists")
            .setK(2)
            .setNprobe(3)
            .addQueries(Query.newBuilder().setVector(Vector.newBuilder().addValues(1).addValues(0)))
            .build();
    assertThat(client.search(request).getResults(0).getMatchesCount()).isZero();
  }

  @Test
  void aSearchLeavesOutWhatABloomFilterHoldsAndTellsHowItFoundTheRest() {
    createItems();
    put(row("a", 1, 0), row("b", 0.5f, 0), row("c", 0, 1));
    BloomFilter seen = BloomFilter.of(10, 1e-6);
    seen.add("a");
    server.store.table("items").fold();
    SearchRequest request =
        SearchRequest.newBuilder()
            .setTable("items")
            .setK(1)
            .addQueries(Query.newBuilder().setVector(Vector.newBuilder().addValues(1).addValues(0)))
            .setBloom(seen.toMessage())
            .setExplain(true)
            .build();
    SearchResult found = client.search(request).getResults(0);
    assertThat(ids(found)).containsExactly("b");
    assertThat(found.getExplanation().getParts(0).getPath()).isEqualTo("exact");
    assertThat(found.getExplanation().getParts(0).getRows()).isEqualTo(3);
    assertThatThrownBy(
            () ->
                client.search(
                    request.toBuilder()
                        .setBloom(seen.toMessage().toBuilder().setHashes(0))
                        .build()))
        .hasMessageContaining("bloom.hashes: 0");
  }

  private static List<String> ids(SearchResult result) {
    return result.getMatchesList().stream().map(m -> m.getRow().getId().getText()).toList();
  }

  @Test
  void aWriterStoresAllBatchesAndAScanReadsThemInOrder() {
    createNumbers(0);
    AtomicLong applied = new AtomicLong();
    List<Long> rejected = new ArrayList<>();
    RowWriter.Listener listener =
        (firstRow, rows, response) -> {
          applied.addAndGet(response.getApplied());
          synchronized (rejected) {
            response.getRejectedList().forEach(r -> rejected.add(firstRow + r.getIndex()));
          }
        };
    try (RowWriter writer = client.writer("n", 100, listener)) {
      for (int i = 0; i < 1_050; i++) {
        float[] vector = i == 777 ? new float[2] : new float[] {i, 1, 2};
        writer.add(
            Row.newBuilder().setId(key(i)).putVectors("v", PackedVectors.pack(vector)).build());
      }
    }

    assertThat(applied).hasValue(1_049);
    assertThat(rejected).containsExactly(777L);
    RowScan scan = client.scanAll(ScanRequest.newBuilder().setTable("n").setLimit(300).build());
    List<Long> ids = new ArrayList<>();
    scan.forEachRemaining(row -> ids.add(row.getId().getNumber()));
    assertThat(ids).hasSize(1_049).isSorted();
  }

  @Test
  void aStreamOfBatchesIsAcknowledgedInOrderAndSurvivesABadOne() throws Exception {
    createNumbers(0);
    Answers<PutStreamResponse> answers = new Answers<>();
    try (Connection connection = new Connection(server.port())) {
      StreamObserver<PutRequest> batches = connection.rows.putStream(answers);
      for (int i = 0; i < 50; i++) {
        batches.onNext(
            PutRequest.newBuilder()
                .setTable(i == 20 ? "none" : "n")
                .addRows(
                    Row.newBuilder()
                        .setId(key(1))
                        .putVectors("v", PackedVectors.pack(new float[] {i, 0, 0})))
                .build());
      }
      batches.onCompleted();
      List<PutStreamResponse> all = answers.all.get(20, TimeUnit.SECONDS);

      assertThat(all).hasSize(50);
      for (int i = 0; i < 50; i++) {
        assertThat(all.get(i).getSequence()).isEqualTo(i);
        assertThat(all.get(i).hasWritten()).isEqualTo(i != 20);
      }
      assertThat(all.get(20).getError().getCode()).isEqualTo("TABLE_NOT_FOUND");
    }
    float[] last = new float[3];
    PackedVectors.of(
            client.getVectors(GetVectorsRequest.newBuilder().setTable("n").addNumbers(1).build()))
        .copy(0, last);
    assertThat(last[0]).isEqualTo(49);
  }

  @Test
  void aStreamOfGetsIsAnsweredInOrder() throws Exception {
    createNumbers(100);
    int batchesCount = 20_000;
    Answers<GetStreamResponse> answers = new Answers<>();
    try (Connection connection = new Connection(server.port())) {
      StreamObserver<GetRequest> batches = connection.rows.getStream(answers);
      for (int i = 0; i < batchesCount; i++) {
        batches.onNext(
            GetRequest.newBuilder().setTable("n").addIds(key(i % 100)).addIds(key(1_000)).build());
      }
      batches.onCompleted();
      List<GetStreamResponse> all = answers.all.get(20, TimeUnit.SECONDS);

      assertThat(all).hasSize(batchesCount);
      for (int i = 0; i < batchesCount; i++) {
        assertThat(all.get(i).getSequence()).isEqualTo(i);
        assertThat(all.get(i).getFound().getRows(0).getId().getNumber()).isEqualTo(i % 100);
        assertThat(all.get(i).getFound().getMissingList()).containsExactly(1);
      }
    }
  }

  /// A connection of its own, for streams.
  private static final class Connection implements AutoCloseable {
    private final ManagedChannel channel;
    private final RowServiceGrpc.RowServiceStub rows;

    Connection(int port) {
      channel = NettyChannelBuilder.forAddress("127.0.0.1", port).usePlaintext().build();
      rows = RowServiceGrpc.newStub(channel);
    }

    @Override
    public void close() {
      channel.shutdownNow();
    }
  }

  /// All answers of a stream, once it is over.
  private static final class Answers<A> implements StreamObserver<A> {
    private final List<A> received = new ArrayList<>();
    private final CompletableFuture<List<A>> all = new CompletableFuture<>();

    @Override
    public void onNext(A answer) {
      received.add(answer);
    }

    @Override
    public void onError(Throwable thrown) {
      all.completeExceptionally(thrown);
    }

    @Override
    public void onCompleted() {
      all.complete(received);
    }
  }
}
