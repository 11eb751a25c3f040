/** Answers of a server, for unit tests. */
import type { PipelineInfo } from './api/pipelines';
import type { Latency, PipelineSummary, Row, Stats, TableInfo } from './api/types';

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
        searches: latency(1_400),
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
    searches: latency(1_400),
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
    pipelines: [],
    problems: [],
    ...change,
  };
}

export function summaryOf(change: Partial<PipelineSummary>): PipelineSummary {
  return {
    name: 'taste',
    source: 'kafka clicks on localhost:9092',
    table: 'users',
    state: 'running',
    since: '2026-01-01T00:00:00Z',
    lag: 0,
    received_per_s: 120,
    applied_per_s: 100,
    dead_lettered_per_s: 0,
    retries: 0,
    dead_lettered: 3,
    searchable_after: { p50_us: 4_000, p99_us: 20_000, samples: 5_000 },
    ...change,
  };
}

const step = (
  name: string,
  came: number,
  dropped: number,
  rejected: number,
): PipelineInfo['steps'][number] => ({
  step: name,
  in: came,
  out: came - dropped - rejected,
  dropped,
  rejected,
  in_per_s: 120,
  out_per_s: 100,
});

export function pipelineOf(change: Partial<PipelineInfo>): PipelineInfo {
  return {
    ...summaryOf({}),
    generation: 1,
    counts: { received: 1_000, applied: 897, repeated: 0, stale: 0, advanced: 0 },
    steps: [step('decode', 1_000, 0, 3), step('1 filter', 997, 100, 0), step('write', 897, 0, 0)],
    circuits: {
      steps: { state: 'closed', retries: 2, waiting: 5 },
      sink: { state: 'closed', retries: 0, waiting: 7 },
      dead_letters: { state: 'closed', retries: 0, waiting: 0 },
    },
    partitions: [{ topic: 'clicks', partition: 0, next_offset: 1_000, taken: 12, lag: 40 }],
    dead_letters: 'topic clicks.dead',
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
