/** What the server answers, as docs/api/rest.md has it. */

export interface Latency {
  calls_per_s: number;
  p50_us: number;
  p99_us: number;
}

export type OperationName = 'put' | 'update' | 'delete' | 'get' | 'get_vectors' | 'scan' | 'search';

export interface Recall {
  mean: number;
  samples: number;
}

export interface TableStats {
  name: string;
  row_count: number;
  bytes: number;
  delta_rows: number;
  recall: Record<string, Recall>;
  upserts_per_s: number;
  gets_per_s: number;
  searches_per_s: number;
  operations: Partial<Record<OperationName, Latency>>;
  /** Searches and recommendations together, where there were any. */
  searches?: Latency;
}

export type MemoryParts = Record<string, number>;

export type PipelineState = 'starting' | 'running' | 'paused' | 'retrying' | 'broken' | 'failed' | 'finished';

/** What changes of a pipeline from second to second. */
export interface PipelineSummary {
  name: string;
  source: string;
  table: string;
  state: PipelineState;
  since: string;
  reason?: string;
  next_attempt?: string;
  lag: number;
  watermark?: string;
  received_per_s: number;
  applied_per_s: number;
  dead_lettered_per_s: number;
  retries: number;
  dead_lettered: number;
  /** From when the source took an event until it was searchable, in the last minute. */
  searchable_after: { p50_us: number; p99_us: number; samples: number };
}

export interface Stats {
  time: string;
  uptime_s: number;
  upserts_per_s: number;
  gets_per_s: number;
  searches_per_s: number;
  errors_per_s: number;
  tables: TableStats[];
  operations: Record<OperationName, Latency>;
  /** Searches and recommendations together. */
  searches: Latency;
  /** Puts, updates and deletes together. */
  writes: Latency;
  log: { committed_position: number; applied_position: number; lag: number; bytes: number };
  memory: {
    heap_used_bytes: number;
    heap_max_bytes: number;
    delta_bytes: number;
    budget_bytes: number;
    used_bytes: number;
    components: MemoryParts;
    tables: Record<string, MemoryParts>;
    resident_bytes?: number;
  };
  disk: { state: 'ok' | 'low' | 'full' | 'read_only'; free_bytes: number; free_bytes_min: number };
  scrub: {
    bytes_per_s: number;
    rounds: number;
    bytes: number;
    replaced_files: number;
    damaged_files: string[];
  };
  pipelines: PipelineSummary[];
  problems: string[];
}

/** The last samples as columns, the oldest first. */
export interface StatsHistory {
  times_ms: number[];
  columns: Record<string, (number | null)[]>;
}

export type KeyKind = 'string' | 'uint64';
export type Metric = 'l2' | 'dot' | 'cosine';
export type IndexKind = 'flat' | 'hnsw' | 'ivf_flat' | 'ivf_pq' | 'ivf_hnsw_pq';
export type FieldKind = 'string' | 'int64' | 'float64' | 'bool' | 'timestamp' | 'string_list';

export interface VectorSpec {
  dimension: number;
  metric: Metric;
  index: { kind: IndexKind } & Record<string, unknown>;
}

export interface TableSpec {
  name: string;
  key: KeyKind;
  vectors: Record<string, VectorSpec>;
  fields: Record<string, { type: FieldKind }>;
  partition_by?: string;
  ttl?: string;
  durability: 'synced' | 'buffered';
  shards: number;
}

export interface IndexInfo {
  kind: IndexKind;
  state: 'ready' | 'folding';
  indexed: number;
  pending: number;
  parameters: Record<string, string>;
}

export interface TableInfo extends TableSpec {
  id: number;
  revision: number;
  created_at: string;
  row_count: number;
  bytes: {
    total: number;
    vectors: number;
    rows: number;
    keys: number;
    indexes: number;
    delta: number;
    checkpoint: number;
  };
  delta: { rows: number; rows_max: number; hidden: number };
  indexes: Record<string, IndexInfo>;
  recall: Record<string, Recall>;
  versions: { name: string; state: string; created_at: string }[];
  applied_position: number;
  checkpoint_position: number;
}

export type Json = null | boolean | number | string | Json[] | { [key: string]: Json };

export interface Row {
  id: string;
  version: number;
  vectors?: Record<string, number[]>;
  fields?: Record<string, Json>;
  metadata?: Record<string, Json>;
  event_time?: string;
  expires_at?: string;
}

export interface Page {
  rows: Row[];
  next?: string;
}

export interface Match extends Row {
  score: number;
}

export interface ExplainedPart {
  shard: number;
  part: 'base' | 'frozen' | 'active';
  path: string;
  reason: string;
  rows: number;
  candidates: number;
  passing_estimated?: number;
  passing?: number;
  visited: number;
  breadth?: number;
  breadth_from?: string;
  filter?: 'kept' | 'made' | 'tested';
  filter_making_us?: number;
  rungs: { path: string; expected_us: number }[];
  fallbacks: string[];
  choosing_us: number;
  search_us: number;
}

export interface Explanation {
  parts: ExplainedPart[];
  check_us: number;
  search_us: number;
  merge_us: number;
}

export interface SearchAnswer {
  matches: Match[];
  stats: { visited: number; path: string; took_us: number; version: string };
  explain?: Explanation;
}
