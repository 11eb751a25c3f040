package io.kindred.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import com.google.protobuf.Message;
import io.grpc.CallOptions;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.ServiceDescriptor;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.protobuf.ProtoUtils;
import io.grpc.stub.ClientCalls;
import io.kindred.engine.Projection;
import io.kindred.engine.StoreInfo;
import io.kindred.engine.StoredRow;
import io.kindred.engine.Table;
import io.kindred.protocol.embeddings.EmbeddingStoreGrpc;
import io.kindred.protocol.v1.Key;
import io.kindred.protocol.v1.PutRequest;
import io.kindred.protocol.v1.Query;
import io.kindred.protocol.v1.Row;
import io.kindred.protocol.v1.RowServiceGrpc;
import io.kindred.protocol.v1.RowServiceGrpc.RowServiceBlockingStub;
import io.kindred.protocol.v1.SearchRequest;
import io.kindred.protocol.v1.SearchServiceGrpc;
import io.kindred.protocol.v1.SearchServiceGrpc.SearchServiceBlockingStub;
import io.kindred.protocol.v1.TableServiceGrpc;
import io.kindred.protocol.v1.Value;
import io.kindred.protocol.v1.Vector;
import io.kindred.protocol.v1.WriteResponse;
import io.kindred.server.RunningServer.Answer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Every kind of bad input, by REST and by gRPC alike: one code, a message that names the value,
/// the expectation and the place, and nothing changed.
final class BadInputMessagesTest {
  private static final Metadata.Key<String> CODE =
      Metadata.Key.of("kindred-error-code", Metadata.ASCII_STRING_MARSHALLER);
  private static final String LONG_KEY = "k".repeat(513);

  @TempDir static Path directory;
  private static RunningServer server;
  private static ManagedChannel channel;
  private static RowServiceBlockingStub rows;
  private static SearchServiceBlockingStub searches;
  private List<Object> before = List.of();

  @BeforeAll
  static void start() {
    server = new RunningServer(directory);
    server.post(
        "/v1/tables",
        "{'name':'t','vectors':{'v':{'dimension':2,'metric':'cosine'}},'fields':{'n':{'type':'int64'}}}");
    server.post("/v1/tables/t/rows:put", "{'rows':[{'id':'kept','vectors':{'v':[1,0]}}]}");
    channel = NettyChannelBuilder.forAddress("127.0.0.1", server.port()).usePlaintext().build();
    rows = RowServiceGrpc.newBlockingStub(channel);
    searches = SearchServiceGrpc.newBlockingStub(channel);
  }

  @AfterAll
  static void stop() {
    channel.shutdownNow();
    server.close();
  }

  @BeforeEach
  void look() {
    before = state();
  }

  @AfterEach
  void nothingHasChanged() {
    assertThat(state()).isEqualTo(before);
  }

  /// How far the log is, what tables there are, and what is in them.
  private static List<Object> state() {
    StoreInfo info = server.store.info();
    List<Object> state = new ArrayList<>(List.of(info.appliedPosition(), info.committedPosition()));
    for (Table table : server.store.tables()) {
      state.add(table.spec());
      state.add(table.info().rowCount());
      for (StoredRow row : table.scan(null, 1_000, null, Projection.ALL).rows()) {
        state.add(Objects.hash(row.key(), row.version(), row.fields(), row.metadata()));
        row.vectors().values().forEach(vector -> state.add(Arrays.hashCode(vector)));
      }
    }
    return state;
  }

  /// One bad input in both forms.
  ///
  /// @param body of REST, in which `'` stands for `"`
  /// @param parts of each message: value, expectation and place
  record Bad(
      String what, String path, String body, Message message, String code, List<String> parts) {
    @Override
    public String toString() {
      return what;
    }
  }

  private static Bad row(String what, String json, Row.Builder row, String code, String... parts) {
    return new Bad(
        what,
        "/v1/tables/t/rows:put",
        "{'rows':[" + json + "]}",
        PutRequest.newBuilder().setTable("t").addRows(row).build(),
        code,
        List.of(parts));
  }

  private static Bad search(
      String what, String json, SearchRequest.Builder request, String code, String... parts) {
    return new Bad(what, "/v1/tables/t:search", json, request.build(), code, List.of(parts));
  }

  private static Row.Builder row() {
    return Row.newBuilder().setId(Key.newBuilder().setText("x"));
  }

  private static Row.Builder row(float... values) {
    return row().putVectors("v", vector(values));
  }

  private static SearchRequest.Builder search(float... values) {
    return SearchRequest.newBuilder()
        .setTable("t")
        .addQueries(Query.newBuilder().setVector(vector(values)));
  }

  private static Vector vector(float... values) {
    Vector.Builder vector = Vector.newBuilder();
    for (float value : values) {
      vector.addValues(value);
    }
    return vector.build();
  }

