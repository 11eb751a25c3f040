import type { Circuit, DeadLetter, PipelineInfo } from '../api/pipelines';
import type { PipelineSummary } from '../api/types';
import { text } from '../text';
import { clock, count, duration, micros, percent, short } from './format';
import type { Finding, Health, Level } from './health';

/** How a pipeline is, in a sentence, and what to do where it is not as it should be. */
export interface PipelineHealth {
  level: Level;
  sentence: string;
  reason?: string;
  advice?: string;
}

const { pipelines: words } = text;

/** Judges a pipeline. */
export function pipelineHealthOf(pipeline: PipelineSummary): PipelineHealth {
  const { sentences, advice } = words;
  const since = clock(pipeline.since);
  const reason = pipeline.reason === undefined ? {} : { reason: pipeline.reason };
  switch (pipeline.state) {
    case 'starting':
      return { level: 'unknown', sentence: sentences.starting };
    case 'running':
      return { level: 'good', sentence: runningSentence(pipeline) };
    case 'paused':
      return {
        level: 'unknown',
        sentence: sentences.paused(pipeline.reason ?? '', since),
        advice: advice.paused,
      };
    case 'retrying':
      return { level: 'warn', sentence: sentences.retrying(since), ...reason, advice: advice.retrying };
    case 'broken':
      return { level: 'bad', sentence: sentences.broken(since), ...reason, advice: advice.broken };
    case 'failed':
      return { level: 'bad', sentence: sentences.failed(since), ...reason, advice: advice.failed };
    case 'finished':
      return { level: 'good', sentence: sentences.finished(since) };
  }
}

function runningSentence(pipeline: PipelineSummary): string {
  const { sentences } = words;
  const behind = pipeline.lag > 0 ? ` ${sentences.waiting(count(pipeline.lag))}` : '';
  if (pipeline.received_per_s === 0) {
    return `${sentences.idle(clock(pipeline.since))}${behind}`;
  }
  const { p99_us: p99, samples } = pipeline.searchable_after;
  const searchable = samples > 0 ? ` ${sentences.searchable(micros(p99))}` : '';
  return `${sentences.running(short(pipeline.received_per_s))}${searchable}${behind}`;
}

/** Below these a pipeline is as it should be: events to put aside are rare, and the others searchable soon. */
const DEAD_SHARE_MOST = 0.01;
const SEARCHABLE_MOST_US = 1_000_000;
const SEARCHABLE_SAMPLES = 100;

/** The events with which a process begins are slow together, and count for a minute. */
const WARM_MS = 120_000;

/** Waiting for longer than this, at the rate of now, is falling behind. */
const BEHIND_S = 60;
const BEHIND_EVENTS = 1_000;

/** What is wrong with a pipeline, and what to do; nothing where somebody paused it. */
export function pipelineFindings(pipeline: PipelineSummary, now: number): Finding[] {
  const { health } = text;
  const { name } = pipeline;
  const { level, sentence, reason, advice } = pipelineHealthOf(pipeline);
  const found: Finding[] = [];
  const add = (kind: Finding['level'], what: string, todo: string): void => {
    found.push({ level: kind, what, advice: todo, path: pipelinePath(name) });
  };
  if ((level === 'warn' || level === 'bad') && advice !== undefined) {
    add(level, health.pipeline(name, reason === undefined ? sentence : `${sentence} ${reason}`), advice);
  }
  if (pipeline.state !== 'running') return found;
  const dead = pipeline.dead_lettered_per_s / Math.max(pipeline.received_per_s, 1e-9);
  if (pipeline.dead_lettered_per_s > 0 && dead > DEAD_SHARE_MOST) {
    add('warn', health.deadLetters(name, percent(Math.min(1, dead))), health.advice.deadLetters);
  }
  if (pipeline.lag > Math.max(BEHIND_EVENTS, BEHIND_S * pipeline.applied_per_s)) {
    add('warn', health.behind(name, count(pipeline.lag)), health.advice.behind);
  }
  const { p99_us: p99, samples } = pipeline.searchable_after;
  const isWarm = now - Date.parse(pipeline.since) > WARM_MS;
  if (isWarm && samples >= SEARCHABLE_SAMPLES && p99 > SEARCHABLE_MOST_US) {
    add('warn', health.slowEvents(name, micros(p99)), health.advice.behind);
  }
  return found;
}

/** How one pipeline is, for its own page. */
export function pipelineHealth(pipeline: PipelineSummary, error: string | undefined, now: number): Health {
  if (error !== undefined) {
    const lost: Finding = { level: 'bad', what: error, advice: text.health.advice.connection };
    return { level: 'bad', sentence: text.connection.lostLong, findings: [lost] };
  }
  const { level, sentence, reason, advice } = pipelineHealthOf(pipeline);
  if (pipeline.state === 'paused') return { level, sentence: `${sentence} ${advice ?? ''}`, findings: [] };
  if ((level === 'warn' || level === 'bad') && advice !== undefined) {
    const what = [reason, nextAttempt(pipeline, now)].filter((one) => one !== undefined).join(' ');
    return { level, sentence, findings: [{ level, what, advice }] };
  }
  const findings = pipelineFindings(pipeline, now).map(({ level: kind, what, advice: todo }) => ({
    level: kind,
    what,
    advice: todo,
  }));
  return { level: findings.length > 0 ? 'warn' : level, sentence, findings };
}

