package io.kindred.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.ClientInterceptor;
import io.grpc.ForwardingClientCall.SimpleForwardingClientCall;
import io.grpc.ForwardingClientCallListener.SimpleForwardingClientCallListener;
import io.grpc.Grpc;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.ClientCalls;
import io.kindred.protocol.v1.CreateTableRequest;
import io.kindred.protocol.v1.DeleteRequest;
import io.kindred.protocol.v1.GetRequest;
import io.kindred.protocol.v1.GetVectorsRequest;
import io.kindred.protocol.v1.Key;
import io.kindred.protocol.v1.PutRequest;
import io.kindred.protocol.v1.Query;
import io.kindred.protocol.v1.RejectedRow;
import io.kindred.protocol.v1.Row;
import io.kindred.protocol.v1.RowServiceGrpc;
import io.kindred.protocol.v1.RowServiceGrpc.RowServiceBlockingStub;
import io.kindred.protocol.v1.ScanRequest;
import io.kindred.protocol.v1.SearchRequest;
import io.kindred.protocol.v1.SearchServiceGrpc;
import io.kindred.protocol.v1.SearchServiceGrpc.SearchServiceBlockingStub;
import io.kindred.protocol.v1.TableServiceGrpc;
import io.kindred.protocol.v1.TableSpec;
import io.kindred.protocol.v1.Value;
import io.kindred.protocol.v1.Vector;
import io.kindred.protocol.v1.VectorField;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Bad input over gRPC: the documented status and error code, nothing stored, nothing logged above
/// DEBUG, and the connection goes on.
final class BadGrpcInputTest {
  private static final Metadata.Key<String> CODE =
      Metadata.Key.of("kindred-error-code", Metadata.ASCII_STRING_MARSHALLER);

  @TempDir static Path directory;
  private static RunningServer server;
  private static ManagedChannel channel;
  private static RowServiceBlockingStub rows;
  private static SearchServiceBlockingStub searches;
  private static LogCapture log;
  private static final Set<String> CONNECTIONS = ConcurrentHashMap.newKeySet();

  @BeforeAll
  static void start() {
    server = new RunningServer(directory);
    server.post(
        "/v1/tables",
        "{'name':'t','vectors':{'v':{'dimension':2,'metric':'cosine','index':{'kind':'flat'}}},"
            + "'fields':{'n':{'type':'int64'}}}");
    server.post("/v1/tables/t/rows:put", "{'rows':[{'id':'kept','vectors':{'v':[1,0]}}]}");
    channel =
        NettyChannelBuilder.forAddress("127.0.0.1", server.port())
            .usePlaintext()
            .intercept(new Connections())
            .build();
    rows = RowServiceGrpc.newBlockingStub(channel);
    searches = SearchServiceGrpc.newBlockingStub(channel);
    log = new LogCapture();
  }

  @AfterAll
  static void stop() {
    log.close();
    channel.shutdownNow();
    server.close();
  }

  @AfterEach
  void nothingIsStoredNothingIsLoggedAndTheConnectionGoesOn() {
    assertThat(rows.get(get("kept")).getRowsCount()).isEqualTo(1);
    assertThat(server.get("/v1/tables/t").body().get("row_count").asInt()).isEqualTo(1);
    assertThat(server.get("/v1/tables").body().get("tables")).hasSize(1);
    assertThat(log.lines()).isEmpty();
    assertThat(CONNECTIONS).hasSize(1);
  }

  /// Notes the local address of each call's connection.
  private static final class Connections implements ClientInterceptor {
    @Override
    public <Q, A> ClientCall<Q, A> interceptCall(
        MethodDescriptor<Q, A> method, CallOptions options, Channel next) {
      return new SimpleForwardingClientCall<>(next.newCall(method, options)) {
        @Override
        public void start(Listener<A> listener, Metadata headers) {
          super.start(
              new SimpleForwardingClientCallListener<>(listener) {
                @Override
                public void onClose(Status status, Metadata trailers) {
                  CONNECTIONS.add(
                      String.valueOf(getAttributes().get(Grpc.TRANSPORT_ATTR_LOCAL_ADDR)));
                  super.onClose(status, trailers);
                }
              },
              headers);
        }
      };
    }
  }

