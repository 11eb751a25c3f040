#include "kindred.h"

#if defined(__x86_64__)
#include <cpuid.h>

// State that the system saves for its processes: a virtual machine may offer less than its processor.
static uint64_t saved_state(void) {
  uint32_t low, high;
  __asm__ volatile("xgetbv" : "=a"(low), "=d"(high) : "c"(0));
  return ((uint64_t)high << 32) | low;
}

int32_t kindred_level(void) {
  uint32_t a, b, c, d;
  if (!__get_cpuid(1, &a, &b, &c, &d)) return 0;
  const int has_saved_state = c & bit_OSXSAVE, has_fma = c & bit_FMA;
  if (!has_saved_state || !has_fma || !(c & bit_AVX)) return 0;
  const uint64_t state = saved_state();
  if (!__get_cpuid_count(7, 0, &a, &b, &c, &d)) return 0;
  if ((state & 0x6) != 0x6 || !(b & bit_AVX2)) return 0;
  const int has_avx512 = (b & bit_AVX512F) && (b & bit_AVX512BW) && (b & bit_AVX512DQ) && (b & bit_AVX512VL);
  const int has_vnni = c & bit_AVX512VNNI;
  return (state & 0xe6) == 0xe6 && has_avx512 && has_vnni ? 2 : 1;
}
#else
int32_t kindred_level(void) { return 0; }
#endif
