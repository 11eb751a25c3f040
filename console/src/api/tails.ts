import { onCleanup } from 'solid-js';
import { listen, type Connection } from './stream';

export interface CallEvent {
  time: string;
  kind: string;
  table: string;
  ids: string[];
  rows: number;
  path?: string;
  pipeline?: string;
  took_us?: number;
}

export interface LogLine {
  time: string;
  level: 'trace' | 'debug' | 'info' | 'warn' | 'error';
  logger: string;
  thread: string;
  message: string;
  fields: Record<string, string>;
  error?: string;
}

export interface TailListener<T> {
  items(items: T[], skipped: number): void;
  connection(state: Connection): void;
}

type Batch<T> = { skipped: number } & Record<string, T[] | number>;

function watch<T>(path: string, name: string, listener: TailListener<T>): () => void {
  return listen(
    path,
    {
      message: (data) => {
        const batch = JSON.parse(data) as Batch<T>;
        const items = batch[name];
        listener.items(Array.isArray(items) ? items : [], batch.skipped);
      },
      connection: (state) => listener.connection(state),
    },
    true,
  );
}

/** What callers and events do; ends when told, or with the owner. Empty for everything. */
export function watchCalls(table: string, kind: string, listener: TailListener<CallEvent>): () => void {
  const query = new URLSearchParams({ table, kind });
  const stop = watch(`/v1/events/tail?${query}`, 'events', listener);
  onCleanup(stop);
  return stop;
}

/** The log, its last lines first; ends when told, or with the owner. */
export function watchLog(level: string, text: string, listener: TailListener<LogLine>): () => void {
  const query = new URLSearchParams({ level, text });
  const stop = watch(`/v1/logs/stream?${query}`, 'lines', listener);
  onCleanup(stop);
  return stop;
}
