/** The server's own calls, for what a test needs and compares with. */

import { serverUrl } from './browser';

export async function request(method: string, path: string, body?: unknown): Promise<unknown> {
  const response = await fetch(serverUrl() + path, {
    method,
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text}`);
  return JSON.parse(text) as unknown;
}

export const post = (path: string, body: unknown): Promise<unknown> => request('POST', path, body);

/** The value of a metric of Prometheus's text; the first whose labels contain these. */
export async function metric(name: string, labels = ''): Promise<number> {
  const text = await (await fetch(`${serverUrl()}/metrics`)).text();
  const line = text
    .split('\n')
    .find((one) => (one.startsWith(`${name} `) || one.startsWith(`${name}{`)) && one.includes(labels));
  if (!line) throw new Error(`no metric ${name} ${labels}`);
  return Number(line.slice(line.lastIndexOf(' ') + 1));
}

/** Makes a table anew. */
export async function fresh(name: string, spec: object): Promise<void> {
  await fetch(`${serverUrl()}/v1/tables/${name}`, { method: 'DELETE' });
  await post('/v1/tables', { name, ...spec });
}

const BATCH = 10_000;

/** A table of so many small rows, with uint64 ids from 0 on. */
export async function many(name: string, rows: number): Promise<void> {
  await fresh(name, {
    key: 'uint64',
    fields: { parity: { type: 'string' }, half: { type: 'int64' } },
    durability: 'buffered',
  });
  for (let from = 0; from < rows; from += BATCH) {
    const batch = Array.from({ length: Math.min(BATCH, rows - from) }, (_, i) => ({
      id: from + i,
      fields: { parity: (from + i) % 2 === 0 ? 'even' : 'odd', half: Math.floor((from + i) / 2) },
    }));
    await post(`/v1/tables/${name}/rows:put`, { rows: batch });
  }
}
