package io.kindred.engine.log;

import static io.kindred.engine.log.LogFixture.append;
import static io.kindred.engine.log.LogFixture.assertError;
import static io.kindred.engine.log.LogFixture.await;
import static io.kindred.engine.log.LogFixture.put;
import static io.kindred.engine.log.LogFixture.texts;
import static org.assertj.core.api.Assertions.assertThat;

import io.kindred.engine.Durability;
import io.kindred.engine.ErrorCode;
import io.kindred.engine.KindredException;
import io.kindred.engine.disk.FaultyDisk;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.Test;

/// What a start does with files that are not as they were written.
final class LogRecoveryTest {
  private static final int RECORDS = 10;

  /// Each record is `r1` and so on: 32 bytes of frame header, 2 or 3 of payload, zeros.
  private static final int FRAME_BYTES = 40;

  private final LogFixture fixture = new LogFixture();
  private final FaultyDisk disk = fixture.disk;
  private final Path segment = LogSegment.of(LogFixture.DIRECTORY, 1).path();

  private byte[] writeEachSynced() throws Exception {
    try (LocalLog log = fixture.start()) {
      for (int i = 1; i <= RECORDS; i++) {
        put(log, "r" + i);
      }
    }
    return disk.read(segment);
  }

  private byte[] writeUnsynced() throws Exception {
    byte[] unsynced;
    try (LocalLog log = fixture.start()) {
      for (int i = 1; i <= RECORDS; i++) {
        await(append(log, "r" + i, Durability.BUFFERED));
      }
      unsynced = disk.read(segment);
    }
    return unsynced;
  }

  private void place(byte[] bytes) {
    disk.replace(segment, ByteBuffer.wrap(bytes));
  }

  private static byte[] flipped(byte[] bytes, int at, int bits) {
    byte[] damaged = bytes.clone();
    damaged[at] ^= (byte) bits;
    return damaged;
  }

  private static int frameOffset(int record) {
    return LogLayout.HEADER_BYTES + (record - 1) * FRAME_BYTES;
  }

  private void assertCorrupt(int offset) {
    assertError(
        ErrorCode.CORRUPT, fixture::textsAfterRestart, segment + " is damaged at byte " + offset);
  }

  @Test
  void aTornTailIsCutAtEveryByteOfTheLastFrame() throws Exception {
    byte[] whole = writeEachSynced();
    for (int length = frameOffset(RECORDS); length < whole.length; length++) {
      place(Arrays.copyOf(whole, length));
      try (LocalLog log = fixture.start()) {
        assertThat(fixture.collector.texts()).isEqualTo(texts("r", 1, RECORDS - 1));
        assertThat(put(log, "new")).isEqualTo(RECORDS);
      }
      assertThat(fixture.textsAfterRestart()).hasSize(RECORDS).endsWith("r9", "new");
    }
  }

  @Test
  void anyDamageOfTheLastFrameIsATornTail() throws Exception {
    byte[] whole = writeEachSynced();
    for (int at = frameOffset(RECORDS); at < whole.length; at++) {
      place(flipped(whole, at, 0x40));
      assertThat(fixture.textsAfterRestart()).isEqualTo(texts("r", 1, RECORDS - 1));
    }
  }

  @Test
  void aTailOfZerosOrOfGarbageIsCut() throws Exception {
    byte[] whole = writeEachSynced();
    byte[] longer = Arrays.copyOf(whole, whole.length + 5_003);
    place(longer);
    assertThat(fixture.textsAfterRestart()).isEqualTo(texts("r", 1, RECORDS));
    assertThat(disk.read(segment)).isEqualTo(whole);

    byte[] garbage = new byte[5_003];
    new Random(1).nextBytes(garbage);
    System.arraycopy(garbage, 0, longer, whole.length, garbage.length);
    place(longer);
    assertThat(fixture.textsAfterRestart()).isEqualTo(texts("r", 1, RECORDS));
  }

  @Test
  void damageBeforeASyncedFrameIsRefusedAtEveryByte() throws Exception {
    byte[] whole = writeEachSynced();
    for (int at = frameOffset(3); at < frameOffset(4); at++) {
      place(flipped(whole, at, 0x01));
      assertCorrupt(frameOffset(3));
    }
    place(whole);
    assertThat(fixture.textsAfterRestart()).isEqualTo(texts("r", 1, RECORDS));
  }

