// The kernels for AVX-512 with VNNI.
#include <immintrin.h>

#include "kindred.h"

#define NAME(function) function##_avx512

static inline int32_t add_up(__m512i sum) { return _mm512_reduce_add_epi32(sum); }

// Sums of four vectors of 16 numbers.
static inline void add_up_4(__m512i a, __m512i b, __m512i c, __m512i d, int32_t *sums) {
  const __m256i a2 = _mm256_add_epi32(_mm512_castsi512_si256(a), _mm512_extracti64x4_epi64(a, 1));
  const __m256i b2 = _mm256_add_epi32(_mm512_castsi512_si256(b), _mm512_extracti64x4_epi64(b, 1));
  const __m256i c2 = _mm256_add_epi32(_mm512_castsi512_si256(c), _mm512_extracti64x4_epi64(c, 1));
  const __m256i d2 = _mm256_add_epi32(_mm512_castsi512_si256(d), _mm512_extracti64x4_epi64(d, 1));
  const __m256i all = _mm256_hadd_epi32(_mm256_hadd_epi32(a2, b2), _mm256_hadd_epi32(c2, d2));
  _mm_storeu_si128((__m128i *)sums, _mm_add_epi32(_mm256_castsi256_si128(all), _mm256_extracti128_si256(all, 1)));
}

static inline int32_t dot_u8(const uint8_t *row, const int8_t *query, int64_t bytes) {
  __m512i sum = _mm512_setzero_si512();
  for (int64_t i = 0; i < bytes; i += 64)
    sum = _mm512_dpbusd_epi32(sum, _mm512_load_si512(row + i), _mm512_load_si512(query + i));
  return add_up(sum);
}

static inline void dot_u8_4(const uint8_t *a, const uint8_t *b, const uint8_t *c, const uint8_t *d,
                            const int8_t *query, int64_t bytes, int32_t *dots) {
  __m512i sum_a = _mm512_setzero_si512(), sum_b = sum_a, sum_c = sum_a, sum_d = sum_a;
  for (int64_t i = 0; i < bytes; i += 64) {
    const __m512i q = _mm512_load_si512(query + i);
    sum_a = _mm512_dpbusd_epi32(sum_a, _mm512_load_si512(a + i), q);
    sum_b = _mm512_dpbusd_epi32(sum_b, _mm512_load_si512(b + i), q);
    sum_c = _mm512_dpbusd_epi32(sum_c, _mm512_load_si512(c + i), q);
    sum_d = _mm512_dpbusd_epi32(sum_d, _mm512_load_si512(d + i), q);
  }
  add_up_4(sum_a, sum_b, sum_c, sum_d, dots);
}

static inline int32_t dot_u4(const uint8_t *row, const int8_t *query, int64_t bytes) {
  const __m512i low = _mm512_set1_epi8(15);
  __m512i sum = _mm512_setzero_si512();
  for (int64_t i = 0; i < bytes; i += 64) {
    const __m512i codes = _mm512_load_si512(row + i);
    sum = _mm512_dpbusd_epi32(sum, _mm512_and_si512(codes, low), _mm512_load_si512(query + 2 * i));
    sum = _mm512_dpbusd_epi32(sum, _mm512_and_si512(_mm512_srli_epi16(codes, 4), low),
                              _mm512_load_si512(query + 2 * i + 64));
  }
  return add_up(sum);
}

static inline float dot_floats(const float *row, const float *query, int32_t dimension) {
  __m512 sum = _mm512_setzero_ps(), more = sum;
  int32_t i = 0;
  for (; i + 32 <= dimension; i += 32) {
    sum = _mm512_fmadd_ps(_mm512_loadu_ps(row + i), _mm512_loadu_ps(query + i), sum);
    more = _mm512_fmadd_ps(_mm512_loadu_ps(row + i + 16), _mm512_loadu_ps(query + i + 16), more);
  }
  for (; i < dimension; i += 16) {
    const __mmask16 rest = dimension - i >= 16 ? 0xffff : (__mmask16)((1 << (dimension - i)) - 1);
    sum = _mm512_fmadd_ps(_mm512_maskz_loadu_ps(rest, row + i), _mm512_maskz_loadu_ps(rest, query + i), sum);
  }
  return _mm512_reduce_add_ps(_mm512_add_ps(sum, more));
}

static inline float l2_floats(const float *row, const float *query, int32_t dimension) {
  __m512 sum = _mm512_setzero_ps(), more = sum;
  int32_t i = 0;
  for (; i + 32 <= dimension; i += 32) {
    const __m512 x = _mm512_sub_ps(_mm512_loadu_ps(row + i), _mm512_loadu_ps(query + i));
    const __m512 y = _mm512_sub_ps(_mm512_loadu_ps(row + i + 16), _mm512_loadu_ps(query + i + 16));
    sum = _mm512_fmadd_ps(x, x, sum);
    more = _mm512_fmadd_ps(y, y, more);
  }
  for (; i < dimension; i += 16) {
    const __mmask16 rest = dimension - i >= 16 ? 0xffff : (__mmask16)((1 << (dimension - i)) - 1);
    const __m512 x = _mm512_sub_ps(_mm512_maskz_loadu_ps(rest, row + i), _mm512_maskz_loadu_ps(rest, query + i));
    sum = _mm512_fmadd_ps(x, x, sum);
  }
  return _mm512_reduce_add_ps(_mm512_add_ps(sum, more));
}

#include "kernels.inc"
#include "passing.inc"
#include "lists.inc"
