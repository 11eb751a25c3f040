import { createContext, createSignal, onCleanup, useContext, type Accessor } from 'solid-js';
import { COLUMNS, History, type Sample } from '../lib/history';
import { get } from './http';
import { listen, type Connection } from './stream';
import type { Latency, Stats, StatsHistory } from './types';

const MINUTES = 15;

/** How long an unseen page goes on listening: browsers allow six connections to a server. */
const UNSEEN_MS = 5_000;

/** What the server does right now, once a second, shared by every page. */
export interface Live {
  latest: Accessor<Stats | undefined>;
  connection: Accessor<Connection>;
  /** Counts samples; whoever reads the history reads this first. */
  ticks: Accessor<number>;
  history: History;
}

const LiveContext = createContext<Live>();
export const LiveProvider = LiveContext.Provider;

export function useLive(): Live {
  const live = useContext(LiveContext);
  if (!live) {
    throw new Error('no live statistics (expected: within a LiveProvider)');
  }
  return live;
}

/** A quantile only where there were calls: no call takes no time. */
const quantile = (latency: Latency | undefined, of: 'p50_us' | 'p99_us'): number | null =>
  latency && latency.calls_per_s > 0 ? latency[of] : null;

/** The mean over the samples of all tables, or null where nothing was measured. */
export function meanRecall(stats: Stats): number | null {
  let sum = 0;
  let count = 0;
  for (const table of stats.tables) {
    for (const recall of Object.values(table.recall)) {
      if (recall.samples > 0) {
        sum += recall.mean;
        count++;
      }
    }
  }
  return count === 0 ? null : sum / count;
}

/** Events that pipelines apply, or null where there is none. */
export const eventsPerSecond = (stats: Stats): number | null =>
  stats.pipelines.length === 0
    ? null
    : stats.pipelines.reduce((sum, pipeline) => sum + pipeline.applied_per_s, 0);

/** How long the slowest pipeline takes until an event is searchable, or null where none comes. */
export function eventP99(stats: Stats): number | null {
  const measured = stats.pipelines
    .filter((pipeline) => pipeline.searchable_after.samples > 0)
    .map((pipeline) => pipeline.searchable_after.p99_us);
  return measured.length === 0 ? null : Math.max(...measured);
}

export function sampleOf(stats: Stats): Sample {
  const { get: gets } = stats.operations;
  return {
    searches_per_s: stats.searches_per_s,
    gets_per_s: stats.gets_per_s,
    upserts_per_s: stats.upserts_per_s,
    errors_per_s: stats.errors_per_s,
    search_p50_us: quantile(stats.searches, 'p50_us'),
    search_p99_us: quantile(stats.searches, 'p99_us'),
    get_p50_us: quantile(gets, 'p50_us'),
    get_p99_us: quantile(gets, 'p99_us'),
    write_p50_us: quantile(stats.writes, 'p50_us'),
    write_p99_us: quantile(stats.writes, 'p99_us'),
    memory_used_bytes: stats.memory.used_bytes,
    heap_used_bytes: stats.memory.heap_used_bytes,
    resident_bytes: stats.memory.resident_bytes ?? null,
    disk_free_bytes: stats.disk.free_bytes,
    log_lag: stats.log.lag,
    recall_mean: meanRecall(stats),
    events_per_s: eventsPerSecond(stats),
    event_p99_us: eventP99(stats),
  };
}

function addHistory(history: History, from: StatsHistory): void {
  from.times_ms.forEach((time, i) => {
    const sample = Object.fromEntries(COLUMNS.map((name) => [name, from.columns[name]?.[i] ?? null]));
    history.add(time / 1000, sample as Sample);
  });
}

/** Begins to listen; ends with the owner. An unseen page stops, and fills the gap when it is back. */
export function createLive(): Live {
  const [latest, setLatest] = createSignal<Stats>();
  const [connection, setConnection] = createSignal<Connection>('connecting');
  const [ticks, setTicks] = createSignal(0);
  const history = new History(MINUTES * 60);
  let stop: (() => void) | undefined;
  let unseen: ReturnType<typeof setTimeout> | undefined;

  const accept = (data: string): void => {
    const stats = JSON.parse(data) as Stats;
    history.add(Date.parse(stats.time) / 1000, sampleOf(stats));
    setLatest(stats);
    setTicks((count) => count + 1);
  };

  const begin = (): void => {
    if (stop) {
      return;
    }
    const since = Math.round((history.times.at(-1) ?? 0) * 1000);
    get<StatsHistory>(`/v1/stats/history?since_ms=${since}`)
      .then((missed) => {
        addHistory(history, missed);
        setTicks((count) => count + 1);
      })
      .catch(() => setConnection('lost'))
      .finally(() => {
        stop ??= listen('/v1/stats/stream', { message: accept, connection: setConnection });
      });
  };

  const seen = (): void => {
    clearTimeout(unseen);
    if (document.visibilityState === 'visible') {
      begin();
    } else {
      unseen = setTimeout(() => {
        stop?.();
        stop = undefined;
      }, UNSEEN_MS);
    }
  };

  begin();
  document.addEventListener('visibilitychange', seen);
  onCleanup(() => {
    document.removeEventListener('visibilitychange', seen);
    clearTimeout(unseen);
    stop?.();
  });
  return { latest, connection, ticks, history };
}