  @Test
  void aLengthThatPointsAnywhereIsRefused() throws Exception {
    byte[] whole = writeEachSynced();
    for (int length : new int[] {-1, 0, 1, 43, 1_000, Integer.MAX_VALUE, Integer.MIN_VALUE}) {
      byte[] damaged = whole.clone();
      ByteBuffer.wrap(damaged)
          .order(ByteOrder.LITTLE_ENDIAN)
          .putInt(frameOffset(3) + LogLayout.LENGTH_OFFSET, length);
      place(damaged);
      assertCorrupt(frameOffset(3));
    }
  }

  @Test
  void recordsThatNobodyWasPromisedAreCutEvenWhereLaterOnesAreWhole() throws Exception {
    byte[] unsynced = writeUnsynced();
    // The device wrote the pages in another order, and lost power between.
    Arrays.fill(unsynced, frameOffset(4), frameOffset(6), (byte) 0);
    place(unsynced);

    try (LocalLog log = fixture.start()) {
      assertThat(fixture.collector.texts()).isEqualTo(texts("r", 1, 3));
      put(log, "new");
    }
    assertThat(fixture.textsAfterRestart()).containsExactly("r1", "r2", "r3", "new");
  }

  @Test
  void everyByteOfTheHeaderIsChecked() throws Exception {
    byte[] whole = writeEachSynced();
    for (int at = 0; at < LogLayout.HEADER_BYTES; at++) {
      place(flipped(whole, at, 0x80));
      assertError(ErrorCode.CORRUPT, fixture::open, "log segment: " + segment);
    }
    for (int length = 0; length < LogLayout.HEADER_BYTES; length++) {
      place(Arrays.copyOf(whole, length));
      assertError(ErrorCode.CORRUPT, fixture::open, "header of " + length + " bytes");
    }
  }

  @Test
  void tooOldAndTooNewAreDifferentErrors() throws Exception {
    byte[] whole = writeEachSynced();
    place(withHeaderInt(whole, LogLayout.VERSION_OFFSET, LogLayout.VERSION + 1));
    assertError(ErrorCode.CORRUPT, fixture::open, "is too new: version 2 (expected: 1)");
    place(withHeaderInt(whole, LogLayout.VERSION_OFFSET, 0));
    assertError(ErrorCode.CORRUPT, fixture::open, "is too old: version 0 (expected: 1)");
  }

  private static byte[] withHeaderInt(byte[] whole, int offset, int value) {
    ByteBuffer bytes = ByteBuffer.wrap(whole.clone()).order(ByteOrder.LITTLE_ENDIAN);
    bytes.putInt(offset, value);
    CRC32C checksum = new CRC32C();
    checksum.update(bytes.slice(0, LogLayout.HEADER_CHECKSUM_OFFSET));
    bytes.putInt(LogLayout.HEADER_CHECKSUM_OFFSET, (int) checksum.getValue());
    return bytes.array();
  }

  private List<Path> writeOneSegmentEach() throws Exception {
    try (LocalLog log = fixture.start(fixture.open(LogLayout.HEADER_BYTES))) {
      for (int i = 1; i <= RECORDS; i++) {
        put(log, "r" + i);
      }
    }
    return disk.list(LogFixture.DIRECTORY);
  }

  @Test
  void damageOfASegmentThatIsNotTheLastIsRefused() throws Exception {
    Path third = writeOneSegmentEach().get(2);
    byte[] whole = disk.read(third);
    for (int at = LogLayout.HEADER_BYTES; at < whole.length; at++) {
      disk.replace(third, ByteBuffer.wrap(flipped(whole, at, 0x20)));
      assertError(
          ErrorCode.CORRUPT,
          fixture::textsAfterRestart,
          third + " is damaged at byte " + LogLayout.HEADER_BYTES);
    }
    disk.replace(third, ByteBuffer.wrap(whole, 0, LogLayout.HEADER_BYTES));
    assertError(ErrorCode.CORRUPT, fixture::textsAfterRestart, third + " ends before record 3");
  }

