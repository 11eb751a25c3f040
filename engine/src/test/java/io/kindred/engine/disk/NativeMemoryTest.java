package io.kindred.engine.disk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kindred.engine.ErrorCode;
import io.kindred.engine.KindredException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.junit.jupiter.api.Test;

final class NativeMemoryTest {
  @Test
  void aReservationIsZeroAndCostsOnlyWhatIsTouched() {
    long bytes = 256L << 30;
    try (Arena arena = Arena.ofShared()) {
      MemorySegment memory = NativeMemory.reserve(bytes, arena);
      NativeMemory.adviseHugePages(memory);

      assertThat(memory.byteSize()).isEqualTo(bytes);
      assertThat(memory.address() % NativeMemory.HUGE_PAGE_BYTES).isZero();
      assertThat(memory.get(ValueLayout.JAVA_LONG, bytes - 8)).isZero();
      memory.set(ValueLayout.JAVA_LONG, bytes - 8, 42);
      assertThat(memory.get(ValueLayout.JAVA_LONG, bytes - 8)).isEqualTo(42);
    }
  }

  @Test
  void memoryIsGoneWhenItsArenaCloses() {
    Arena arena = Arena.ofShared();
    MemorySegment memory = NativeMemory.reserve(100, arena);
    arena.close();

    assertThatThrownBy(() -> memory.get(ValueLayout.JAVA_BYTE, 0))
        .isInstanceOf(IllegalStateException.class);
  }

  @Test
  void whatTheSystemRefusesIsAnErrorWithItsSize() {
    long bytes = 1L << 60;
    assertThatThrownBy(() -> NativeMemory.reserve(bytes, Arena.ofAuto()))
        .isInstanceOfSatisfying(
            KindredException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.OVERLOADED))
        .hasMessageContaining("" + bytes);
  }

  @Test
  void adviceOnOtherMemoryDoesNothing() {
    byte[] bytes = {1, 2, 3};
    NativeMemory.adviseHugePages(MemorySegment.ofArray(bytes));
    try (Arena arena = Arena.ofConfined()) {
      NativeMemory.adviseHugePages(arena.allocate(10));
    }

    assertThat(bytes).containsExactly(1, 2, 3);
  }
}
