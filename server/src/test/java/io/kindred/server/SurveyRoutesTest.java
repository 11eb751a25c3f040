package io.kindred.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.kindred.server.RunningServer.Answer;
import java.nio.file.Path;
import java.util.Locale;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What a sample tells of a table: rows, distributions, maps.
final class SurveyRoutesTest {
  private static final int ROWS = 600;
  private static final int GROUPS = 6;

  @TempDir Path directory;

  private RunningServer server;

  /// Rows in six groups, each around a direction of its own.
  @BeforeEach
  void fill() {
    server = new RunningServer(directory);
    server.post(
        "/v1/tables",
        "{'name':'t','vectors':{'v':{'dimension':8,'metric':'cosine'}},"
            + "'fields':{'group':{'type':'string'},'price':{'type':'float64'}}}");
    SplittableRandom random = new SplittableRandom(5);
    StringBuilder rows = new StringBuilder();
    for (int i = 0; i < ROWS; i++) {
      StringBuilder vector = new StringBuilder();
      for (int j = 0; j < 8; j++) {
        double component = (j == i % GROUPS ? 3 : 0) + random.nextDouble(-0.4, 0.4);
        vector.append(j == 0 ? "" : ",").append(String.format(Locale.ROOT, "%.4f", component));
      }
      rows.append(i == 0 ? "" : ",")
          .append(
              "{'id':'r%04d','vectors':{'v':[%s]},'fields':{'group':'g%d','price':%d},'metadata':{'n':%d}}"
                  .formatted(i, vector, i % GROUPS, i, i % 3));
    }
    assertThat(server.post("/v1/tables/t/rows:put", "{'rows':[" + rows + "]}").status())
        .isEqualTo(200);
  }

  @AfterEach
  void close() {
    server.close();
  }

  @Test
  void aSampleIsSpreadOverTheTableInTheOrderOfIds() {
    JsonNode sample = server.post("/v1/tables/t/rows:sample", "{'count':6,'vectors':false}").body();
    assertThat(sample.get("rows_each").asDouble()).isEqualTo(100);
    assertThat(sample.get("rows").findValuesAsText("id"))
        .containsExactly("r0099", "r0199", "r0299", "r0399", "r0499", "r0599");
    assertThat(sample.at("/rows/0/fields/group").asText()).isEqualTo("g3");
    assertThat(sample.at("/rows/0").has("vectors")).isFalse();
  }

  @Test
  void aSampleOfUnfitSizeIsRefusedByName() {
    assertThat(server.post("/v1/tables/t/rows:sample", "{'count':0}").message())
        .isEqualTo("count: 0 (expected: 1 to 10000)");
    assertThat(server.post("/v1/tables/t/rows:sample", "{'limit':1}").message())
        .isEqualTo("request: limit (expected: one of count, fields, vectors)");
    assertThat(server.post("/v1/tables/none/rows:sample", "{}").code())
        .isEqualTo("TABLE_NOT_FOUND");
  }

  @Test
  void aDistributionTellsFieldsMetadataAndNorms() {
    JsonNode found = server.get("/v1/tables/t/distribution?sample=600").body();
    assertThat(found.get("sampled").asInt()).isEqualTo(ROWS);
    JsonNode group = found.at("/fields/group");
    assertThat(group.get("type").asText()).isEqualTo("string");
    assertThat(group.get("distinct").asInt()).isEqualTo(GROUPS);
    assertThat(group.at("/top/0/count").asInt()).isEqualTo(ROWS / GROUPS);
    JsonNode price = found.at("/fields/price/histogram");
    assertThat(price.get("min").asDouble()).isZero();
    assertThat(price.get("max").asDouble()).isEqualTo(ROWS - 1);
    assertThat(price.get("p50").asDouble()).isBetween(299.0, 300.0);
    int counted = 0;
    for (JsonNode count : price.get("counts")) {
      counted += count.asInt();
    }
    assertThat(counted).isEqualTo(ROWS);
    assertThat(found.at("/metadata/n/distinct").asInt()).isEqualTo(3);
    assertThat(found.at("/vectors/v/norm/mean").asDouble()).isBetween(2.5, 3.5);
  }