  private static Stream<Bad> inputs() {
    float nan = Float.NaN;
    float infinity = Float.POSITIVE_INFINITY;
    String deep = "{\"$not\":".repeat(40) + "{\"n\":1}" + "}".repeat(40);
    String many = "{\"n\":{\"$in\":[" + "1,".repeat(10_000) + "1]}}";
    PutRequest.Builder batch = PutRequest.newBuilder().setTable("t");
    for (int i = 0; i < 10_001; i++) {
      batch.addRows(row());
    }
    return Stream.of(
        row(
            "wrong dimension",
            "{'id':'x','vectors':{'v':[1,2,3]}}",
            row(1, 2, 3),
            "DIMENSION_MISMATCH",
            "dimension: 3",
            "expected: 2",
            "table: t",
            "field: v"),
        search(
            "wrong dimension of a query",
            "{'vector':[1]}",
            search(1),
            "DIMENSION_MISMATCH",
            "dimension: 1",
            "expected: 2",
            "table: t",
            "field: v"),
        row(
            "NaN",
            "{'id':'x','vectors':{'v':[1,NaN]}}",
            row(1, nan),
            "INVALID_VECTOR",
            ": NaN",
            "expected: a finite "),
        row(
            "infinity",
            "{'id':'x','vectors':{'v':[Infinity,0]}}",
            row(infinity, 0),
            "INVALID_VECTOR",
            ": Infinity",
            "expected: a finite "),
        search(
            "NaN in a query",
            "{'vector':[NaN,0]}",
            search(nan, 0),
            "INVALID_VECTOR",
            ": NaN",
            "expected: a finite "),
        row(
            "zero vector under cosine",
            "{'id':'x','vectors':{'v':[0,0]}}",
            row(0, 0),
            "INVALID_VECTOR",
            "v: a zero vector",
            "expected: a direction"),
        search(
            "zero query under cosine",
            "{'vector':[0,0]}",
            search(0, 0),
            "INVALID_VECTOR",
            "v: a zero vector",
            "expected: a direction"),
        row(
            "oversized key",
            "{'id':'" + LONG_KEY + "'}",
            Row.newBuilder().setId(Key.newBuilder().setText(LONG_KEY)),
            "INVALID_KEY",
            "id: 513 characters",
            "expected: 1 to 512 bytes"),
        new Bad(
            "oversized batch",
            "/v1/tables/t/rows:put",
            "{'rows':[" + "{'id':'x'},".repeat(10_000) + "{'id':'x'}]}",
            batch.build(),
            "TOO_LARGE",
            List.of("rows: ", "expected: at most 10000")),
        search(
            "filter too deep",
            "{'vector':[1,0],'filter':" + deep + "}",
            search(1, 0).setFilter(deep),
            "INVALID_FILTER",
            "filter: more than 12 levels",
            "expected: at most 12"),
        search(
            "filter with a list too long",
            "{'vector':[1,0],'filter':" + many + "}",
            search(1, 0).setFilter(many),
            "INVALID_FILTER",
            "filter.n.$in: 10001 values",
            "expected: at most 10000"),
        search(
            "unknown operator",
            "{'vector':[1,0],'filter':{'n':{'$near':1}}}",
            search(1, 0).setFilter("{\"n\":{\"$near\":1}}"),
            "INVALID_FILTER",
            "filter.n.$near: unknown operator",
            "expected: one of $eq"),
        row(
            "unknown field",
            "{'id':'x','fields':{'city':1}}",
            row().putFields("city", Value.newBuilder().setInt64Value(1).build()),
            "UNKNOWN_FIELD",
            "field: city",
            "expected: one of [n]",
            "table: t"),
        row(
            "unknown vector field",
            "{'id':'x','vectors':{'w':[1,2]}}",
            row().putVectors("w", vector(1, 2)),
            "UNKNOWN_FIELD",
            "vector field: w",
            "expected: one of [v]",
            "table: t"),
        row(
            "value of another type",
            "{'id':'x','fields':{'n':'many'}}",
            row().putFields("n", Value.newBuilder().setStringValue("many").build()),
            "TYPE_MISMATCH",
            "n: ",
            "many",
            "expected: an integer of 64 bits"),
        search(
            "k beyond its range",
            "{'vector':[1,0],'k':10001}",
            search(1, 0).setK(10_001),
            "INVALID_ARGUMENT",
            "k: 10001",
            "expected: 1 to 10000"),
        search(
            "huge ef",
            "{'vector':[1,0],'ef':1000000000}",
            search(1, 0).setEf(1_000_000_000),
            "INVALID_ARGUMENT",
            "ef: 1000000000",
            "expected: 1 to 10000"),
        search(
            "huge nprobe",
            "{'vector':[1,0],'nprobe':2000000000}",
            search(1, 0).setNprobe(2_000_000_000),
            "INVALID_ARGUMENT",
            "nprobe: 2000000000",
            "expected: 1 to 1048576"),
        search(
            "recall beyond its range",
            "{'vector':[1,0],'recall':1.5}",
            search(1, 0).setRecall(1.5),
            "INVALID_ARGUMENT",
            "recall: 1.5",
            "expected: above 0 and below 1"),
        search(
            "unknown table version",
            "{'vector':[1,0],'version':'v9'}",
            search(1, 0).setVersion("v9"),
            "VERSION_NOT_FOUND",
            "version: v9",
            "expected: one of [v1]",
            "table: t"),
        row(
            "malformed JSON in metadata",
            "{'id':'x','metadata':[1]}",
            row().setMetadata("[1]"),
            "INVALID_ARGUMENT",
            "metadata: an array",
            "expected: an object"));
  }

