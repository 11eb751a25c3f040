package io.kindred.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.kindred.client.BloomFilter;
import io.kindred.server.RunningServer.Answer;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Every route of REST, over real sockets and a real store.
final class RestTest {
  private static final String ITEMS =
      """
      {'name':'items','key':'string',
       'vectors':{'embedding':{'dimension':2,'metric':'dot','index':{'kind':'flat'}}},
       'fields':{'city':{'type':'string'},'price':{'type':'float64'},'added':{'type':'timestamp'},
                 'stock':{'type':'int64'},'tags':{'type':'string_list'},'sold':{'type':'bool'}},
       'partition_by':'city'}
      """;

  @TempDir static Path directory;
  private static RunningServer server;

  @BeforeAll
  static void start() {
    server = new RunningServer(directory);
  }

  @AfterEach
  void empty() {
    server.empty();
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  private static void createItems() {
    assertThat(server.post("/v1/tables", ITEMS).status()).isEqualTo(201);
  }

  private Answer put(String rows) {
    return server.post("/v1/tables/items/rows:put", "{'rows':[" + rows + "]}");
  }

  private static JsonNode json(String text) {
    return RunningServer.json(text);
  }

  @Test
  void aNewTableIsAnsweredWithItsDefaults() {
    Answer created =
        server.post("/v1/tables", "{'name':'t','vectors':{'v':{'dimension':3}},'ttl':'7d'}");

    assertThat(created.status()).isEqualTo(201);
    assertThat(created.body().get("key").asText()).isEqualTo("string");
    assertThat(created.body().get("vectors"))
        .isEqualTo(
            json(
                "{'v':{'dimension':3,'metric':'dot','index':{'kind':'hnsw','m':16,"
                    + "'ef_construction':200}}}"));
    assertThat(created.body().get("ttl").asText()).isEqualTo("7d");
    assertThat(created.body().get("durability").asText()).isEqualTo("synced");
    assertThat(created.body().get("row_count").asLong()).isZero();
  }

  @Test
  void tablesAreListedDescribedAndDropped() {
    createItems();
    server.post("/v1/tables", "{'name':'kv','key':'uint64','durability':'buffered'}");

    JsonNode tables = server.get("/v1/tables").body();
    assertThat(tables.get("tables")).hasSize(2);
    assertThat(tables.at("/tables/0/name").asText()).isEqualTo("items");
    assertThat(tables.at("/tables/1/name").asText()).isEqualTo("kv");
    assertThat(server.get("/v1/tables/kv").body().get("durability").asText()).isEqualTo("buffered");
    assertThat(server.delete("/v1/tables/kv").status()).isEqualTo(200);
    assertThat(server.get("/v1/tables/kv").code()).isEqualTo("TABLE_NOT_FOUND");
    assertThat(server.delete("/v1/tables/kv").status()).isEqualTo(404);
  }

  @Test
  void aTakenNameIsAConflict() {
    createItems();
    Answer again = server.post("/v1/tables", ITEMS);

    assertThat(again.status()).isEqualTo(409);
    assertThat(again.code()).isEqualTo("TABLE_EXISTS");
  }

  @Test
  void aRowComesBackAsItWasPut() {
    createItems();
    Answer put =
        put(
            """
            {'id':'a','vectors':{'embedding':[1,0.1]},
             'fields':{'city':'berlin','price':3,'added':'2026-01-01T01:00:00.123456+01:00',
                       'stock':9007199254740993,'tags':['x','y'],'sold':true},
             'metadata':{'n':[1,2.5,null,{'deep':'é'}]},'event_time':'2026-01-01T00:00:00Z'}
            """);

    assertThat(put.status()).isEqualTo(200);
    assertThat(put.body().get("put").asInt()).isEqualTo(1);
    JsonNode row = server.get("/v1/tables/items/rows/a").body();
    assertThat(row.get("vectors")).isEqualTo(json("{'embedding':[1.0,0.1]}"));
    assertThat(row.at("/fields/added").asText()).isEqualTo("2026-01-01T00:00:00.123456Z");
    assertThat(row.at("/fields/stock").asLong()).isEqualTo(9007199254740993L);
    assertThat(row.at("/fields/price").asDouble()).isEqualTo(3.0);
    assertThat(row.at("/fields/tags")).isEqualTo(json("['x','y']"));
    assertThat(row.get("metadata")).isEqualTo(json("{'n':[1,2.5,null,{'deep':'é'}]}"));
    assertThat(row.get("event_time").asText()).isEqualTo("2026-01-01T00:00:00Z");
    assertThat(row.get("version").asLong()).isPositive();
  }

  @Test
  void rowsAreAnsweredInTheOrderAskedAndWithWhatWasAsked() {
    createItems();
    put("{'id':'a','vectors':{'embedding':[1,0]}},{'id':'b','fields':{'city':'rome'}}");

    JsonNode got =
        server.post("/v1/tables/items/rows:get", "{'ids':['b','x','a'],'vectors':false}").body();
    assertThat(got.get("rows").findValuesAsText("id")).containsExactly("b", "a");
    assertThat(got.get("missing")).isEqualTo(json("['x']"));
    assertThat(got.at("/rows/1").has("vectors")).isFalse();
    assertThat(got.at("/rows/0/fields")).isEqualTo(json("{'city':'rome'}"));
  }

  @Test
  void anIdMayHoldAnyCharacter() {
    createItems();
    put("{'id':'a/b c?é%2F:x'}");

    assertThat(server.get("/v1/tables/items/rows/a%2Fb%20c%3F%C3%A9%252F:x").status())
        .isEqualTo(200);
  }

  @Test
  void idsOfUint64TablesTravelAsStringsOrNumbersAndComeBackAsStrings() {
    server.post("/v1/tables", "{'name':'n','key':'uint64'}");
    Answer put =
        server.post(
            "/v1/tables/n/rows:put",
            "{'rows':[{'id':18446744073709551615},{'id':'7'},{'id':-1},{'id':1.5},"
                + "{'id':18446744073709551616},{'id':'x'},{'id':null},{}]}");

    assertThat(put.body().get("put").asInt()).isEqualTo(2);
    assertThat(put.body().get("rejected").findValuesAsText("code"))
        .hasSize(6)
        .containsOnly("INVALID_KEY");
    JsonNode got =
        server.post("/v1/tables/n/rows:get", "{'ids':['18446744073709551615',7]}").body();
    assertThat(got.get("rows").findValuesAsText("id")).containsExactly("18446744073709551615", "7");
    assertThat(got.at("/rows/0/id").isTextual()).isTrue();
    assertThat(server.get("/v1/tables/n/rows/7").status()).isEqualTo(200);
    assertThat(server.get("/v1/tables/n/rows/-7").code()).isEqualTo("INVALID_KEY");
  }

  @Test
  void badRowsAreRejectedByIndexAndTheOthersStored() {
    createItems();
    Answer put =
        put(
            """
            {'id':'ok1'},
            {'id':'dim','vectors':{'embedding':[1,2,3]}},
            {'id':'nan','vectors':{'embedding':[NaN,2]}},
            {'id':'inf','vectors':{'embedding':[1e39,2]}},
            {'id':'typed','fields':{'stock':'many'}},
            {'id':'unknown','fields':{'nope':1}},
            {'id':'member','colour':{'a':[1,{}]}},
            {'id':'time','fields':{'added':'yesterday'}},
            17,
            {'vectors':{}},
            {'id':'ok2'}
            """);

    assertThat(put.body().get("put").asInt()).isEqualTo(2);
    JsonNode rejected = put.body().get("rejected");
    assertThat(rejected.findValuesAsText("index"))
        .containsExactly("1", "2", "3", "4", "5", "6", "7", "8", "9");
    assertThat(rejected.findValuesAsText("code"))
        .containsExactly(
            "DIMENSION_MISMATCH",
            "INVALID_VECTOR",
            "INVALID_VECTOR",
            "TYPE_MISMATCH",
            "UNKNOWN_FIELD",
            "UNKNOWN_FIELD",
            "TYPE_MISMATCH",
            "INVALID_ARGUMENT",
            "INVALID_KEY");
    assertThat(rejected.at("/0/id").asText()).isEqualTo("dim");
    assertThat(rejected.at("/0/message").asText())
        .isEqualTo("dimension: 3 (expected: 2, table: items, field: embedding)");
    assertThat(server.get("/v1/tables/items").body().get("row_count").asInt()).isEqualTo(2);
  }

  @Test
  void anUpdateChangesOnlyWhatItNames() {
    createItems();
    put(
        "{'id':'a','vectors':{'embedding':[1,0]},'fields':{'city':'rome','price':1},'metadata':{'x':1,'y':2}}");
    Answer updated =
        server.post(
            "/v1/tables/items/rows:update",
            "{'rows':[{'id':'a','fields':{'price':2,'city':null},'metadata':{'y':null,'z':3}},"
                + "{'id':'none'}]}");

    assertThat(updated.body().get("updated").asInt()).isEqualTo(1);
    assertThat(updated.body().at("/rejected/0/code").asText()).isEqualTo("ROW_NOT_FOUND");
    JsonNode row = server.get("/v1/tables/items/rows/a").body();
    assertThat(row.get("fields")).isEqualTo(json("{'price':2.0}"));
    assertThat(row.get("metadata")).isEqualTo(json("{'x':1,'z':3}"));
    assertThat(row.get("vectors")).isEqualTo(json("{'embedding':[1.0,0.0]}"));
  }

  @Test
  void rowsAreDeletedByIdAndByFilter() {
    createItems();
    put("{'id':'a','fields':{'city':'rome'}},{'id':'b','fields':{'city':'rome'}},{'id':'c'}");

    Answer byId = server.post("/v1/tables/items/rows:delete", "{'ids':['a','x']}");
    assertThat(byId.body().get("deleted").asInt()).isEqualTo(1);
    assertThat(byId.body().get("missing")).isEqualTo(json("['x']"));
    Answer byFilter = server.post("/v1/tables/items/rows:delete", "{'filter':{'city':'rome'}}");
    assertThat(byFilter.body().get("deleted").asInt()).isEqualTo(1);
    assertThat(server.delete("/v1/tables/items/rows/c").status()).isEqualTo(200);
    assertThat(server.delete("/v1/tables/items/rows/c").code()).isEqualTo("ROW_NOT_FOUND");
    assertThat(server.get("/v1/tables/items").body().get("row_count").asInt()).isZero();
  }

  @Test
  void aLateWriteLosesAndAConditionalOneIsRejected() {
    createItems();
    put("{'id':'a','fields':{'price':1},'event_time':'2026-01-02T00:00:00Z'}");

    Answer late = put("{'id':'a','fields':{'price':2},'event_time':'2026-01-01T00:00:00Z'}");
    assertThat(late.body().get("put").asInt()).isZero();
    assertThat(late.body().get("stale").asInt()).isEqualTo(1);
    Answer conditional = put("{'id':'a','expected_version':0}");
    assertThat(conditional.body().at("/rejected/0/code").asText()).isEqualTo("VERSION_CONFLICT");
    assertThat(server.get("/v1/tables/items/rows/a").body().at("/fields/price").asInt())
        .isEqualTo(1);
  }

  @Test
  void aRepeatedOperationIsAppliedOnceAndAnswersTheSame() {
    createItems();
    String request = "{'rows':[{'id':'a'},{'id':'b','x':1}],'operation_id':'o1'}";
    Answer first = server.post("/v1/tables/items/rows:put", request);
    server.delete("/v1/tables/items/rows/a");
    Answer second = server.post("/v1/tables/items/rows:put", request);

    assertThat(second.body().get("put")).isEqualTo(first.body().get("put"));
    assertThat(second.body().get("rejected")).isEqualTo(first.body().get("rejected"));
    assertThat(server.get("/v1/tables/items/rows/a").status()).isEqualTo(404);
  }

  @Test
  void aReadWithATokenSeesTheWriteAndOneOfTheFutureIsAConflict() {
    createItems();
    String token = put("{'id':'a'}").body().get("token").asText();

    assertThat(
            server
                .post("/v1/tables/items/rows:get", "{'ids':['a'],'token':'" + token + "'}")
                .body()
                .get("rows"))
        .hasSize(1);
    String future = token.substring(0, 17) + "999999";
    Answer early =
        server.post(
            "/v1/tables/items/rows:get", "{'ids':['a'],'token':'" + future + "','timeout_ms':20}");
    assertThat(early.status()).isEqualTo(409);
    assertThat(early.code()).isEqualTo("POSITION_NOT_REACHED");
    assertThat(server.post("/v1/tables/items/rows:get", "{'ids':['a'],'token':'later'}").status())
        .isEqualTo(400);
  }

  @Test
  void aScanGoesThroughAllRowsInTheOrderOfTheirIds() {
    createItems();
    put("{'id':'c'},{'id':'a'},{'id':'b'}");

    JsonNode first =
        server.post("/v1/tables/items/rows:scan", "{'limit':2,'vectors':false}").body();
    assertThat(first.get("rows").findValuesAsText("id")).containsExactly("a", "b");
    JsonNode second =
        server
            .post(
                "/v1/tables/items/rows:scan",
                "{'limit':2,'after':'" + first.get("next").asText() + "'}")
            .body();
    assertThat(second.get("rows").findValuesAsText("id")).containsExactly("c");
    assertThat(second.has("next")).isFalse();
  }

  @Test
  void aSearchFindsTheNearestAmongThoseAllowed() {
    createItems();
    put(
        """
        {'id':'a','vectors':{'embedding':[1,0]},'fields':{'city':'rome'}},
        {'id':'b','vectors':{'embedding':[0.9,0]},'fields':{'city':'berlin','price':5}},
        {'id':'c','vectors':{'embedding':[0.8,0]},'fields':{'city':'berlin'},'metadata':{'k':1}},
        {'id':'d','vectors':{'embedding':[-1,0]}}
        """);

    assertThat(search("{'vector':[1,0],'k':2}")).containsExactly("a", "b");
    assertThat(search("{'id':'a'}")).containsExactly("b", "c", "d");
    assertThat(search("{'vector':[1,0],'filter':{'city':'berlin'}}")).containsExactly("b", "c");
    assertThat(search("{'vector':[1,0],'filter':{'k':1}}")).containsExactly("c");
    assertThat(search("{'vector':[1,0],'partition':'berlin','k':1}")).containsExactly("b");
    assertThat(search("{'vector':[1,0],'exclude':['a','c']}")).containsExactly("b", "d");
    assertThat(search("{'vector':[1,0],'min_score':0.85}")).containsExactly("a", "b");
    assertThat(search("{'vector':[1,0],'exact':true,'k':1,'field':'embedding'}"))
        .containsExactly("a");
    assertThat(search("{'vector':[1,0],'ef':64,'k':1,'version':'v1'}")).containsExactly("a");
    JsonNode one =
        server
            .post(
                "/v1/tables/items:search",
                "{'vector':[1,0],'filter':{'price':{'$gt':4}},'include':['fields','vectors']}")
            .body();
    assertThat(one.at("/matches/0/score").floatValue()).isEqualTo(0.9f);
    assertThat(one.at("/matches/0/fields/price").asInt()).isEqualTo(5);
    assertThat(one.at("/matches/0/vectors/embedding")).hasSize(2);
    assertThat(one.at("/stats/path").asText()).isEqualTo("flat");
    assertThat(one.at("/stats/version").asText()).isEqualTo("v1");
  }

  @Test
  void aSearchLeavesOutWhatABloomFilterHolds() {
    createItems();
    put(
        """
        {'id':'a','vectors':{'embedding':[1,0]},'fields':{'city':'rome'}},
        {'id':'b','vectors':{'embedding':[0.9,0]},'fields':{'city':'berlin','price':5}},
        {'id':'c','vectors':{'embedding':[0.8,0]},'fields':{'city':'berlin'}},
        {'id':'d','vectors':{'embedding':[-1,0]}}
        """);
    BloomFilter seen = BloomFilter.of(10, 1e-6);
    seen.add("a");
    seen.add("c");
    String query = "{'vector':[1,0],'k':2,'bloom':" + seen.toJson() + "}";
    assertThat(search(query)).containsExactly("b", "d");
    server.store.table("items").fold();
    assertThat(search(query)).containsExactly("b", "d");
    assertThat(search("{'vector':[1,0],'k':2,'bloom':null}")).containsExactly("a", "b");
  }

  @Test
  void aSearchTellsOnRequestHowItFoundItsMatches() {
    createItems();
    put(
        """
        {'id':'a','vectors':{'embedding':[1,0]},'fields':{'city':'rome'}},
        {'id':'b','vectors':{'embedding':[0.9,0]},'fields':{'city':'berlin','price':5}}
        """);
    server.store.table("items").fold();
    put("{'id':'c','vectors':{'embedding':[0.8,0]},'fields':{'city':'berlin'}}");
    String query = "{'vector':[1,0],'filter':{'city':'berlin'},'explain':%s}";
    JsonNode explain =
        server.post("/v1/tables/items:search", query.formatted("true")).body().get("explain");
    assertThat(explain.at("/parts/0/part").asText()).isEqualTo("base");
    assertThat(explain.at("/parts/0/path").asText()).isEqualTo("flat");
    assertThat(explain.at("/parts/0/filter").asText()).isEqualTo("made");
    assertThat(explain.at("/parts/0/candidates").asInt()).isEqualTo(1);
    assertThat(explain.at("/parts/0/passing").asInt()).isEqualTo(1);
    assertThat(explain.at("/parts/0/rungs/0/path").asText()).isEqualTo("flat");
    assertThat(explain.at("/parts/1/part").asText()).isEqualTo("active");
    assertThat(explain.at("/parts/1/rows").asInt()).isEqualTo(1);
    assertThat(explain.get("search_us").isIntegralNumber()).isTrue();
    assertThat(
            server.post("/v1/tables/items:search", query.formatted("false")).body().has("explain"))
        .isFalse();
    JsonNode partition =
        server
            .post("/v1/tables/items:search", "{'vector':[1,0],'partition':'rome','explain':true}")
            .body();
    assertThat(partition.at("/stats/path").asText()).isEqualTo("partition");
    assertThat(partition.at("/explain/parts/0/visited").asInt()).isEqualTo(1);
    assertThat(search("{'vector':[1,0],'partition':'nowhere'}")).isEmpty();
  }

  private Iterable<String> search(String request) {
    return server
        .post("/v1/tables/items:search", request)
        .body()
        .get("matches")
        .findValuesAsText("id");
  }

  @Test
  void aBatchOfSearchesIsAnsweredInItsOrder() {
    createItems();
    put("{'id':'a','vectors':{'embedding':[1,0]}},{'id':'b','vectors':{'embedding':[0,1]}}");
    String vectors = "[1,0],[0,1],".repeat(20);

    JsonNode results =
        server
            .post(
                "/v1/tables/items:search",
                "{'vectors':[" + vectors.substring(0, vectors.length() - 1) + "],'k':1}")
            .body()
            .get("results");
    assertThat(results).hasSize(40);
    for (int i = 0; i < 40; i++) {
      assertThat(results.get(i).at("/matches/0/id").asText()).isEqualTo(i % 2 == 0 ? "a" : "b");
    }
  }

  @Test
  void theRecommenderRoutesServeUsersAndItems() {
    createItems();
    server.post(
        "/v1/tables", "{'name':'users','key':'uint64','vectors':{'taste':{'dimension':2}}}");
    put(
        "{'id':'a','vectors':{'embedding':[1,0]},'fields':{'city':'rome'},'metadata':{'m':1}},"
            + "{'id':'b','vectors':{'embedding':[2,0]}}");
    server.post(
        "/v1/tables/users/rows:put",
        "{'rows':[{'id':42,'vectors':{'taste':[1,2]}},{'id':43,'vectors':{'taste':[3,4]}}]}");

    assertThat(server.get("/v1/features/item/a").body())
        .isEqualTo(json("{'id':'item:a','values':[1.0,0.0],'metadata':{'m':1,'city':'rome'}}"));
    assertThat(server.get("/v1/features/user/42").body().get("id").asText()).isEqualTo("user:42");
    Answer absent = server.get("/v1/features/user/7");
    assertThat(absent.status()).isEqualTo(404);
    assertThat(absent.message()).isEqualTo("User feature vector not found.");
    JsonNode similar = server.get("/v1/features/user/42/similar?topK=3").body();
    assertThat(similar.get("sourceUserId").asText()).isEqualTo("42");
    assertThat(similar.get("similar").findValuesAsText("id")).containsExactly("43");
    assertThat(server.get("/v1/features/item/a/similar").body().get("sourceItemId").asText())
        .isEqualTo("a");
    assertThat(server.get("/v1/features/item/none/similar").status()).isEqualTo(404);
    for (String topK : new String[] {"0", "21", "many"}) {
      assertThat(server.get("/v1/features/item/a/similar?topK=" + topK).status()).isEqualTo(400);
    }
    assertThat(server.get("/v1/features/shop/a").status()).isEqualTo(400);
  }
}
