package io.kindred.server.rest;

import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.common.HttpStatus;
import com.linecorp.armeria.common.MediaType;
import com.linecorp.armeria.server.HttpService;

/// The page at `/` where there is no console: what runs here, and where to go.
public final class StartPage {
  private static final String PAGE =
      """
      <!doctype html>
      <html lang="en">
      <head>
      <meta charset="utf-8">
      <meta name="viewport" content="width=device-width, initial-scale=1">
      <title>Kindred</title>
      <style>
        :root { color-scheme: light dark; font: 1rem/1.6 system-ui, sans-serif; }
        body { max-width: 38rem; margin: 4rem auto; padding: 0 1rem; }
        code { font-size: 0.95em; }
        li { margin: 0.4rem 0; }
      </style>
      </head>
      <body>
      <h1>Kindred</h1>
      <p>An embedding and feature store with vector retrieval runs here. REST and gRPC share this
      port.</p>
      <ul>
        <li><a href="/docs/">/docs</a>: every call, with its parameters</li>
        <li><a href="/v1/tables">/v1/tables</a>: the tables</li>
        <li><a href="/v1/stats">/v1/stats</a>: the last second; <a href="/v1/stats/stream">live</a></li>
        <li><a href="/metrics">/metrics</a>: for Prometheus</li>
        <li><a href="/health/ready">/health/ready</a>, <a href="/health/live">/health/live</a></li>
      </ul>
      <p>%s</p>
      </body>
      </html>
      """;

  private StartPage() {}

  /// @param note one line more, as text; may be empty
  public static HttpService service(String note) {
    String page = PAGE.replace("%s", escaped(note));
    return (context, request) -> HttpResponse.of(HttpStatus.OK, MediaType.HTML_UTF_8, page);
  }

  private static String escaped(String text) {
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
  }
}
