import type { Connection } from '../api/stream';
import type { Stats } from '../api/types';
import { text } from '../text';
import { bytes, count, micros, percent, short } from './format';
import { pipelineFindings } from './pipelines';

export type Level = 'good' | 'warn' | 'bad' | 'unknown';

/** What is wrong, and what a person can do about it. */
export interface Finding {
  level: 'warn' | 'bad';
  what: string;
  advice: string;
  /** Where more of it is seen. */
  path?: string;
}

/** The state of the node in words. */
export interface Health {
  level: Level;
  sentence: string;
  findings: Finding[];
}

/** Searches slower than this at p99 are worth a look: recommenders answer in a few tens of ms. */
const SLOW_US = 100_000;

/** Fewer samples say little of the recall. */
const RECALL_SAMPLES = 32;
const RECALL_LEAST = 0.9;

/** Records that an idle reader may be behind; a healthy one is within a batch or two. */
const LAG_MOST = 1_000;

function adviceFor(problem: string): string {
  const { advice } = text.health;
  if (problem.startsWith('disk:')) return advice.disk;
  if (problem.startsWith('memory:')) return advice.memory;
  if (problem.startsWith('log cannot')) return advice.log;
  if (problem.includes('failed, tried again')) return advice.work;
  return advice.damage;
}

/** Sizes in a sentence of the server as people read them. */
export function readable(sentence: string): string {
  return sentence.replace(/\b\d{6,}( bytes)?|\b\d+ bytes/g, (size) => bytes(Number.parseInt(size, 10)));
}

function problems(stats: Stats): Finding[] {
  const isLow = stats.disk.state === 'low';
  return stats.problems.map((problem) => ({
    level: isLow && problem.startsWith('disk:') ? 'warn' : 'bad',
    what: readable(problem),
    advice: adviceFor(problem),
  }));
}

function observations(stats: Stats): Finding[] {
  const { health } = text;
  const found: Finding[] = [];
  const search = stats.searches;
  if (stats.errors_per_s > 0) {
    found.push({
      level: 'warn',
      what: health.errors(short(stats.errors_per_s)),
      advice: health.advice.errors,
    });
  }
  if (search.calls_per_s > 0 && search.p99_us > SLOW_US) {
    found.push({ level: 'warn', what: health.slow(micros(search.p99_us)), advice: health.advice.slow });
  }
  if (stats.log.lag > LAG_MOST) {
    found.push({ level: 'warn', what: health.lag(count(stats.log.lag)), advice: health.advice.lag });
  }
  for (const table of stats.tables) {
    for (const recall of Object.values(table.recall)) {
      if (recall.samples >= RECALL_SAMPLES && recall.mean < RECALL_LEAST) {
        const what = health.recall(table.name, percent(recall.mean));
        found.push({ level: 'warn', what, advice: health.advice.recall });
      }
    }
  }
  const now = Date.parse(stats.time);
  return [...found, ...stats.pipelines.flatMap((pipeline) => pipelineFindings(pipeline, now))];
}

/** What pipelines do, and which of them somebody paused. */
function pipelinesSentence(stats: Stats): string {
  const { health } = text;
  const said: string[] = [];
  const events = stats.pipelines.reduce((sum, pipeline) => sum + pipeline.applied_per_s, 0);
  if (events > 0) {
    const p99 = Math.max(
      0,
      ...stats.pipelines
        .filter((pipeline) => pipeline.searchable_after.samples > 0)
        .map((pipeline) => pipeline.searchable_after.p99_us),
    );
    said.push(p99 > 0 ? health.eventsWithin(short(events), micros(p99)) : health.events(short(events)));
  }
  const paused = stats.pipelines.filter((pipeline) => pipeline.state === 'paused');
  if (paused.length === 1) said.push(health.pausedOne(paused[0]?.name ?? ''));
  if (paused.length > 1) said.push(health.pausedMany(count(paused.length)));
  return said.map((sentence) => ` ${sentence}`).join('');
}

function wellSentence(stats: Stats): string {
  const { health } = text;
  if (stats.tables.length === 0) {
    return health.noTables;
  }
  const rows = stats.tables.reduce((sum, table) => sum + table.row_count, 0);
  const holds = health.holds(count(stats.tables.length), count(rows));
  const search = stats.searches;
  const events = pipelinesSentence(stats);
  if (search.calls_per_s > 0) {
    return `${health.well} ${holds} ${health.answers(short(stats.searches_per_s), micros(search.p99_us))}${events}`;
  }
  if (stats.gets_per_s > 0 || stats.upserts_per_s > 0) {
    return `${health.well} ${holds} ${health.serves(short(stats.gets_per_s), short(stats.upserts_per_s))}${events}`;
  }
  return `${health.idle} ${holds}${events}`;
}

/** Judges the last sample. */
export function healthOf(stats: Stats | undefined, connection: Connection): Health {
  const { health } = text;
  if (connection === 'lost') {
    const finding: Finding = {
      level: 'bad',
      what: text.connection.lostLong,
      advice: health.advice.connection,
    };
    return { level: 'bad', sentence: text.connection.lost, findings: [finding] };
  }
  if (!stats) {
    return { level: 'unknown', sentence: health.waiting, findings: [] };
  }
  const findings = [...problems(stats), ...observations(stats)];
  if (findings.length === 0) {
    return { level: 'good', sentence: wellSentence(stats), findings };
  }
  const level = findings.some((finding) => finding.level === 'bad') ? 'bad' : 'warn';
  return { level, sentence: health.problems(findings.length), findings };
}
