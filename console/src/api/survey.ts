import { get, post, segment } from './http';
import type { FieldKind, Json, Metric, Row } from './types';

/** Counts in equal parts of [min, max], and quantiles. */
export interface Histogram {
  min: number;
  max: number;
  mean: number;
  p5: number;
  p50: number;
  p95: number;
  counts: number[];
}

export interface FieldProfile {
  type?: FieldKind;
  present: number;
  distinct: number;
  top: { value: Json; count: number }[];
  histogram?: Histogram;
}

export interface Distribution {
  table: string;
  taken_at: string;
  row_count: number;
  sampled: number;
  fields: Record<string, FieldProfile>;
  metadata: Record<string, FieldProfile>;
  vectors: Record<string, { present: number; norm?: Histogram }>;
}

export interface MapLayout {
  name: string;
  method: string;
  explained_variance?: number;
  trustworthiness_at_10: number;
}

export interface MapPoint {
  id: string;
  color?: Json;
  /** x and y in each layout, within [-1, 1]. */
  at: number[];
}

export interface VectorMap {
  field: string;
  metric: Metric;
  dimension: number;
  taken_at: string;
  row_count: number;
  sampled: number;
  layouts: MapLayout[];
  points: MapPoint[];
  took_ms: number;
}

export interface Sample {
  rows: Row[];
  rows_each: number;
}

const path = (table: string): string => `/v1/tables/${segment(table)}`;

export const getDistribution = (table: string, sample: number): Promise<Distribution> =>
  get<Distribution>(`${path(table)}/distribution?sample=${sample}`);

export interface MapRequest {
  table: string;
  field: string;
  sample: number;
  colour: string;
}

export function getMap(request: MapRequest, signal?: AbortSignal): Promise<VectorMap> {
  const query = new URLSearchParams({ field: request.field, sample: String(request.sample) });
  if (request.colour) {
    query.set('color', request.colour);
  }
  return get<VectorMap>(`${path(request.table)}/map?${query}`, signal);
}

/** Ids spread evenly over a table, in their order. */
export const sampleIds = (table: string, count: number): Promise<Sample> =>
  post<Sample>(`${path(table)}/rows:sample`, { count, fields: false, vectors: false });

export const sampleRows = (table: string, count: number): Promise<Sample> =>
  post<Sample>(`${path(table)}/rows:sample`, { count, vectors: false });