  private static GetRequest get(String id) {
    return GetRequest.newBuilder().setTable("t").addIds(key(id)).build();
  }

  private static Key key(String id) {
    return Key.newBuilder().setText(id).build();
  }

  private static Vector vector(float... values) {
    Vector.Builder vector = Vector.newBuilder();
    for (float value : values) {
      vector.addValues(value);
    }
    return vector.build();
  }

  private static void assertFails(ThrowingCallable call, Status.Code status, String code) {
    assertThatThrownBy(call)
        .satisfies(
            thrown -> {
              Metadata trailers = Status.trailersFromThrowable(thrown);
              assertThat(trailers == null ? "" : trailers.get(CODE)).isEqualTo(code);
              assertThat(Status.fromThrowable(thrown).getCode()).isEqualTo(status);
            });
  }

  private static void assertInvalid(ThrowingCallable call, String code) {
    assertFails(call, Status.Code.INVALID_ARGUMENT, code);
  }

  @Test
  void badRowsAreRejectedByIndex() {
    Row good = Row.newBuilder().setId(key("x")).build();
    List<Row> bad =
        List.of(
            good.toBuilder().putVectors("v", vector(1, 2, 3)).build(),
            good.toBuilder().putVectors("v", vector(1, Float.NaN)).build(),
            good.toBuilder().putVectors("v", vector(1, Float.NEGATIVE_INFINITY)).build(),
            good.toBuilder().putVectors("v", vector(0, 0)).build(),
            good.toBuilder().putVectors("w", vector(1, 0)).build(),
            good.toBuilder()
                .putVectors(
                    "v", Vector.newBuilder().setPacked(ByteString.copyFrom(new byte[7])).build())
                .build(),
            good.toBuilder()
                .putVectors(
                    "v",
                    vector(1, 0).toBuilder().setPacked(ByteString.copyFrom(new byte[8])).build())
                .build(),
            good.toBuilder()
                .putFields("n", Value.newBuilder().setStringValue("many").build())
                .build(),
            good.toBuilder().putFields("n", Value.getDefaultInstance()).build(),
            good.toBuilder().putFields("m", Value.newBuilder().setInt64Value(1).build()).build(),
            good.toBuilder().setMetadata("{").build(),
            good.toBuilder().setId(key("k".repeat(513))).build(),
            good.toBuilder().setId(Key.newBuilder().setNumber(1)).build(),
            good.toBuilder().clearId().build());

    List<RejectedRow> rejected =
        rows.put(PutRequest.newBuilder().setTable("t").addAllRows(bad).build()).getRejectedList();
    assertThat(rejected).extracting(RejectedRow::getIndex).hasSize(bad.size()).isSorted();
    assertThat(rejected)
        .extracting(row -> row.getError().getCode())
        .containsExactly(
            "DIMENSION_MISMATCH",
            "INVALID_VECTOR",
            "INVALID_VECTOR",
            "INVALID_VECTOR",
            "UNKNOWN_FIELD",
            "INVALID_VECTOR",
            "INVALID_VECTOR",
            "TYPE_MISMATCH",
            "INVALID_ARGUMENT",
            "UNKNOWN_FIELD",
            "INVALID_ARGUMENT",
            "INVALID_KEY",
            "INVALID_KEY",
            "INVALID_KEY");
  }

