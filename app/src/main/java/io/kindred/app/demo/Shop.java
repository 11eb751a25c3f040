package io.kindred.app.demo;

import com.google.protobuf.Empty;
import io.kindred.app.tables.ProtoMapping;
import io.kindred.app.tables.RemoteTables;
import io.kindred.client.KindredClient;
import io.kindred.engine.ErrorCode;
import io.kindred.engine.FieldType;
import io.kindred.engine.IndexSpec;
import io.kindred.engine.Key;
import io.kindred.engine.KeyType;
import io.kindred.engine.KindredException;
import io.kindred.engine.Metric;
import io.kindred.engine.Mutation;
import io.kindred.engine.Row;
import io.kindred.engine.StoredRow;
import io.kindred.engine.TableSpec;
import io.kindred.engine.Value;
import io.kindred.engine.VectorSpec;
import io.kindred.engine.merge.MeanState;
import io.kindred.protocol.v1.DeleteRequest;
import io.kindred.protocol.v1.GetRequest;
import io.kindred.protocol.v1.GetVectorsRequest;
import io.kindred.protocol.v1.GetVectorsResponse;
import io.kindred.protocol.v1.Include;
import io.kindred.protocol.v1.Query;
import io.kindred.protocol.v1.SearchRequest;
import io.kindred.protocol.v1.SearchResponse;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// The shop's tables in a running Kindred, over gRPC. Thread-safe.
final class Shop implements AutoCloseable {
  static final String ITEMS = "items";
  static final String SHOPPERS = "users";
  private static final String EMBEDDING = "embedding";
  private static final String TASTE = "taste";
  private static final String ACTS = "acts_1d";
  private static final int BATCH_ROWS = 500;

  private final RemoteTables tables;
  private final KindredClient client;

  /// The shop behind a connection, which is closed with it.
  Shop(RemoteTables tables) {
    this.tables = tables;
    this.client = tables.client();
  }

  /// Makes both tables and stores all items and shoppers, these without tastes; each batch is on
  /// disk when it is acknowledged.
  void open(Catalogue catalogue) {
    Map<String, FieldType> itemFields = new LinkedHashMap<>();
    itemFields.put("title", FieldType.STRING);
    itemFields.put("category", FieldType.STRING);
    itemFields.put("city", FieldType.STRING);
    itemFields.put("price", FieldType.FLOAT64);
    itemFields.put("popularity", FieldType.INT64);
    tables.create(spec(ITEMS, EMBEDDING, IndexSpec.Hnsw.DEFAULT, itemFields));
    put(ITEMS, catalogue.items().stream().map(Shop::row).toList());

    Map<String, FieldType> shopperFields = new LinkedHashMap<>();
    shopperFields.put("name", FieldType.STRING);
    shopperFields.put("city", FieldType.STRING);
    shopperFields.put("last_action", FieldType.STRING);
    shopperFields.put("last_item", FieldType.STRING);
    shopperFields.put("acts_1m", FieldType.INT64);
    shopperFields.put(ACTS, FieldType.INT64);
    // Tastes change with every act and are read by shopper: a graph over them would not pay.
    tables.create(spec(SHOPPERS, TASTE, new IndexSpec.Flat(), shopperFields));
    put(SHOPPERS, catalogue.shoppers().stream().map(Shop::row).toList());
  }

  private static TableSpec spec(
      String name, String vector, IndexSpec index, Map<String, FieldType> fields) {
    VectorSpec cosine = new VectorSpec(Taste.DIMENSION, Metric.COSINE, index);
    return TableSpec.of(name, KeyType.STRING, Map.of(vector, cosine), fields);
  }

  private void put(String table, List<Row> rows) {
    for (int from = 0; from < rows.size(); from += BATCH_ROWS) {
      List<Row> batch = rows.subList(from, Math.min(rows.size(), from + BATCH_ROWS));
      tables.put(table, new Mutation.Put(batch, null)).join();
    }
  }

  private static Row row(Item item) {
    Map<String, Value> fields = new LinkedHashMap<>();
    fields.put("title", Value.of(item.title()));
    fields.put("category", Value.of(item.category()));
    fields.put("city", Value.of(item.city()));
    fields.put("price", Value.of(item.price()));
    fields.put("popularity", Value.of(item.popularity()));
    Map<String, Value> metadata = new LinkedHashMap<>();
    metadata.put("genre", Value.of(item.genre().name()));
    metadata.put("maker", Value.of(item.maker()));
    return Row.of(Key.of(item.id()), Map.of(EMBEDDING, item.vector()), fields, metadata);
  }

  private static Row row(Shopper shopper) {
    List<Value> likes = shopper.likes().stream().map(Value::of).toList();
    return Row.of(
        Key.of(shopper.id()),
        Map.of(),
        Map.of("name", Value.of(shopper.name()), "city", Value.of(shopper.city())),
        Map.of("likes", new Value.Array(likes)));
  }

