package io.kindred.engine.store;

import io.kindred.engine.Durability;
import io.kindred.engine.KindredException;
import io.kindred.engine.TableSpec;
import io.kindred.engine.catalog.CatalogChange;
import io.kindred.engine.catalog.CatalogCodec;
import io.kindred.engine.catalog.CatalogOutcome;
import io.kindred.engine.catalog.TableEntry;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;

/// Changes the catalog of a store, by its log. Thread-safe.
final class CatalogChanges {
  private final EmbeddedStore store;

  CatalogChanges(EmbeddedStore store) {
    this.store = store;
  }

  /// A change whose outcome somebody waits for.
  ///
  /// @param prepared the opened table that the change makes; without one it is opened when the
  ///   change is applied
  record Pending(CompletableFuture<CatalogOutcome> outcome, @Nullable PreparedTable prepared) {}

  /// @throws KindredException `TABLE_EXISTS`, `TOO_LARGE`, `STORAGE_UNAVAILABLE`
  TableEntry create(TableSpec spec) {
    return created(await(begin(new CatalogChange.CreateTable(spec), DiskSpace.Effect.ADDS, null)));
  }

  /// @throws KindredException `TABLE_NOT_FOUND`, `VERSION_CONFLICT`, `STORAGE_UNAVAILABLE`
  void drop(TableEntry entry) {
    CatalogChange drop =
        new CatalogChange.DropTable(entry.spec().name(), entry.id(), entry.revision());
    if (await(begin(drop, DiskSpace.Effect.MAKES_ROOM, null))
        instanceof CatalogOutcome.Refused refused) {
      throw refused.asException();
    }
  }

  /// Queues a change for the log. Where this throws, the log has nothing of it.
  CompletableFuture<CatalogOutcome> begin(
      CatalogChange change, DiskSpace.Effect effect, @Nullable PreparedTable prepared) {
    CompletableFuture<CatalogOutcome> outcome = new CompletableFuture<>();
    store.append(
        List.of(CatalogCodec.encode(change)),
        effect,
        Durability.SYNCED,
        new Pending(outcome, prepared));
    return outcome;
  }

  /// Waits for the outcome.
  ///
  /// @throws KindredException where there is none to be had; the log may have the change, and then
  ///   the next start applies it
  static CatalogOutcome await(CompletableFuture<CatalogOutcome> outcome) {
    try {
      return outcome.join();
    } catch (CompletionException e) {
      if (e.getCause() instanceof KindredException cause) {
        throw new KindredException(cause.code(), String.valueOf(cause.getMessage()), cause);
      }
      throw e;
    }
  }

  /// The table that a change has made.
  ///
  /// @throws KindredException where it was refused
  static TableEntry created(CatalogOutcome outcome) {
    return switch (outcome) {
      case CatalogOutcome.Created(TableEntry entry) -> entry;
      case CatalogOutcome.Refused refused -> throw refused.asException();
      case CatalogOutcome.Dropped dropped -> throw new IllegalStateException(dropped.toString());
    };
  }
}
