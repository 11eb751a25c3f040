import { call, get, post, segment } from './http';
import type { PipelineSummary } from './types';

/** What became of the events that reached a step. */
export interface PipelineStep {
  step: string;
  in: number;
  out: number;
  dropped: number;
  rejected: number;
  in_per_s: number;
  out_per_s: number;
}

/** Something that a pipeline depends on; `waiting` events are with it now. */
export interface Circuit {
  state: 'closed' | 'open' | 'half_open';
  retries: number;
  waiting: number;
}

export type CircuitName = 'steps' | 'sink' | 'dead_letters';

export interface Partition {
  topic: string;
  partition: number;
  next_offset: number;
  taken: number;
  lag: number;
  latest?: string;
}

export interface PipelineInfo extends PipelineSummary {
  generation: number;
  counts: { received: number; applied: number; repeated: number; stale: number; advanced: number };
  steps: PipelineStep[];
  circuits: Partial<Record<CircuitName, Circuit>>;
  partitions: Partition[];
  /** Where they are; absent where callers are told instead. */
  dead_letters?: string;
}

/** An event that was put aside; as text, or in base64 where it is no UTF-8. */
export interface DeadLetter {
  at: string;
  step: string;
  code: string;
  message: string;
  topic: string;
  partition: number;
  offset: number;
  taken_at: string;
  event?: string;
  event_base64?: string;
}

export interface Replayed {
  replayed: number;
  applied: number;
  dropped: number;
  rejected: number;
}

export interface Reset {
  generation: number;
  from: string;
  consequence: string;
}

/** Who the server is told that it was. */
const BY = 'console';

/** Stopping waits for what was begun, and a replay for every letter. */
const PATIENCE_MS = 600_000;

const path = (pipeline: string): string => `/v1/pipelines/${segment(pipeline)}`;

const order = <T>(pipeline: string, verb: string, body: unknown): Promise<T> =>
  call<T>('POST', `${path(pipeline)}:${verb}`, body, undefined, PATIENCE_MS);

export const getPipeline = (pipeline: string): Promise<PipelineInfo> => get<PipelineInfo>(path(pipeline));

export const pausePipeline = (pipeline: string): Promise<PipelineInfo> =>
  order(pipeline, 'pause', { by: BY });

export const resumePipeline = (pipeline: string): Promise<PipelineInfo> =>
  post(`${path(pipeline)}:resume`, {});

/** @param from `earliest`, `latest` or an instant */
export const resetPipeline = (pipeline: string, from: string): Promise<Reset> =>
  order(pipeline, 'reset', { from });

export const replayDeadLetters = (pipeline: string): Promise<Replayed> =>
  order(pipeline, 'replay-dead-letters', {});

/** The newest ones, the newest first. */
export async function listDeadLetters(pipeline: string, limit: number): Promise<DeadLetter[]> {
  return (await get<{ dead_letters: DeadLetter[] }>(`${path(pipeline)}/dead-letters?limit=${limit}`))
    .dead_letters;
}