  void put(Item item) {
    put(ITEMS, List.of(row(item)));
  }

  void delete(Item item) {
    DeleteRequest request =
        DeleteRequest.newBuilder()
            .setTable(ITEMS)
            .addIds(ProtoMapping.key(Key.of(item.id())))
            .build();
    tables.call(() -> client.delete(request));
  }

  /// The tastes of shoppers, in their order.
  List<float[]> tastes(List<String> shoppers) {
    GetVectorsRequest request =
        GetVectorsRequest.newBuilder().setTable(SHOPPERS).addAllTexts(shoppers).build();
    GetVectorsResponse response = tables.call(() -> client.getVectors(request));
    FloatBuffer floats =
        response.getVectors().asReadOnlyByteBuffer().order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer();
    List<float[]> tastes = new ArrayList<>();
    for (int i = 0; i < shoppers.size(); i++) {
      float[] taste = new float[Taste.DIMENSION];
      floats.get(taste);
      tastes.add(taste);
    }
    return tastes;
  }

  /// One shopper's taste.
  float[] taste(String shopper) {
    StoredRow row = rows(List.of(shopper)).get(shopper);
    float[] taste = row == null ? null : row.vectors().get(TASTE);
    if (taste == null) {
      throw KindredException.of(
          ErrorCode.ROW_NOT_FOUND, "id", shopper, "a shopper with a taste, table: " + SHOPPERS);
    }
    return taste;
  }

  /// The tastes of shoppers as the pipeline keeps them; of those who have one.
  Map<String, Ledger.Mean> means(List<String> shoppers) {
    Map<String, Ledger.Mean> means = new LinkedHashMap<>();
    rows(shoppers)
        .forEach(
            (shopper, row) -> {
              float[] taste = row.vectors().get(TASTE);
              if (taste != null
                  && row.metadata().get(TASTE + "_taste") instanceof Value.Entries(var state)) {
                means.put(shopper, mean(taste, MeanState.of(TASTE, new Value.Entries(state))));
              }
            });
    return means;
  }

  private static Ledger.Mean mean(float[] taste, MeanState state) {
    double[] vector = new double[taste.length];
    for (int i = 0; i < vector.length; i++) {
      vector[i] = taste[i] * state.length();
    }
    Instant time = Instant.EPOCH.plus(state.timeMicros(), ChronoUnit.MICROS);
    return new Ledger.Mean(time, state.weight(), vector);
  }

  /// How often shoppers acted within a day, as the pipeline counts it.
  Map<String, Long> acts(List<String> shoppers) {
    Map<String, Long> acts = new LinkedHashMap<>();
    rows(shoppers)
        .forEach(
            (shopper, row) ->
                acts.put(
                    shopper, row.fields().get(ACTS) instanceof Value.Int64(long it) ? it : 0L));
    return acts;
  }

  private Map<String, StoredRow> rows(List<String> shoppers) {
    Map<String, StoredRow> rows = new LinkedHashMap<>();
    for (int from = 0; from < shoppers.size(); from += BATCH_ROWS) {
      GetRequest.Builder request =
          GetRequest.newBuilder()
              .setTable(SHOPPERS)
              .setInclude(Include.newBuilder().setFields(true).setVectors(true));
      shoppers.subList(from, Math.min(shoppers.size(), from + BATCH_ROWS)).stream()
          .map(shopper -> ProtoMapping.key(Key.of(shopper)))
          .forEach(request::addIds);
      tables
          .call(() -> client.get(request.build()))
          .getRowsList()
          .forEach(row -> rows.put(row.getId().getText(), ProtoMapping.row(row)));
    }
    return rows;
  }

  /// How hard a search looks.
  enum Effort {
    USUAL,
    EXACT
  }

  /// Ids of the items nearest to a taste, nearest first.
  List<String> nearest(float[] taste, int k, Effort effort) {
    SearchRequest.Builder request =
        SearchRequest.newBuilder()
            .setTable(ITEMS)
            .addQueries(Query.newBuilder().setVector(ProtoMapping.vector(taste)))
            .setK(k);
    if (effort == Effort.EXACT) {
      request.setExact(Empty.getDefaultInstance());
    }
    SearchResponse response = tables.call(() -> client.search(request.build()));
    return response.getResults(0).getMatchesList().stream()
        .map(match -> match.getRow().getId().getText())
        .toList();
  }

  long rowCount(String table) {
    return tables.call(() -> client.getTable(table)).getRowCount();
  }

  boolean isOpen() {
    return tables.find(ITEMS).isPresent() && tables.find(SHOPPERS).isPresent();
  }

  @Override
  public void close() {
    tables.close();
  }
}