export const pipelinePath = (name: string): string => `/console/pipelines/${encodeURIComponent(name)}`;

/** When what failed is tried again, as far as it was told. */
export function nextAttempt(pipeline: PipelineSummary, now: number): string | undefined {
  if (pipeline.next_attempt === undefined) return undefined;
  const seconds = (Date.parse(pipeline.next_attempt) - now) / 1000;
  return seconds <= 0.5 ? words.nextNow : words.nextIn(duration(seconds));
}

/** What events do on their way from one stage to the next. */
export interface Edge {
  perSecond: number;
  /** Events that are on it now. */
  waiting: number;
  retries: number;
  /** What it leads to is left alone for a while, as it failed too often. */
  isOpen: boolean;
}

/** A stage that events go through; what left it by the side was dropped or put aside. */
export interface Stage {
  kind: 'source' | 'step' | 'table';
  name: string;
  note: string;
  /** Of all events since the start. */
  through: number;
  dropped: number;
  rejected: number;
  /** On to the next stage; none behind the last. */
  edge?: Edge;
}

const NO_CIRCUIT: Circuit = { state: 'closed', retries: 0, waiting: 0 };

/**
 * The way of events through a pipeline: source, decode, steps, write, table. What waits for the source is
 * on the edge behind it, what the steps hold on the edge before the first of them, what is being written
 * on the edge before writing.
 */
export function stagesOf(pipeline: PipelineInfo): Stage[] {
  const { steps } = pipeline;
  const write = steps.length - 1;
  const edgeInto = (i: number): Edge => {
    const circuit =
      (i === write ? pipeline.circuits.sink : i === 1 ? pipeline.circuits.steps : undefined) ?? NO_CIRCUIT;
    const taken = pipeline.partitions.reduce((sum, partition) => sum + partition.taken, 0);
    return {
      perSecond: steps[i]?.in_per_s ?? 0,
      waiting: i === 0 ? Math.max(0, pipeline.lag - taken) : circuit.waiting,
      retries: circuit.retries,
      isOpen: circuit.state !== 'closed',
    };
  };
  const source: Stage = {
    kind: 'source',
    name: pipeline.source.split(' ')[0] ?? '',
    note: pipeline.source.includes(' ') ? pipeline.source.slice(pipeline.source.indexOf(' ') + 1) : '',
    through: pipeline.counts.received,
    dropped: 0,
    rejected: 0,
    ...(steps.length > 0 ? { edge: edgeInto(0) } : {}),
  };
  const through = steps.map((step, i): Stage => {
    const edge: Edge =
      i === write ? { perSecond: step.out_per_s, waiting: 0, retries: 0, isOpen: false } : edgeInto(i + 1);
    return {
      kind: 'step',
      name: step.step,
      note: words.stepNotes[step.step.replace(/^\d+ /, '')] ?? '',
      through: step.in,
      dropped: step.dropped,
      rejected: step.rejected,
      edge,
    };
  });
  const table: Stage = {
    kind: 'table',
    name: pipeline.table,
    note: words.tableNote,
    through: pipeline.counts.applied,
    dropped: 0,
    rejected: 0,
  };
  return [source, ...through, table];
}

export type Start = 'earliest' | 'latest' | 'time';

/** Where a source can be begun anew. */
export function startsOf(source: string): Start[] {
  if (source === 'push') return ['latest'];
  return source.startsWith('file ') ? ['earliest', 'latest'] : ['earliest', 'latest', 'time'];
}

/** An event's bytes as they were. */
export function bytesOf(letter: DeadLetter): Uint8Array {
  return letter.event_base64 === undefined
    ? new TextEncoder().encode(letter.event ?? '')
    : Uint8Array.from(atob(letter.event_base64), (character) => character.charCodeAt(0));
}

const PER_LINE = 16;

/** Bytes as lines of hexadecimal digits, beside what of them can be read. */
export function hexOf(bytes: Uint8Array, most: number): string {
  const lines: string[] = [];
  for (let from = 0; from < Math.min(bytes.length, most); from += PER_LINE) {
    const line = [...bytes.slice(from, Math.min(from + PER_LINE, most))];
    const digits = line.map((byte) => byte.toString(16).padStart(2, '0')).join(' ');
    const read = line.map((byte) => (byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : '.')).join('');
    lines.push(`${from.toString(16).padStart(6, '0')}  ${digits.padEnd(PER_LINE * 3 - 1)}  ${read}`);
  }
  return lines.join('\n');
}
