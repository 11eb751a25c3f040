// The kernels for any machine.
#include "kindred.h"

#define NAME(function) function##_scalar

static inline int32_t dot_u8(const uint8_t *row, const int8_t *query, int64_t bytes) {
  int32_t sum = 0;
  for (int64_t i = 0; i < bytes; i++) sum += row[i] * query[i];
  return sum;
}

static inline void dot_u8_4(const uint8_t *a, const uint8_t *b, const uint8_t *c, const uint8_t *d,
                            const int8_t *query, int64_t bytes, int32_t *dots) {
  dots[0] = dot_u8(a, query, bytes);
  dots[1] = dot_u8(b, query, bytes);
  dots[2] = dot_u8(c, query, bytes);
  dots[3] = dot_u8(d, query, bytes);
}

static inline int32_t dot_u4(const uint8_t *row, const int8_t *query, int64_t bytes) {
  int32_t sum = 0;
  for (int64_t block = 0; block < bytes; block += 64)
    for (int64_t i = 0; i < 64; i++) {
      sum += (row[block + i] & 15) * query[2 * block + i];
      sum += (row[block + i] >> 4) * query[2 * block + 64 + i];
    }
  return sum;
}

static inline float dot_floats(const float *row, const float *query, int32_t dimension) {
  float sum = 0;
  for (int32_t i = 0; i < dimension; i++) sum += row[i] * query[i];
  return sum;
}

static inline float l2_floats(const float *row, const float *query, int32_t dimension) {
  float sum = 0;
  for (int32_t i = 0; i < dimension; i++) sum += (row[i] - query[i]) * (row[i] - query[i]);
  return sum;
}

#include "kernels.inc"
#include "passing.inc"
#include "lists.inc"