  @ParameterizedTest
  @MethodSource("inputs")
  void badInputNamesValueExpectationAndPlaceByRest(Bad bad) {
    Answer answer = server.post(bad.path(), bad.body());

    String text =
        answer.status() == 200
            ? answer.body().at("/rejected/0").toString()
            : answer.whole().contentUtf8();
    assertThat(text).contains(bad.code()).contains(bad.parts());
  }

  @ParameterizedTest
  @MethodSource("inputs")
  void badInputNamesValueExpectationAndPlaceByGrpc(Bad bad) {
    String code;
    String text;
    try {
      WriteResponse answer = call(bad.message());
      code = answer.getRejected(0).getError().getCode();
      text = answer.getRejected(0).getError().getMessage();
    } catch (StatusRuntimeException e) {
      Metadata trailers = Status.trailersFromThrowable(e);
      code = String.valueOf(trailers == null ? "" : trailers.get(CODE));
      text = String.valueOf(e.getStatus().getDescription());
    }
    assertThat(code).as(text).isEqualTo(bad.code());
    assertThat(text).contains(bad.parts());
  }

  private static WriteResponse call(Message message) {
    return switch (message) {
      case PutRequest put -> rows.put(put);
      case SearchRequest search -> {
        var _ = searches.search(search);
        yield WriteResponse.getDefaultInstance();
      }
      default -> throw new AssertionError(message);
    };
  }

  @Test
  void malformedJsonNamesLineAndColumn() {
    for (String path :
        List.of(
            "/v1/tables",
            "/v1/tables/t/rows:put",
            "/v1/tables/t/rows:update",
            "/v1/tables/t/rows:delete",
            "/v1/tables/t/rows:get",
            "/v1/tables/t/rows:scan",
            "/v1/tables/t:search")) {
      Answer answer = server.postText(path, "{\n \"rows\" 1}");
      assertThat(answer.status()).as(path).isEqualTo(400);
      assertThat(answer.code()).as(path).isEqualTo("INVALID_ARGUMENT");
      assertThat(answer.message()).as(path).contains("line 2, column");
    }
  }

  @Test
  void everyMethodRefusesWhatIsNoProtobuf() {
    ByteString garbage = ByteString.copyFrom(new byte[] {(byte) 0xff, (byte) 0xff, (byte) 0xff, 1});
    int methods = 0;
    for (ServiceDescriptor service :
        List.of(
            TableServiceGrpc.getServiceDescriptor(),
            RowServiceGrpc.getServiceDescriptor(),
            SearchServiceGrpc.getServiceDescriptor(),
            EmbeddingStoreGrpc.getServiceDescriptor())) {
      for (MethodDescriptor<?, ?> method : service.getMethods()) {
        methods++;
        assertThatThrownBy(() -> callRaw(method, garbage))
            .as(method.getFullMethodName())
            .satisfies(
                thrown -> {
                  Metadata trailers = Status.trailersFromThrowable(thrown);
                  assertThat(Status.fromThrowable(thrown).getCode())
                      .isEqualTo(Status.Code.INVALID_ARGUMENT);
                  assertThat(trailers == null ? "" : trailers.get(CODE))
                      .isEqualTo("INVALID_ARGUMENT");
                })
            .hasMessageContaining("expected: ");
      }
    }
    assertThat(methods).isEqualTo(18);
  }

  private static void callRaw(MethodDescriptor<?, ?> method, ByteString message) {
    MethodDescriptor<com.google.protobuf.BytesValue, com.google.protobuf.BytesValue> raw =
        MethodDescriptor.<com.google.protobuf.BytesValue, com.google.protobuf.BytesValue>newBuilder(
                new Raw(),
                ProtoUtils.marshaller(com.google.protobuf.BytesValue.getDefaultInstance()))
            .setFullMethodName(method.getFullMethodName())
            .setType(MethodType.UNARY)
            .build();
    ClientCalls.blockingUnaryCall(
        channel, raw, CallOptions.DEFAULT, com.google.protobuf.BytesValue.of(message));
  }

  /// The bytes themselves in place of a message that holds them.
  private static final class Raw
      implements MethodDescriptor.Marshaller<com.google.protobuf.BytesValue> {
    @Override
    public java.io.InputStream stream(com.google.protobuf.BytesValue value) {
      return value.getValue().newInput();
    }

    @Override
    public com.google.protobuf.BytesValue parse(java.io.InputStream stream) {
      throw new AssertionError("never answered");
    }
  }
}
