package io.kindred.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.linecorp.armeria.common.HttpData;
import com.linecorp.armeria.common.HttpObject;
import com.linecorp.armeria.common.HttpResponse;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.reactivestreams.Subscriber;
import org.reactivestreams.Subscription;

/// Server-sent events as they come. Thread-safe.
final class Events implements Subscriber<HttpObject> {
  private final LinkedBlockingQueue<String> received = new LinkedBlockingQueue<>();

  /// Done when the stream is.
  final CompletableFuture<Boolean> end = new CompletableFuture<>();

  Events(HttpResponse response) {
    response.subscribe(this);
  }

  JsonNode next() throws InterruptedException {
    String event = received.poll(20, TimeUnit.SECONDS);
    assertThat(event).isNotNull().startsWith("data: ").endsWith("\n\n");
    return RunningServer.json(event.substring("data: ".length()));
  }

  @Override
  public void onSubscribe(Subscription subscription) {
    subscription.request(Long.MAX_VALUE);
  }

  @Override
  public void onNext(HttpObject part) {
    if (part instanceof HttpData data && !data.isEmpty()) {
      received.add(data.toStringUtf8());
    }
  }

  @Override
  public void onError(Throwable thrown) {
    end.completeExceptionally(thrown);
  }

  @Override
  public void onComplete() {
    end.complete(true);
  }
}
