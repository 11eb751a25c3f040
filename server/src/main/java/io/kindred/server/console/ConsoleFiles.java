package io.kindred.server.console;

import com.linecorp.armeria.common.HttpData;
import com.linecorp.armeria.common.HttpHeaderNames;
import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.common.HttpStatus;
import com.linecorp.armeria.common.MediaType;
import com.linecorp.armeria.common.ResponseHeaders;
import com.linecorp.armeria.server.HttpService;
import com.linecorp.armeria.server.ServerBuilder;
import com.linecorp.armeria.server.file.FileService;
import com.linecorp.armeria.server.file.HttpVfs;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/// The console as it lies on the class path: a page, and the assets that it names. Immutable.
///
/// The browser finds its way between the console's own pages, so all of them are the same file.
/// That one is asked for every time; assets have a hash of what they hold in their names, and are
/// kept.
public final class ConsoleFiles {
  private static final String FOLDER = "io/kindred/console";
  private static final String ASSETS = FOLDER + "/assets";
  private static final String KEPT = "public, max-age=31536000, immutable";

  /// Nothing is loaded from, sent to or shown within another site.
  private static final String POLICY =
      "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:;"
          + " frame-ancestors 'none'; base-uri 'none'; form-action 'none'";

  private final ClassLoader loader;
  private final byte[] page;

  private ConsoleFiles(ClassLoader loader, byte[] page) {
    this.loader = loader;
    this.page = page;
  }

  /// The console that a class loader has, if it has one.
  public static Optional<ConsoleFiles> on(ClassLoader loader) {
    return read(loader, "/index.html").map(page -> new ConsoleFiles(loader, page));
  }

  /// Why there is no console, as its build says; empty where that says nothing.
  public static String whyAbsent(ClassLoader loader) {
    return read(loader, "/absent.txt")
        .map(text -> new String(text, StandardCharsets.UTF_8).strip())
        .orElse("");
  }

  private static Optional<byte[]> read(ClassLoader loader, String name) {
    try (InputStream in = loader.getResourceAsStream(FOLDER + name)) {
      return in == null ? Optional.empty() : Optional.of(in.readAllBytes());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// Serves the page at `/` and below `/console/`, and the assets below `/assets/`.
  public void addTo(ServerBuilder builder) {
    HttpService everyPage = (context, request) -> page();
    builder
        .service("/", everyPage)
        .serviceUnder("/console/", everyPage)
        .serviceUnder(
            "/assets/",
            FileService.builder(HttpVfs.of(loader, ASSETS))
                .serveCompressedFiles(true)
                .addHeader(HttpHeaderNames.CACHE_CONTROL, KEPT)
                .addHeader(HttpHeaderNames.X_CONTENT_TYPE_OPTIONS, "nosniff")
                .build());
  }

  private HttpResponse page() {
    ResponseHeaders headers =
        ResponseHeaders.of(
            HttpStatus.OK,
            HttpHeaderNames.CONTENT_TYPE,
            MediaType.HTML_UTF_8,
            HttpHeaderNames.CACHE_CONTROL,
            "no-cache",
            HttpHeaderNames.CONTENT_SECURITY_POLICY,
            POLICY,
            HttpHeaderNames.REFERRER_POLICY,
            "no-referrer");
    return HttpResponse.of(headers, HttpData.wrap(page));
  }
}
