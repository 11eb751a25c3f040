package io.kindred.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.linecorp.armeria.client.WebClient;
import com.linecorp.armeria.common.AggregatedHttpResponse;
import com.linecorp.armeria.common.HttpHeaderNames;
import com.linecorp.armeria.common.HttpMethod;
import com.linecorp.armeria.common.RequestHeaders;
import io.kindred.engine.StoreOptions;
import io.kindred.engine.store.EmbeddedStore;
import io.kindred.server.telemetry.Telemetry;
import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// How the console's files are served, and what is there without them.
final class ConsoleFilesTest {
  private static final String PAGE = "<!doctype html><title>console</title>";

  @TempDir Path directory;

  /// A server with what lies in a folder of the class path. Owned by one test.
  private final class Served implements AutoCloseable {
    private final EmbeddedStore store = EmbeddedStore.open(StoreOptions.at(directory.resolve("d")));
    private final KindredServer server;
    private final WebClient web;

    Served(ClassLoader loader) {
      ServerParts parts = ServerParts.of(new Telemetry()).withConsoleOf(loader);
      this.server = KindredServer.start(ServerOptions.DEFAULT.withPort(0), store, parts);
      this.web = WebClient.of("h1c://127.0.0.1:" + server.port());
    }

    AggregatedHttpResponse get(String path, String... headers) {
      RequestHeaders request = RequestHeaders.of(HttpMethod.GET, path);
      if (headers.length == 2) {
        request = request.toBuilder().add(headers[0], headers[1]).build();
      }
      return web.execute(request).aggregate().join();
    }

    @Override
    public void close() {
      server.close();
      store.close();
    }
  }

  private URLClassLoader console(String file, String content) throws IOException {
    Path root = directory.resolve("classes");
    Path folder = root.resolve("io/kindred/console");
    Files.createDirectories(folder.resolve("assets"));
    Files.writeString(folder.resolve(file), content);
    return new URLClassLoader(new URL[] {root.toUri().toURL()}, null);
  }

  @Test
  void everyPageOfTheConsoleIsItsOneFileAndIsAskedForAnew() throws IOException {
    try (URLClassLoader loader = console("index.html", PAGE);
        Served served = new Served(loader)) {
      for (String path : new String[] {"/", "/console/tables", "/console/tables/a%2Fb?tab=rows"}) {
        AggregatedHttpResponse page = served.get(path);
        assertThat(page.status().code()).as(path).isEqualTo(200);
        assertThat(page.contentUtf8()).isEqualTo(PAGE);
        assertThat(page.contentType()).hasToString("text/html; charset=utf-8");
        assertThat(page.headers().get(HttpHeaderNames.CACHE_CONTROL)).isEqualTo("no-cache");
        assertThat(page.headers().get(HttpHeaderNames.CONTENT_SECURITY_POLICY))
            .startsWith("default-src 'self'");
      }
    }
  }

  @Test
  void assetsAreKeptForEverAndSentCompressedToWhoTakesIt() throws IOException {
    try (URLClassLoader loader = console("index.html", PAGE)) {
      Path assets = directory.resolve("classes/io/kindred/console/assets");
      Files.writeString(assets.resolve("index-abc.js"), "let plain;");
      Files.writeString(assets.resolve("index-abc.js.br"), "brotli");
      try (Served served = new Served(loader)) {
        AggregatedHttpResponse plain = served.get("/assets/index-abc.js");
        assertThat(plain.contentUtf8()).isEqualTo("let plain;");
        assertThat(String.valueOf(plain.contentType())).contains("javascript");
        assertThat(plain.headers().get(HttpHeaderNames.CACHE_CONTROL)).contains("immutable");
        AggregatedHttpResponse small = served.get("/assets/index-abc.js", "accept-encoding", "br");
        assertThat(small.contentUtf8()).isEqualTo("brotli");
        assertThat(small.headers().get(HttpHeaderNames.CONTENT_ENCODING)).isEqualTo("br");
        assertThat(served.get("/assets/none.js").status().code()).isEqualTo(404);
        assertThat(served.get("/assets/../index.html").status().code()).isIn(400, 404);
      }
    }
  }

  @Test
  void whatTheConsoleDoesNotServeIsStillAnErrorInJson() throws IOException {
    try (URLClassLoader loader = console("index.html", PAGE);
        Served served = new Served(loader)) {
      AggregatedHttpResponse unknown = served.get("/v1/nothing");
      assertThat(unknown.status().code()).isEqualTo(404);
      assertThat(unknown.contentUtf8()).contains("NOT_FOUND");
    }
  }

  @Test
  void withoutAConsoleTheStartPageSaysHowToGetIt() throws IOException {
    try (URLClassLoader loader = console("absent.txt", "The console needs <Node>.");
        Served served = new Served(loader)) {
      assertThat(served.get("/").contentUtf8()).contains("The console needs &lt;Node&gt;.");
      assertThat(served.get("/console/tables").status().code()).isEqualTo(404);
    }
  }
}
