/** The server's own calls, for what a test needs and compares with. */

import { serverUrl } from './browser';

export async function request(
  method: string,
  path: string,
  body?: unknown,
  base = serverUrl(),
): Promise<unknown> {
  const response = await fetch(base + path, {
    method,
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text}`);
  return JSON.parse(text) as unknown;
}

export const post = (path: string, body: unknown, base = serverUrl()): Promise<unknown> =>
  request('POST', path, body, base);

/** The value of a metric of Prometheus's text; the first with all of these labels, such as `table="items"`. */
export async function metric(
  name: string,
  labels: string | string[] = [],
  base = serverUrl(),
): Promise<number> {
  const text = await (await fetch(`${base}/metrics`)).text();
  const line = text
    .split('\n')
    .find(
      (one) =>
        (one.startsWith(`${name} `) || one.startsWith(`${name}{`)) &&
        [labels].flat().every((label) => one.includes(label)),
    );
  if (!line) throw new Error(`no metric ${name} ${String(labels)}`);
  return Number(line.slice(line.lastIndexOf(' ') + 1));
}

/** Makes a table anew. */
export async function fresh(name: string, spec: object, base = serverUrl()): Promise<void> {
  await fetch(`${base}/v1/tables/${name}`, { method: 'DELETE' });
  await post('/v1/tables', { name, ...spec }, base);
}

const BATCH = 10_000;

/** Requests under way: while the server stores one, the next is made. */
const AT_A_TIME = 4;

/** A table of so many small rows, with uint64 ids from 0 on. */
export async function many(name: string, rows: number): Promise<void> {
  await fresh(name, {
    key: 'uint64',
    fields: { parity: { type: 'string' }, half: { type: 'int64' } },
    durability: 'buffered',
  });
  const put = (from: number): Promise<unknown> => {
    const batch = Array.from({ length: Math.min(BATCH, rows - from) }, (_, i) => ({
      id: from + i,
      fields: { parity: (from + i) % 2 === 0 ? 'even' : 'odd', half: Math.floor((from + i) / 2) },
    }));
    return post(`/v1/tables/${name}/rows:put`, { rows: batch });
  };
  let next = 0;
  const sender = async (): Promise<void> => {
    while (next < rows) {
      const from = next;
      next += BATCH;
      await put(from);
    }
  };
  await Promise.all(Array.from({ length: AT_A_TIME }, sender));
}