  @Test
  void badSearchesAreRefused() {
    SearchRequest good =
        SearchRequest.newBuilder()
            .setTable("t")
            .addQueries(Query.newBuilder().setVector(vector(1, 0)))
            .build();
    assertThat(searches.search(good).getResults(0).getMatchesCount()).isEqualTo(1);

    assertInvalid(() -> searches.search(good.toBuilder().setK(10_001).build()), "INVALID_ARGUMENT");
    assertInvalid(() -> searches.search(good.toBuilder().setK(-1).build()), "INVALID_ARGUMENT");
    assertInvalid(
        () -> searches.search(good.toBuilder().setEf(1 << 30).build()), "INVALID_ARGUMENT");
    assertInvalid(() -> searches.search(good.toBuilder().setRecall(2).build()), "INVALID_ARGUMENT");
    assertInvalid(() -> searches.search(good.toBuilder().setField("w").build()), "UNKNOWN_FIELD");
    assertInvalid(
        () -> searches.search(good.toBuilder().setFilter("{\"n\":").build()), "INVALID_ARGUMENT");
    assertInvalid(
        () -> searches.search(good.toBuilder().setFilter("{\"n\":{\"$near\":1}}").build()),
        "INVALID_FILTER");
    assertInvalid(
        () -> searches.search(good.toBuilder().clearQueries().build()), "INVALID_ARGUMENT");
    assertInvalid(
        () -> searches.search(good.toBuilder().setMinScore(Float.NaN).build()), "INVALID_ARGUMENT");
    for (Vector wrong : new Vector[] {vector(1), vector(1, Float.NaN), vector(0, 0)}) {
      assertInvalid(
          () ->
              searches.search(
                  good.toBuilder().setQueries(0, Query.newBuilder().setVector(wrong)).build()),
          wrong.getValuesCount() == 1 ? "DIMENSION_MISMATCH" : "INVALID_VECTOR");
    }
    assertFails(
        () -> searches.search(good.toBuilder().setVersion("v9").build()),
        Status.Code.NOT_FOUND,
        "VERSION_NOT_FOUND");
  }

  @Test
  void badReadsAreRefused() {
    GetVectorsRequest vectors =
        GetVectorsRequest.newBuilder().setTable("t").addTexts("kept").build();
    assertThat(rows.getVectors(vectors).getVectors().size()).isEqualTo(8);

    assertInvalid(
        () -> rows.getVectors(vectors.toBuilder().clearTexts().build()), "INVALID_ARGUMENT");
    assertInvalid(() -> rows.getVectors(vectors.toBuilder().addNumbers(1).build()), "INVALID_KEY");
    assertInvalid(
        () -> rows.getVectors(vectors.toBuilder().setField("w").build()), "UNKNOWN_FIELD");
    assertInvalid(
        () -> rows.getVectors(vectors.toBuilder().addTexts("k".repeat(513)).build()),
        "INVALID_KEY");
    assertFails(
        () -> rows.getVectors(vectors.toBuilder().setTable("é").build()),
        Status.Code.NOT_FOUND,
        "TABLE_NOT_FOUND");
    assertInvalid(
        () -> rows.scan(ScanRequest.newBuilder().setTable("t").setLimit(10_001).build()),
        "INVALID_ARGUMENT");
    assertInvalid(
        () -> rows.delete(DeleteRequest.newBuilder().setTable("t").build()), "INVALID_ARGUMENT");
    assertInvalid(
        () -> rows.get(GetRequest.newBuilder().setTable("t").addIds(key("")).build()),
        "INVALID_KEY");
  }

  /// A message longer than clients take headers would end the connection with all of its calls.
  @Test
  void aLongValueIsCutOutOfTheMessage() {
    String name = "é".repeat(100_000);

    assertFails(
        () -> rows.get(GetRequest.newBuilder().setTable(name).addIds(key("kept")).build()),
        Status.Code.NOT_FOUND,
        "TABLE_NOT_FOUND");
    assertFails(
        () ->
            rows.getVectors(GetVectorsRequest.newBuilder().setTable(name).addTexts("kept").build()),
        Status.Code.NOT_FOUND,
        "TABLE_NOT_FOUND");
  }

