import { createSignal, onCleanup, type Accessor } from 'solid-js';
import { call, post, segment } from './http';
import { listen, type Connection } from './stream';

export type TaskState = 'running' | 'paused' | 'waiting' | 'done' | 'failed' | 'cancelled';

/** What can be done with a task. */
export type TaskAction = 'pause' | 'resume' | 'cancel';

export interface Task {
  id: string;
  kind: 'fold' | 'checkpoint' | 'import' | 'backup' | 'restore' | 'scrub';
  subject: string;
  table?: string;
  state: TaskState;
  step: string;
  amount?: { unit: string; done: number; total: number; per_second: number };
  started_at: string;
  ended_at?: string;
  remaining_s?: number;
  actions: TaskAction[];
  error?: string;
  lines: { time: string; text: string }[];
}

/** The server's tasks as they go on; ends with the owner. */
export function watchTasks(): { tasks: Accessor<Task[] | undefined>; connection: Accessor<Connection> } {
  const [tasks, setTasks] = createSignal<Task[]>();
  const [connection, setConnection] = createSignal<Connection>('connecting');
  const stop = listen('/v1/tasks/stream', {
    message: (data) => setTasks((JSON.parse(data) as { tasks: Task[] }).tasks),
    connection: setConnection,
  });
  onCleanup(stop);
  return { tasks, connection };
}

export const controlTask = (id: string, action: TaskAction): Promise<unknown> =>
  post(`/v1/tasks/${segment(id)}:${action}`, {});

export const foldTable = (table: string): Promise<{ folded: string; row_count: number }> =>
  call('POST', `/v1/tables/${segment(table)}:fold`, {}, undefined, 600_000);

export const beginBackup = (): Promise<{ id: string }> => post('/v1/backups', {});
