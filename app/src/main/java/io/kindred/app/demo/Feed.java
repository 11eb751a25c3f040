package io.kindred.app.demo;

import io.kindred.app.demo.ShopRest.Identity;
import io.kindred.app.demo.ShopRest.Pushed;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/// Sends acts into the demo's pipeline, one request after another, each applied once, and enters in
/// the ledger what was acknowledged. Owned by one thread.
final class Feed {
  private final ShopRest rest;
  private final Ledger ledger;
  private final String producer = UUID.randomUUID().toString();
  private long sequence;

  Feed(ShopRest rest, Ledger ledger) {
    this.rest = rest;
    this.ledger = ledger;
  }

  /// Returns once the acts are durable and searchable.
  ///
  /// @return how many of them the pipeline took
  /// @throws io.kindred.engine.KindredException where it refused the request; then the same acts
  ///   are to be sent again, before any others, for it may have been applied all the same
  int send(List<Act> acts) throws IOException, InterruptedException {
    Pushed pushed = rest.push(acts, new Identity(producer, sequence));
    sequence++;
    List<Act> taken = new ArrayList<>();
    for (int i = 0; i < acts.size(); i++) {
      if (!pushed.rejected().contains(i)) {
        taken.add(acts.get(i));
      }
    }
    ledger.add(taken);
    return taken.size();
  }
}