  @Test
  void anOperationIdOfAnotherRequestIsRefusedWhereTheOutcomeCannotBeItsOwn() {
    DeleteRequest.Builder delete =
        DeleteRequest.newBuilder().setTable("t").setOperationId("grpc-taken");
    for (String id : List.of("none", "nil", "nought")) {
      delete.addIds(key(id));
    }
    assertThat(rows.delete(delete.build()).getMissingList()).containsExactly(0, 1, 2);

    PutRequest put =
        PutRequest.newBuilder()
            .setTable("t")
            .setOperationId("grpc-taken")
            .addRows(Row.newBuilder().setId(key("x")))
            .build();
    assertInvalid(() -> rows.put(put), "INVALID_ARGUMENT");
  }

  @Test
  void badTablesAreRefused() {
    TableServiceGrpc.TableServiceBlockingStub tables = TableServiceGrpc.newBlockingStub(channel);
    TableSpec spec =
        TableSpec.newBuilder()
            .setName("x")
            .addVectors(VectorField.newBuilder().setName("v").setDimension(2))
            .build();

    List<TableSpec> bad = new ArrayList<>();
    bad.add(spec.toBuilder().clearName().build());
    bad.add(spec.toBuilder().addVectors(spec.getVectors(0)).build());
    bad.add(spec.toBuilder().setShards(1_000).build());
    bad.add(spec.toBuilder().setMemoryBytes(-1).build());
    bad.add(
        spec.toBuilder().setVectors(0, spec.getVectors(0).toBuilder().setDimension(8_193)).build());
    for (TableSpec wrong : bad) {
      assertInvalid(
          () -> tables.createTable(CreateTableRequest.newBuilder().setTable(wrong).build()),
          "INVALID_ARGUMENT");
    }
    assertFails(
        () ->
            tables.createTable(
                CreateTableRequest.newBuilder().setTable(spec.toBuilder().setName("t")).build()),
        Status.Code.ALREADY_EXISTS,
        "TABLE_EXISTS");
  }

  @Test
  void whatIsNoProtobufIsRefused() {
    byte[] garbage = {(byte) 0xff, (byte) 0xff, (byte) 0xff, 1, 2, 3};

    for (MethodDescriptor<?, ?> method :
        List.of(RowServiceGrpc.getPutMethod(), RowServiceGrpc.getGetVectorsMethod())) {
      assertInvalid(() -> callRaw(method, garbage), "INVALID_ARGUMENT");
    }
  }

  @Test
  void oversizedBatchesAndMessagesAreRefused() {
    PutRequest.Builder many = PutRequest.newBuilder().setTable("t");
    for (int i = 0; i < 10_001; i++) {
      many.addRows(Row.newBuilder().setId(key("x")));
    }
    assertInvalid(() -> rows.put(many.build()), "TOO_LARGE");
    PutRequest large =
        PutRequest.newBuilder()
            .setTable("t")
            .addRows(Row.newBuilder().setId(key("x")).setMetadata(" ".repeat(33 * 1024 * 1024)))
            .build();
    assertInvalid(() -> rows.put(large), "TOO_LARGE");
    GetVectorsRequest largeRead =
        GetVectorsRequest.newBuilder().setTable("t".repeat(33 * 1024 * 1024)).build();
    assertInvalid(() -> rows.getVectors(largeRead), "TOO_LARGE");
  }

  private static void callRaw(MethodDescriptor<?, ?> method, byte[] message) {
    MethodDescriptor<byte[], byte[]> raw =
        MethodDescriptor.newBuilder(new Bytes(), new Bytes())
            .setFullMethodName(method.getFullMethodName())
            .setType(MethodDescriptor.MethodType.UNARY)
            .build();
    ClientCalls.blockingUnaryCall(channel, raw, CallOptions.DEFAULT, message);
  }

  /// Messages as they are.
  private static final class Bytes implements MethodDescriptor.Marshaller<byte[]> {
    @Override
    public InputStream stream(byte[] message) {
      return new ByteArrayInputStream(message);
    }

    @Override
    public byte[] parse(InputStream message) {
      try {
        return message.readAllBytes();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }
}