  @Test
  void aMapKeepsNeighboursTogetherAndSaysHowWell() {
    JsonNode map = server.get("/v1/tables/t/map?sample=600&color=group").body();
    assertThat(map.get("field").asText()).isEqualTo("v");
    assertThat(map.get("points").size()).isEqualTo(ROWS);
    assertThat(map.at("/layouts/0/name").asText()).isEqualTo("neighbours");
    assertThat(map.at("/layouts/0/trustworthiness_at_10").asDouble()).isBetween(0.85, 1.0);
    assertThat(map.at("/layouts/1/explained_variance").asDouble()).isBetween(0.2, 0.7);
    assertThat(map.at("/layouts/0/trustworthiness_at_10").asDouble())
        .isGreaterThan(map.at("/layouts/1/trustworthiness_at_10").asDouble());
    int together = 0;
    for (JsonNode point : map.get("points")) {
      for (JsonNode place : point.get("at")) {
        assertThat(place.asDouble()).isBetween(-1.0, 1.0);
      }
      together += nearestOf(point, map.get("points")).equals(point.get("color").asText()) ? 1 : 0;
    }
    assertThat(together).isGreaterThan(ROWS * 9 / 10);
  }

  /// The group of the point that lies nearest.
  private static String nearestOf(JsonNode point, JsonNode points) {
    double least = Double.MAX_VALUE;
    String group = "";
    for (JsonNode other : points) {
      double dx = other.at("/at/0").asDouble() - point.at("/at/0").asDouble();
      double dy = other.at("/at/1").asDouble() - point.at("/at/1").asDouble();
      if (dx * dx + dy * dy < least && !other.get("id").equals(point.get("id"))) {
        least = dx * dx + dy * dy;
        group = other.get("color").asText();
      }
    }
    return group;
  }

  @Test
  void aMapIsRememberedWhileItsTableStaysAsItIs() {
    JsonNode first = server.get("/v1/tables/t/map?sample=100").body();
    JsonNode second = server.get("/v1/tables/t/map?sample=100").body();
    assertThat(second.get("taken_at")).isEqualTo(first.get("taken_at"));
    assertThat(server.get("/v1/tables/t/map?sample=101").body().get("taken_at"))
        .isNotEqualTo(first.get("taken_at"));
  }

  @Test
  void smallAndEmptyTablesHaveMaps() {
    server.post("/v1/tables", "{'name':'few','vectors':{'v':{'dimension':2,'metric':'l2'}}}");
    assertThat(server.get("/v1/tables/few/map").body().get("points").size()).isZero();
    server.post(
        "/v1/tables/few/rows:put",
        "{'rows':[{'id':'a','vectors':{'v':[1,0]}},{'id':'b','vectors':{'v':[0,1]}},{'id':'c'}]}");
    assertThat(server.get("/v1/tables/few/map?sample=51").body().get("points").size()).isEqualTo(2);
    assertThat(server.get("/v1/tables/few/distribution").body().at("/vectors/v/present").asInt())
        .isEqualTo(2);
  }

  @Test
  void unfitQuestionsAreRefusedByName() {
    assertThat(server.get("/v1/tables/t/map?sample=9").message())
        .isEqualTo("sample: 9 (expected: 50 to 3000)");
    assertThat(server.get("/v1/tables/t/map?field=w").message())
        .isEqualTo("vector field: w (expected: one of [v], table: t)");
    assertThat(server.get("/v1/tables/none/map").code()).isEqualTo("TABLE_NOT_FOUND");
    Answer answer = server.get("/v1/tables/t/distribution?sample=x");
    assertThat(answer.status()).isEqualTo(400);
    assertThat(answer.message()).isEqualTo("sample: x (expected: 50 to 10000)");
  }
}
