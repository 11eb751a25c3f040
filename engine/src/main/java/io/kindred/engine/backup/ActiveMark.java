package io.kindred.engine.backup;

import io.kindred.engine.ErrorCode;
import io.kindred.engine.KindredException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// An object that says who is at work on a place, so that no file is deleted that a backup in the
/// making counts on. Whoever sets a mark looks for opposing ones afterwards: of two who do so at
/// once, at least one sees the other. Owned by one thread.
///
/// A mark is renewed while its owner works. One that was not renewed for ten minutes is of a
/// process that was killed, and does not count; so clocks must agree to within some minutes.
final class ActiveMark implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(ActiveMark.class);
  private static final Duration RENEWAL = Duration.ofMinutes(1);
  private static final Duration LIFE = Duration.ofMinutes(10);
  private static final int BYTES_MAX = 32;

  private final ObjectStore objects;
  private final InstantSource clock;
  private final String name;
  private Instant renewed = Instant.MIN;

  private ActiveMark(ObjectStore objects, InstantSource clock, String name) {
    this.objects = objects;
    this.clock = clock;
    this.name = name;
  }

  /// Sets a mark.
  ///
  /// @param opposing marks whose name begins so must not be there
  /// @throws KindredException `BACKUP_CONFLICT` where one is
  static ActiveMark set(ObjectStore objects, InstantSource clock, String name, String opposing) {
    ActiveMark mark = new ActiveMark(objects, clock, ObjectNames.ACTIVE + "/" + name);
    mark.renew();
    try {
      mark.requireNone(ObjectNames.ACTIVE + "/" + opposing);
      return mark;
    } catch (RuntimeException e) {
      mark.close();
      throw e;
    }
  }

  private void requireNone(String opposing) {
    List<ObjectStore.StoredObject> marks = objects.list(ObjectNames.ACTIVE);
    for (ObjectStore.StoredObject mark : marks) {
      if (mark.name().startsWith(opposing) && isAlive(mark.name())) {
        throw new KindredException(
            ErrorCode.BACKUP_CONFLICT,
            "%s: %s is under way (expected: no backup while files are deleted; one that was killed counts for %d minutes)"
                .formatted(objects.place(), mark.name(), LIFE.toMinutes()));
      }
    }
  }

  private boolean isAlive(String mark) {
    ByteBuffer content = ByteBuffer.allocate(BYTES_MAX);
    try (ObjectStore.ObjectReader reader = objects.open(mark)) {
      reader.read(content);
    }
    try {
      String text = StandardCharsets.US_ASCII.decode(content.flip()).toString();
      Instant at = Instant.ofEpochMilli(Long.parseLong(text));
      return Duration.between(at, clock.instant()).compareTo(LIFE) < 0;
    } catch (NumberFormatException e) {
      LOG.warn("{} in {} is no mark of this release; it counts", mark, objects.place());
      return true;
    }
  }

  /// Says that the owner still works, where that is due.
  void renew() {
    Instant now = clock.instant();
    if (renewed.equals(Instant.MIN) || !now.isBefore(renewed.plus(RENEWAL))) {
      ByteBuffer content =
          ByteBuffer.wrap(Long.toString(now.toEpochMilli()).getBytes(StandardCharsets.US_ASCII));
      try (ObjectStore.ObjectWriter writer = objects.create(name, content.remaining())) {
        writer.write(content);
        writer.commit();
      }
      renewed = now;
    }
  }

  @Override
  public void close() {
    try {
      objects.delete(name);
    } catch (KindredException e) {
      LOG.warn("mark stays for {} minutes: {}", LIFE.toMinutes(), e.getMessage());
    }
  }
}