  @Test
  void bytesBehindTheBeginningOfTheNextSegmentDoNotCount() throws Exception {
    Path third = writeOneSegmentEach().get(2);
    byte[] whole = disk.read(third);
    byte[] longer = Arrays.copyOf(whole, whole.length + 17);
    longer[whole.length] = 1;
    disk.replace(third, ByteBuffer.wrap(longer));

    assertThat(fixture.textsAfterRestart()).isEqualTo(texts("r", 1, RECORDS));
  }

  @Test
  void aMissingSegmentIsRefused() throws Exception {
    List<Path> files = writeOneSegmentEach();
    disk.delete(files.get(4));

    assertError(
        ErrorCode.CORRUPT, fixture::textsAfterRestart, files.get(3) + " ends before record 5");
  }

  @Test
  void damageBeforeTheStartOfTheReplayDoesNotMatter() throws Exception {
    List<Path> files = writeOneSegmentEach();
    disk.delete(files.get(4));
    fixture.collector = new Collector();
    try (LocalLog log = fixture.open()) {
      log.start(6, fixture.collector);
    }
    assertThat(fixture.collector.texts()).isEqualTo(texts("r", 6, RECORDS));
  }

  @Test
  void aSegmentOfAnotherLogIsRefused() throws Exception {
    Path fourth = writeOneSegmentEach().get(3);
    disk.replace(fourth, LogSegment.encode(new LogSegment.Header(7, 4, 0)));

    assertError(ErrorCode.CORRUPT, fixture::open, "log id 0000000000000007");
  }

  @Test
  void aSegmentUnderAnotherNameIsRefused() throws Exception {
    byte[] whole = writeEachSynced();
    Path renamed = LogSegment.of(LogFixture.DIRECTORY, 2).path();
    disk.delete(segment);
    disk.replace(renamed, ByteBuffer.wrap(whole));

    assertError(ErrorCode.CORRUPT, fixture::open, "first position 1 (expected: its name, 2)");
  }

  @Test
  void whatACrashLeftUnfinishedIsRemoved() throws Exception {
    writeEachSynced();
    Path unfinished = LogFixture.DIRECTORY.resolve("00000000000000000099.log.tmp");
    disk.append(unfinished, 0).close();

    assertThat(fixture.textsAfterRestart()).isEqualTo(texts("r", 1, RECORDS));
    assertThat(disk.exists(unfinished)).isFalse();
  }

  @Test
  void verifyChangesNothingAndTellsTheTornBytes() throws Exception {
    byte[] torn = Arrays.copyOf(writeEachSynced(), frameOffset(RECORDS) + 7);
    place(torn);

    LocalLog.Verified verified = LocalLog.verify(disk, LogFixture.DIRECTORY);
    assertThat(verified.oldestPosition()).isEqualTo(1);
    assertThat(verified.lastPosition()).isEqualTo(RECORDS - 1);
    assertThat(verified.tornBytes()).isEqualTo(7);
    assertThat(disk.read(segment)).isEqualTo(torn);
  }

  @Test
  void afterRandomDamageOnlyTheTruthIsDelivered() throws Exception {
    byte[] whole = writeEachSynced();
    long base = Long.getLong("seed", 20_260_101L);
    for (long seed = base; seed < base + 500; seed++) {
      place(damaged(whole, new Random(seed)));
      try {
        List<String> read = fixture.textsAfterRestart();
        assertThat(read).as("seed %d", seed).isEqualTo(texts("r", 1, read.size()));
      } catch (KindredException e) {
        assertThat(e.code()).as("seed %d", seed).isEqualTo(ErrorCode.CORRUPT);
      }
      disk.assertAllClosed();
    }
  }

  private static byte[] damaged(byte[] whole, Random random) {
    int at = random.nextInt(whole.length);
    int count = 1 + random.nextInt(Math.min(100, whole.length - at));
    byte[] damaged = whole.clone();
    switch (random.nextInt(5)) {
      case 0 -> damaged[at] ^= (byte) (1 << random.nextInt(8));
      case 1 -> Arrays.fill(damaged, at, at + count, (byte) 0);
      case 2 -> {
        byte[] noise = new byte[count];
        random.nextBytes(noise);
        System.arraycopy(noise, 0, damaged, at, count);
      }
      case 3 -> {
        int from = random.nextInt(whole.length - count + 1);
        System.arraycopy(whole, from, damaged, at, count);
      }
      default -> damaged = Arrays.copyOf(whole, at);
    }
    return damaged;
  }
}
