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

// Sums of four vectors of 8 numbers.
static inline void add_up_4(__m256i a, __m256i b, __m256i c, __m256i d, int32_t *sums) {
  const __m256i all = _mm256_hadd_epi32(_mm256_hadd_epi32(a, b), _mm256_hadd_epi32(c, d));
  _mm_storeu_si128((__m128i *)sums, _mm_add_epi32(_mm256_castsi256_si128(all), _mm256_extracti128_si256(all, 1)));
}

// 32 numbers of a query as 16 bits, those at even places and those at odd ones: so codes are widened
// where they lie, by a mask and a shift.
struct halves {
  __m256i even, odd;
};

static inline struct halves load_query(const int8_t *query) {
  const __m256i q = _mm256_load_si256((const __m256i *)query);
  return (struct halves){_mm256_srai_epi16(_mm256_slli_epi16(q, 8), 8), _mm256_srai_epi16(q, 8)};
}

// Products of bytes are widened first: as 16 bits, sums of two would overflow.
static inline __m256i add_products(__m256i sum, __m256i codes, struct halves query) {
  const __m256i even = _mm256_and_si256(codes, _mm256_set1_epi16(255));
  const __m256i odd = _mm256_srli_epi16(codes, 8);
  return _mm256_add_epi32(
      sum, _mm256_add_epi32(_mm256_madd_epi16(even, query.even), _mm256_madd_epi16(odd, query.odd)));
}

static inline __m256i load_codes(const uint8_t *codes) { return _mm256_load_si256((const __m256i *)codes); }

static inline int32_t dot_u8(const uint8_t *row, const int8_t *query, int64_t bytes) {
  __m256i sum = _mm256_setzero_si256(), more = sum;
  for (int64_t i = 0; i < bytes; i += 64) {
    sum = add_products(sum, load_codes(row + i), load_query(query + i));
    more = add_products(more, load_codes(row + i + 32), load_query(query + i + 32));
  }
  return add_up(_mm256_add_epi32(sum, more));
}

static inline void dot_u8_4(const uint8_t *a, const uint8_t *b, const uint8_t *c, const uint8_t *d,
                            const int8_t *query, int64_t bytes, int32_t *dots) {
  __m256i sum_a = _mm256_setzero_si256(), sum_b = sum_a, sum_c = sum_a, sum_d = sum_a;
  for (int64_t i = 0; i < bytes; i += 32) {
    const struct halves q = load_query(query + i);
    sum_a = add_products(sum_a, load_codes(a + i), q);
    sum_b = add_products(sum_b, load_codes(b + i), q);
    sum_c = add_products(sum_c, load_codes(c + i), q);
    sum_d = add_products(sum_d, load_codes(d + i), q);
  }
  add_up_4(sum_a, sum_b, sum_c, sum_d, dots);
}

// A half byte times a byte fits into 16 bits, and so does the sum of two.
static inline int32_t dot_u4(const uint8_t *row, const int8_t *query, int64_t bytes) {
  const __m256i low = _mm256_set1_epi8(15), ones = _mm256_set1_epi16(1);
  __m256i sum = _mm256_setzero_si256();
  for (int64_t block = 0; block < bytes; block += 64)
    for (int64_t i = 0; i < 64; i += 32) {
      const __m256i codes = load_codes(row + block + i);
      const __m256i *first = (const __m256i *)(query + 2 * block + i);
      const __m256i *second = (const __m256i *)(query + 2 * block + 64 + i);
      const __m256i a = _mm256_maddubs_epi16(_mm256_and_si256(codes, low), _mm256_load_si256(first));
      const __m256i b = _mm256_maddubs_epi16(_mm256_and_si256(_mm256_srli_epi16(codes, 4), low),
                                             _mm256_load_si256(second));
      sum = _mm256_add_epi32(sum, _mm256_madd_epi16(_mm256_add_epi16(a, b), ones));
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
#include "passing.inc"
#include "lists.inc"
