// The kernels for AVX2 with FMA.
#include <immintrin.h>

#include "kindred.h"

#define NAME(function) function##_avx2

static inline int32_t add_up(__m256i sum) {
  __m128i half = _mm_add_epi32(_mm256_castsi256_si128(sum), _mm256_extracti128_si256(sum, 1));
  half = _mm_add_epi32(half, _mm_shuffle_epi32(half, 0x4e));
  half = _mm_add_epi32(half, _mm_shuffle_epi32(half, 0xb1));
  return _mm_cvtsi128_si32(half);
}

// Products of bytes are widened first: as 16 bits, sums of two would overflow.
static inline __m256i add_products(__m256i sum, __m128i codes, const int8_t *query) {
  const __m256i q = _mm256_cvtepi8_epi16(_mm_load_si128((const __m128i *)query));
  return _mm256_add_epi32(sum, _mm256_madd_epi16(_mm256_cvtepu8_epi16(codes), q));
}

static inline int32_t dot_u8(const uint8_t *row, const int8_t *query, int64_t bytes) {
  __m256i sum = _mm256_setzero_si256(), more = sum;
  for (int64_t i = 0; i < bytes; i += 32) {
    sum = add_products(sum, _mm_load_si128((const __m128i *)(row + i)), query + i);
    more = add_products(more, _mm_load_si128((const __m128i *)(row + i + 16)), query + i + 16);
  }
  return add_up(_mm256_add_epi32(sum, more));
}

static inline void dot_u8_4(const uint8_t *a, const uint8_t *b, const uint8_t *c, const uint8_t *d,
                            const int8_t *query, int64_t bytes, int32_t *dots) {
  dots[0] = dot_u8(a, query, bytes);
  dots[1] = dot_u8(b, query, bytes);
  dots[2] = dot_u8(c, query, bytes);
  dots[3] = dot_u8(d, query, bytes);
}

static inline int32_t dot_u4(const uint8_t *row, const int8_t *query, int64_t bytes) {
  const __m128i low = _mm_set1_epi8(15);
  __m256i sum = _mm256_setzero_si256();
  for (int64_t block = 0; block < bytes; block += 64)
    for (int64_t i = 0; i < 64; i += 16) {
      const __m128i codes = _mm_load_si128((const __m128i *)(row + block + i));
      sum = add_products(sum, _mm_and_si128(codes, low), query + 2 * block + i);
      sum = add_products(sum, _mm_and_si128(_mm_srli_epi16(codes, 4), low), query + 2 * block + 64 + i);
    }
  return add_up(sum);
}

static inline float add_up_floats(__m256 sum) {
  __m128 half = _mm_add_ps(_mm256_castps256_ps128(sum), _mm256_extractf128_ps(sum, 1));
  half = _mm_add_ps(half, _mm_movehl_ps(half, half));
  return _mm_cvtss_f32(_mm_add_ss(half, _mm_shuffle_ps(half, half, 1)));
}

static inline float dot_floats(const float *row, const float *query, int32_t dimension) {
  __m256 sum = _mm256_setzero_ps(), more = sum;
  int32_t i = 0;
  for (; i + 16 <= dimension; i += 16) {
    sum = _mm256_fmadd_ps(_mm256_loadu_ps(row + i), _mm256_loadu_ps(query + i), sum);
    more = _mm256_fmadd_ps(_mm256_loadu_ps(row + i + 8), _mm256_loadu_ps(query + i + 8), more);
  }
  float total = add_up_floats(_mm256_add_ps(sum, more));
  for (; i < dimension; i++) total += row[i] * query[i];
  return total;
}

static inline float l2_floats(const float *row, const float *query, int32_t dimension) {
  __m256 sum = _mm256_setzero_ps(), more = sum;
  int32_t i = 0;
  for (; i + 16 <= dimension; i += 16) {
    const __m256 x = _mm256_sub_ps(_mm256_loadu_ps(row + i), _mm256_loadu_ps(query + i));
    const __m256 y = _mm256_sub_ps(_mm256_loadu_ps(row + i + 8), _mm256_loadu_ps(query + i + 8));
    sum = _mm256_fmadd_ps(x, x, sum);
    more = _mm256_fmadd_ps(y, y, more);
  }
  float total = add_up_floats(_mm256_add_ps(sum, more));
  for (; i < dimension; i++) total += (row[i] - query[i]) * (row[i] - query[i]);
  return total;
}

#include "kernels.inc"
