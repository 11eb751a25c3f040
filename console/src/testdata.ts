/** Answers of a server, for unit tests. */
import type { Latency, Row, Stats, TableInfo } from './api/types';

const latency = (p99: number): Latency => ({ calls_per_s: 800, p50_us: p99 / 2, p99_us: p99 });

export function statsOf(change: Partial<Stats>): Stats {
  return {
    time: '2026-01-01T00:00:00Z',
    uptime_s: 60,
    upserts_per_s: 20,
    gets_per_s: 400,
    searches_per_s: 800,
    errors_per_s: 0,
    tables: [
      {
        name: 'items',
        row_count: 12_000,
        bytes: 9_000_000,
        delta_rows: 10,
        recall: {},
        upserts_per_s: 20,
        gets_per_s: 400,
        searches_per_s: 800,
        operations: { search: latency(1_400) },
      },
    ],
    operations: {
      put: latency(2_000),
      update: latency(2_000),
      delete: latency(2_000),
      get: latency(200),
      get_vectors: latency(200),
      scan: latency(900),
      search: latency(1_400),
    },
    writes: latency(2_000),
    log: { committed_position: 10, applied_position: 10, lag: 0, bytes: 4_096 },
    memory: {
      heap_used_bytes: 1e8,
      heap_max_bytes: 1e9,
      delta_bytes: 1e6,
      budget_bytes: 1e9,
      used_bytes: 2e8,
      components: { log: 1e6, builds: 1e8, delta_rows: 1e6, mapped: 5e7 },
      tables: {},
      resident_bytes: 5e8,
    },
    disk: { state: 'ok', free_bytes: 9e10, free_bytes_min: 1e9 },
    scrub: { bytes_per_s: 1e7, rounds: 0, bytes: 0, replaced_files: 0, damaged_files: [] },
    problems: [],
    ...change,
  };
}

export function tableOf(change: Partial<TableInfo>): TableInfo {
  return {
    name: 'items',
    key: 'string',
    vectors: { embedding: { dimension: 4, metric: 'cosine', index: { kind: 'hnsw' } } },
    fields: { city: { type: 'string' }, price: { type: 'float64' } },
    durability: 'synced',
    shards: 1,
    id: 1,
    revision: 1,
    created_at: '2026-01-01T00:00:00Z',
    row_count: 3,
    bytes: { total: 600, vectors: 100, rows: 100, keys: 100, indexes: 100, delta: 100, checkpoint: 100 },
    delta: { rows: 1, rows_max: 10, hidden: 0 },
    indexes: { embedding: { kind: 'hnsw', state: 'ready', indexed: 2, pending: 1, parameters: { m: '16' } } },
    recall: {},
    versions: [{ name: 'v1', state: 'live', created_at: '2026-01-01T00:00:00Z' }],
    applied_position: 3,
    checkpoint_position: 2,
    ...change,
  };
}

export const rowsFrom = (first: number, count: number): Row[] =>
  Array.from({ length: count }, (_, i) => ({ id: String(first + i), version: 1 }));
