// Kindred's kernels: the loops that decide how fast a search is. See docs/adr/0011-native-kernels.md.
//
// No function allocates, keeps state, or fails: the caller owns all memory and has checked every
// argument. All addresses and structures are laid out by the Java classes named beside them, for a
// 64-bit little-endian machine.
#ifndef KINDRED_H
#define KINDRED_H

#include <stdint.h>

// How a row is stored (CodeRows.Format).
enum {
  FORMAT_U8 = 0,   // a byte a component, 128 is zero
  FORMAT_U4 = 1,   // in blocks of 64 bytes: low halves are components 0..63, high halves 64..127; 8 is zero
  FORMAT_F32 = 2,  // float32
};

// How a row is compared with a query (CodeRows.Comparison). Lower is nearer.
enum {
  COMPARE_L2 = 0,   // factor + constant - 2 * scale * dot; for float32 the squared distance itself
  COMPARE_DOT = 1,  // -factor * scale * dot
};

// Rows of codes (CodeRows).
struct rows {
  const uint8_t *codes;  // row i begins at i * stride; 64-byte aligned, padded with zeros of the code
  const float *factors;  // one a row
  int64_t stride;        // bytes, a multiple of 64
  int32_t format;
  int32_t comparison;
};

// A graph over coded rows (GraphMemory).
struct graph {
  struct rows rows;
  const int32_t *links;  // `degree` a row, ended by -1 where fewer
  struct rows entries;   // copies of the rows where a walk may begin
  const int32_t *entry_ids;
  int32_t entry_count;
  int32_t seeds;  // how many of the nearest entries a walk begins from
  int32_t degree;
  int32_t row_count;
};

// The scratch memory of one walk (Walk). A candidate is a distance, an id and a mark in one number:
// bits 63..32 the distance in an order-preserving form, 31..1 the id, 0 the mark.
struct walk {
  uint64_t *visited;  // one bit a row, all zero between calls
  uint32_t *undo;     // words of `visited` that are not zero
  int64_t *beam;      // candidates, nearest first; one place more than its width
  int64_t *spare;     // as long as the beam
  int32_t *ids;
  float *distances;
  void *query;       // in the form that the rows' format is compared with
  float scale;       // of a query's code
  float constant;    // the query's share of COMPARE_L2
  int32_t bias;      // what a dot product of codes has too much
  int32_t size;      // candidates in the beam
  int64_t scored;    // rows compared, added up
  int64_t hops;      // rows expanded, added up
  const float *floats;  // the query of kindred_score_floats
};

// A scan of coded rows in blocks (BlockScan).
struct scan {
  const uint8_t *codes;    // of block 0
  const float *terms;      // of block 0
  const uint8_t *entries;  // of nibbles: 16 a component
  const int32_t *weights;  // of bytes: four int8 of consecutive components in each
  float *distances;        // of the rows found; 16 places more than rows
  int32_t *rows;
  int64_t components;  // a multiple of four
  int64_t ahead;       // block from which as many are prefetched as are scanned, or -1
};

// How sums become distances, and below which rows are found.
struct linear {
  float base, scale, bound;
};

#define KERNELS(isa)                                                                              \
  void kindred_load_##isa(const struct rows *rows, int32_t id, struct walk *walk);                \
  void kindred_score_##isa(const struct rows *rows, struct walk *walk, int32_t count);            \
  void kindred_search_##isa(const struct graph *graph, struct walk *walk, int32_t width);         \
  void kindred_walk_##isa(const struct graph *graph, struct walk *walk, int32_t starts,           \
                          int32_t width);                                                         \
  void kindred_search_passing_##isa(const struct graph *graph, struct walk *walk, int32_t width,  \
                                    const uint64_t *passing);                                     \
  int32_t kindred_search_through_##isa(const struct graph *graph, struct walk *walk,              \
                                       int32_t width, const uint64_t *passing, float least,       \
                                       float wanted);                                             \
  int32_t kindred_passing_entries_##isa(const struct graph *graph, struct walk *walk,             \
                                        int32_t count, const uint64_t *passing);                  \
  void kindred_scan_passing_##isa(const struct rows *rows, struct walk *walk, int32_t width,      \
                                  const uint64_t *passing, int64_t words);                        \
  void kindred_scan_listed_##isa(const struct rows *rows, struct walk *walk, int32_t width,       \
                                 const int32_t *ids, int32_t count);                              \
  int32_t kindred_select_##isa(const struct rows *rows, struct walk *walk, int32_t count,         \
                               int32_t max, float alpha);                                         \
  void kindred_score_floats_##isa(const uint8_t *data, int64_t stride, int32_t dimension,         \
                                  int32_t metric, struct walk *walk, int32_t count);              \
  int32_t kindred_scan_nibbles_##isa(const struct scan *scan, int32_t first, int32_t count,       \
                                     float base, float scale, float bound);                       \
  int32_t kindred_scan_bytes_##isa(const struct scan *scan, int32_t first, int32_t count,         \
                                   float base, float scale, float bound);

KERNELS(avx512)
KERNELS(avx2)
KERNELS(scalar)

// The most that this processor and its system can run: 2 avx512 with vnni, 1 avx2 with fma, 0 else.
int32_t kindred_level(void);

#endif
