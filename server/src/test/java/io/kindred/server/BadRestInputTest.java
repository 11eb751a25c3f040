package io.kindred.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.kindred.server.RunningServer.Answer;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Bad input over REST: the documented error, nothing stored, nothing logged above DEBUG, and the
/// connection goes on.
final class BadRestInputTest {
  @TempDir static Path directory;
  private static RunningServer server;
  private static LogCapture log;

  @BeforeAll
  static void start() {
    server = new RunningServer(directory);
    server.post(
        "/v1/tables",
        "{'name':'t','vectors':{'v':{'dimension':2,'metric':'cosine','index':{'kind':'flat'}}},"
            + "'fields':{'n':{'type':'int64'}}}");
    server.post("/v1/tables/t/rows:put", "{'rows':[{'id':'kept','vectors':{'v':[1,0]}}]}");
    log = new LogCapture();
  }

  @AfterAll
  static void stop() {
    log.close();
    server.close();
  }

  @AfterEach
  void nothingIsStoredNothingIsLoggedAndTheConnectionGoesOn() {
    assertThat(server.get("/v1/tables/t").body().get("row_count").asInt()).isEqualTo(1);
    assertThat(server.get("/v1/tables").body().get("tables")).hasSize(1);
    assertThat(log.lines()).isEmpty();
    assertThat(server.connections).hasSize(1);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "/v1/tables                | {'name':'x','vectors':{'v':{'dimension':0}}}                 | 400 | INVALID_ARGUMENT | dimension",
        "/v1/tables                | {'name':'x','vectors':{'v':{'dimension':8193}}}              | 400 | INVALID_ARGUMENT | 8192",
        "/v1/tables                | {'name':'x','vectors':{'v':{'dimension':'2'}}}               | 400 | INVALID_ARGUMENT | an integer",
        "/v1/tables                | {'name':'x','vectors':{'v':{'dimension':2,'metric':'dott'}}} | 400 | INVALID_ARGUMENT | l2, dot, cosine",
        "/v1/tables                | {'name':'x','vectors':{'v':{'dimension':2,'index':{'kind':'ivf'}}}} | 400 | INVALID_ARGUMENT | ivf_hnsw_pq",
        "/v1/tables                | {'name':'x','vectors':{'v':{'dimension':2,'index':{'kind':'ivf_flat','lists':-1}}}} | 400 | INVALID_ARGUMENT | 1 to 1048576",
        "/v1/tables                | {'name':'x','vectors':{'v':{'dimension':2,'index':{'kind':'ivf_pq','subspaces':3}}}} | 400 | INVALID_ARGUMENT | the dimension, 2",
        "/v1/tables                | {'name':'x','vectors':{'v':{'dimension':2,'index':{'kind':'ivf_flat','subspaces':1}}}} | 400 | INVALID_ARGUMENT | lists with kind ivf_flat",
        "/v1/tables                | {'name':'x','vectors':{'v':{'dimension':2,'index':{'kind':'tree'}}}} | 400 | INVALID_ARGUMENT | flat, hnsw, ivf_flat",
        "/v1/tables                | {'name':'x','vectors':{'v':{'dimension':2,'index':{'kind':'hnsw','m':1}}}} | 400 | INVALID_ARGUMENT | 2 to 128",
        "/v1/tables                | {'name':'x','vectors':{'v':{'dimension':2,'index':{'kind':'flat','m':8}}}} | 400 | INVALID_ARGUMENT | flat",
        "/v1/tables                | {'name':'x','keys':'string'}                                 | 400 | UNKNOWN_FIELD | keys",
        "/v1/tables                | {'name':'a/b'}                                               | 400 | INVALID_ARGUMENT | a/b",
        "/v1/tables                | {}                                                           | 400 | INVALID_ARGUMENT | name",
        "/v1/tables                | {'name':'x','ttl':'soon'}                                    | 400 | INVALID_ARGUMENT | soon",
        "/v1/tables                | {'name':'x','fields':{'f':{'type':'text'}}}                  | 400 | INVALID_ARGUMENT | string_list",
        "/v1/tables                | {'name':'x','fields':{'f':{}}}                               | 400 | INVALID_ARGUMENT | fields.f.type",
        "/v1/tables                | {'name':'x','partition_by':'f'}                              | 400 | INVALID_ARGUMENT | partition_by",
        "/v1/tables                | {'name':'x','shards':65}                                     | 400 | INVALID_ARGUMENT | 64",
        "/v1/tables                | {'name':'x','memory_bytes':1000}                             | 400 | INVALID_ARGUMENT | 16777216",
        "/v1/tables                | {'name':'x','memory_bytes':'1 GiB'}                          | 400 | INVALID_ARGUMENT | an integer",
        "/v1/tables                | {'name':'x','name':'y'}                                      | 400 | INVALID_ARGUMENT | column",
        "/v1/tables                | {'name':                                                     | 400 | INVALID_ARGUMENT | line 1",
        "/v1/tables                | [1]                                                          | 400 | INVALID_ARGUMENT | an object",
        "/v1/tables                | {'name':'x'} {}                                              | 400 | INVALID_ARGUMENT | one value",
        "/v1/tables/t/rows:put     | {'row':[]}                                                   | 400 | UNKNOWN_FIELD | row",
        "/v1/tables/t/rows:put     | {}                                                           | 400 | INVALID_ARGUMENT | rows",
        "/v1/tables/t/rows:put     | {'rows':{}}                                                  | 400 | INVALID_ARGUMENT | array",
        "/v1/tables/none/rows:put  | {'rows':[]}                                                  | 404 | TABLE_NOT_FOUND | none",
        "/v1/tables/t/rows:delete  | {}                                                           | 400 | INVALID_ARGUMENT | none",
        "/v1/tables/t/rows:delete  | {'ids':['a'],'filter':{'n':1}}                               | 400 | INVALID_ARGUMENT | both",
        "/v1/tables/t/rows:delete  | {'filter':{'n':{'$near':1}}}                                 | 400 | INVALID_FILTER | $near",
        "/v1/tables/t/rows:get     | {'ids':[1]}                                                  | 400 | INVALID_KEY | a string",
        "/v1/tables/t/rows:get     | {'ids':'kept'}                                               | 400 | INVALID_ARGUMENT | array",
        "/v1/tables/t/rows:get     | {'ids':['kept'],'fields':['n']}                              | 400 | INVALID_ARGUMENT | true or false",
        "/v1/tables/t/rows:scan    | {'limit':0}                                                  | 400 | INVALID_ARGUMENT | 10000",
        "/v1/tables/t/rows:scan    | {'limit':10001}                                              | 400 | INVALID_ARGUMENT | 10000",
        "/v1/tables/t:search       | {'vector':[1]}                                               | 400 | DIMENSION_MISMATCH | expected: 2",
        "/v1/tables/t:search       | {'vector':[1,NaN]}                                           | 400 | INVALID_VECTOR | finite",
        "/v1/tables/t:search       | {'vector':[1,1e39]}                                          | 400 | INVALID_VECTOR | finite",
        "/v1/tables/t:search       | {'vector':[1,'0']}                                           | 400 | INVALID_VECTOR | a number",
        "/v1/tables/t:search       | {'vector':[0,0]}                                             | 400 | INVALID_VECTOR | v",
        "/v1/tables/t:search       | {'vector':[1,0],'k':0}                                       | 400 | INVALID_ARGUMENT | 10000",
        "/v1/tables/t:search       | {'vector':[1,0],'k':10001}                                   | 400 | INVALID_ARGUMENT | 10000",
        "/v1/tables/t:search       | {'vector':[1,0],'k':99999999999}                             | 400 | INVALID_ARGUMENT | k",
        "/v1/tables/t:search       | {'vector':[1,0],'k':2.5}                                     | 400 | INVALID_ARGUMENT | k",
        "/v1/tables/t:search       | {'vector':[1,0],'ef':0}                                      | 400 | INVALID_ARGUMENT | ef",
        "/v1/tables/t:search       | {'vector':[1,0],'ef':1000000}                                | 400 | INVALID_ARGUMENT | ef",
        "/v1/tables/t:search       | {'vector':[1,0],'recall':1.5}                                | 400 | INVALID_ARGUMENT | recall",
        "/v1/tables/t:search       | {'vector':[1,0],'recall':0.9,'ef':10}                        | 400 | INVALID_ARGUMENT | at most one",
        "/v1/tables/t:search       | {'vector':[1,0],'nprobe':8}                                  | 400 | INVALID_ARGUMENT | nprobe",
        "/v1/tables/t:search       | {'vector':[1,0],'bloom':{}}                                  | 400 | INVALID_ARGUMENT | bloom.words",
        "/v1/tables/t:search       | {'vector':[1,0],'bloom':[]}                                  | 400 | INVALID_ARGUMENT | an object",
        "/v1/tables/t:search       | {'vector':[1,0],'bloom':{'seed':1}}                          | 400 | UNKNOWN_FIELD | seed",
        "/v1/tables/t:search       | {'vector':[1,0],'bloom':{'version':2,'hashes':3,'bits':64,'words':'AAAAAAAAAAA='}} | 400 | UNSUPPORTED | bloom.version: 2",
        "/v1/tables/t:search       | {'vector':[1,0],'bloom':{'version':1,'hashes':0,'bits':64,'words':'AAAAAAAAAAA='}} | 400 | INVALID_ARGUMENT | bloom.hashes: 0",
        "/v1/tables/t:search       | {'vector':[1,0],'bloom':{'version':1,'hashes':33,'bits':64,'words':'AAAAAAAAAAA='}} | 400 | INVALID_ARGUMENT | 1 to 32",
        "/v1/tables/t:search       | {'vector':[1,0],'bloom':{'version':1,'hashes':3,'bits':96,'words':'AAAAAAAAAAAAAAAA'}} | 400 | INVALID_ARGUMENT | a power of two",
        "/v1/tables/t:search       | {'vector':[1,0],'bloom':{'version':1,'hashes':3,'bits':0,'words':''}} | 400 | INVALID_ARGUMENT | bloom.bits: 0",
        "/v1/tables/t:search       | {'vector':[1,0],'bloom':{'version':1,'hashes':3,'bits':-128,'words':''}} | 400 | INVALID_ARGUMENT | bloom.bits",
        "/v1/tables/t:search       | {'vector':[1,0],'bloom':{'version':1,'hashes':3,'bits':16777216,'words':''}} | 413 | TOO_LARGE | 8388608",
        "/v1/tables/t:search       | {'vector':[1,0],'bloom':{'version':1,'hashes':3,'bits':128,'words':'AAAAAAAAAAA='}} | 400 | INVALID_ARGUMENT | 8 bytes",
        "/v1/tables/t:search       | {'vector':[1,0],'bloom':{'version':1,'hashes':3,'bits':64,'words':'?'}} | 400 | INVALID_ARGUMENT | base64",
        "/v1/tables/t:search       | {'vector':[1,0],'bloom':{'version':1,'bits':64,'words':'AAAAAAAAAAA='}} | 400 | INVALID_ARGUMENT | bloom.hashes: none",
        "/v1/tables/t:search       | {'vector':[1,0],'explain':1}                                 | 400 | INVALID_ARGUMENT | true or false",
        "/v1/tables/t:search       | {'vector':[1,0],'id':'kept'}                                 | 400 | INVALID_ARGUMENT | one of the three",
        "/v1/tables/t:search       | {'k':3}                                                      | 400 | INVALID_ARGUMENT | none",
        "/v1/tables/t:search       | {'vectors':[]}                                               | 400 | INVALID_ARGUMENT | 1 to 1000",
        "/v1/tables/t:search       | {'id':'absent'}                                              | 404 | ROW_NOT_FOUND | absent",
        "/v1/tables/t:search       | {'vector':[1,0],'field':'w'}                                 | 400 | UNKNOWN_FIELD | w",
        "/v1/tables/t:search       | {'vector':[1,0],'version':'v9'}                              | 404 | VERSION_NOT_FOUND | v9",
        "/v1/tables/t:search       | {'vector':[1,0],'partition':'x'}                             | 400 | INVALID_ARGUMENT | partition",
        "/v1/tables/t:search       | {'vector':[1,0],'include':['metadata']}                      | 400 | INVALID_ARGUMENT | metadata",
        "/v1/tables/t:search       | {'vector':[1,0],'filter':{'n':{'$gt':[1]}}}                  | 400 | INVALID_FILTER | $gt",
        "/v1/tables/t:search       | {'vector':[1,0],'filter':'n'}                                | 400 | INVALID_FILTER | filter",
        "/v1/tables/t:search       | {'vector':[1,0],'topk':3}                                    | 400 | UNKNOWN_FIELD | topk",
        "/v1/nothing               | {}                                                           | 404 | NOT_FOUND | /v1/nothing",
        "/v1/feature/join          | {}                                                           | 404 | NOT_FOUND | /v1/feature/join",
      })
  void aBadRequestIsRefused(String path, String body, int status, String code, String part) {
    Answer answer = server.post(path, body);

    assertThat(answer.whole().contentUtf8()).contains(part);
    assertThat(answer.status()).isEqualTo(status);
    assertThat(answer.code()).isEqualTo(code);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "{'id':'x','vectors':{'v':[0,0]}}           | INVALID_VECTOR",
        "{'id':'x','vectors':{'v':[1,Infinity]}}    | INVALID_VECTOR",
        "{'id':'x','vectors':{'v':[1,-1e400]}}      | INVALID_VECTOR",
        "{'id':'x','vectors':{'v':[]}}              | DIMENSION_MISMATCH",
        "{'id':'x','vectors':{'w':[1,2]}}           | UNKNOWN_FIELD",
        "{'id':'','vectors':{'v':[1,2]}}            | INVALID_KEY",
        "{'id':'x','fields':{'n':1.5}}              | TYPE_MISMATCH",
        "{'id':'x','fields':{'n':9223372036854775808}} | INVALID_ARGUMENT",
        "{'id':'x','metadata':{'n':NaN}}            | INVALID_ARGUMENT",
        "{'id':'x','metadata':[1]}                  | INVALID_ARGUMENT",
        "{'id':'x','ttl_seconds':-1}                | INVALID_ARGUMENT",
        "{'id':'x','event_time':'2026-13-01'}       | TYPE_MISMATCH",
      })
  void aBadRowIsRejected(String row, String code) {
    Answer answer = server.post("/v1/tables/t/rows:put", "{'rows':[" + row + "]}");

    assertThat(answer.status()).isEqualTo(200);
    assertThat(answer.body().get("put").asInt()).isZero();
    assertThat(answer.body().at("/rejected/0/code").asText()).isEqualTo(code);
  }

  @Test
  void anOversizedKeyIsRejected() {
    String id = "k".repeat(513);
    Answer put = server.post("/v1/tables/t/rows:put", "{'rows':[{'id':'" + id + "'}]}");

    assertThat(put.body().at("/rejected/0/code").asText()).isEqualTo("INVALID_KEY");
    assertThat(server.post("/v1/tables/t/rows:get", "{'ids':['" + id + "']}").status())
        .isEqualTo(400);
  }

  @Test
  void metadataBeyondItsBoundsIsRejected() {
    String wide = "{'rows':[{'id':'x','metadata':{'m':'" + "y".repeat(41 * 1024) + "'}}]}";
    String deep = "{'rows':[{'id':'x','metadata':{'m':" + "[".repeat(40) + "]".repeat(40) + "}}]}";

    assertThat(rejection(wide)).isEqualTo("TOO_LARGE");
    assertThat(rejection(deep)).isEqualTo("TOO_LARGE");
  }

  private static String rejection(String request) {
    return server.post("/v1/tables/t/rows:put", request).body().at("/rejected/0/code").asText();
  }

  @Test
  void anOversizedBatchIsRefused() {
    String rows = "{'id':'x'},".repeat(10_001);
    Answer put =
        server.post(
            "/v1/tables/t/rows:put", "{'rows':[" + rows.substring(0, rows.length() - 1) + "]}");

    assertThat(put.status()).isEqualTo(413);
    assertThat(put.code()).isEqualTo("TOO_LARGE");
    assertThat(put.message()).contains("10000");
  }

  @Test
  void anOversizedRequestIsRefused() {
    Answer put = server.postText("/v1/tables/t/rows:put", " ".repeat(33 * 1024 * 1024));

    assertThat(put.status()).isEqualTo(413);
    assertThat(put.code()).isEqualTo("TOO_LARGE");
    assertThat(put.message()).contains("33554432");
  }

  @Test
  void anOversizedFilterIsRefused() {
    String deep = "{'$not':".repeat(40) + "{'n':1}" + "}".repeat(40);
    String many = "{'n':{'$in':[" + "1,".repeat(10_001) + "1]}}";

    for (String filter : new String[] {deep, many}) {
      Answer search =
          server.post("/v1/tables/t:search", "{'vector':[1,0],'filter':" + filter + "}");
      assertThat(search.status()).isBetween(400, 413);
      assertThat(search.code()).isIn("INVALID_FILTER", "TOO_LARGE");
    }
  }

  @Test
  void nestingWithoutEndIsRefused() {
    Answer answer = server.postText("/v1/tables/t/rows:put", "[".repeat(100_000));

    assertThat(answer.status()).isEqualTo(400);
    assertThat(answer.code()).isEqualTo("INVALID_ARGUMENT");
  }

  @Test
  void nestingBeyondTheReadersLimitIsRefused() {
    String deep = "[".repeat(200) + "]".repeat(200);

    for (String body :
        new String[] {"{'rows':[{'id':'x','metadata':" + deep + "}]}", "{'rows':" + deep + "}"}) {
      Answer answer = server.post("/v1/tables/t/rows:put", body);
      assertThat(answer.status()).isEqualTo(400);
      assertThat(answer.code()).isEqualTo("INVALID_ARGUMENT");
      assertThat(answer.message()).contains("128");
    }
  }

  /// A zero byte in front makes the JSON reader take the text for UTF-32.
  @Test
  void aTextThatIsNotUtf8IsRefused() {
    for (String body : new String[] {"\0{'rows':[]}", "\0\0\0{'rows':[]}", "{'\0\0\0':1}"}) {
      Answer answer = server.post("/v1/tables/t/rows:put", body);
      assertThat(answer.status()).isEqualTo(400);
      assertThat(answer.code()).isEqualTo("INVALID_ARGUMENT");
    }
  }

  @Test
  void anOperationIdOfAnotherRequestIsRefusedWhereTheOutcomeCannotBeItsOwn() {
    server.post(
        "/v1/tables/t/rows:delete", "{'ids':['none','nil','nought'],'operation_id':'taken'}");

    for (String path : new String[] {"rows:delete", "rows:update", "rows:put"}) {
      String body =
          path.equals("rows:delete")
              ? "{'ids':['absent'],'operation_id':'taken'}"
              : "{'rows':[{'id':'absent'}],'operation_id':'taken'}";
      Answer answer = server.post("/v1/tables/t/" + path, body);
      assertThat(answer.status()).as(path).isEqualTo(400);
      assertThat(answer.message()).startsWith("operation_id: ");
    }
    Answer filtered =
        server.post("/v1/tables/t/rows:delete", "{'filter':{'n':-1},'operation_id':'taken'}");
    assertThat(filtered.code()).isEqualTo("INVALID_ARGUMENT");
  }

  @Test
  void aLongValueIsCutOutOfTheMessage() {
    Answer answer = server.post("/v1/tables", "{'name':'" + "n".repeat(100_000) + "'}");

    assertThat(answer.message())
        .hasSizeLessThan(700)
        .startsWith("name: nnn")
        .endsWith("not starting with '-' or '.')");
  }

  @Test
  void tooManyMatchesOrQueriesAreRefused() {
    String vectors = "[1,0],".repeat(1_001);
    String batch = vectors.substring(0, vectors.length() - 1);
    String fewer = vectors.substring(0, 6 * 20 - 1);

    assertThat(server.post("/v1/tables/t:search", "{'vectors':[" + batch + "]}").status())
        .isEqualTo(413);
    assertThat(server.post("/v1/tables/t:search", "{'vectors':[" + fewer + "],'k':10000}").code())
        .isEqualTo("TOO_LARGE");
  }

  @Test
  void aMalformedTextNamesLineAndColumn() {
    Answer answer = server.postText("/v1/tables/t:search", "{\n  \"vector\": [1, 0],\n  oops\n}");

    assertThat(answer.message()).contains("line 3, column 3");
  }

  @Test
  void anUnknownMethodIsRefused() {
    assertThat(server.delete("/v1/stats").status()).isEqualTo(405);
    assertThat(server.delete("/v1/stats").code()).isEqualTo("METHOD_NOT_ALLOWED");
  }

  @Test
  void whatIsNoHttpEndsItsOwnConnectionOnly() throws Exception {
    for (String garbage :
        new String[] {
          "\u0000\u0001\u0002\u0003\r\n\r\n", "GET\r\n\r\n", "PRI * HTTP/2.0\r\n\r\nSMxx"
        }) {
      try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.port())) {
        socket.getOutputStream().write(garbage.getBytes(StandardCharsets.ISO_8859_1));
        socket.shutdownOutput();
        socket.setSoTimeout(20_000);
        socket.getInputStream().readAllBytes();
      }
    }
    assertThat(server.get("/health/live").status()).isEqualTo(200);
  }

  /// Found by fuzzing: it was answered as the server's own failure.
  @Test
  void aSecondRequestThatIsNoneIsACallersMistake() throws Exception {
    String requests =
        String.join(
            "\r\n",
            "POST /v1/tables/t:search HTTP/1.1",
            "host: x",
            "content-length: 2",
            "",
            "{}:tr18 HTTP/1.1",
            "host: x",
            "",
            "");
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.port())) {
      socket.getOutputStream().write(requests.getBytes(StandardCharsets.ISO_8859_1));
      socket.shutdownOutput();
      socket.setSoTimeout(20_000);
      String answer =
          new String(socket.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
      assertThat(answer).doesNotContain("HTTP/1.1 5");
    }
  }
}
