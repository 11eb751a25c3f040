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

type Labels = Record<string, string>;

/** A value, or one of several. */
type Wanted = Record<string, string | string[]>;

/** The metrics of a moment. */
export class Metrics {
  private readonly series: { name: string; labels: Labels; value: number }[];

  constructor(text: string) {
    this.series = [...text.matchAll(/^(\w+)(?:\{(.*)\})? (\S+)/gm)].map(
      ([, name = '', labels = '', value]) => ({
        name,
        labels: Object.fromEntries(
          [...labels.matchAll(/(\w+)="((?:[^"\\]|\\.)*)"/g)].map(([, key = '', of = '']) => [key, of]),
        ),
        value: Number(value),
      }),
    );
  }

  private matching(name: string, labels: Wanted): { labels: Labels; value: number }[] {
    const found = this.series.filter(
      (one) =>
        one.name === name &&
        Object.entries(labels).every(([key, value]) => [value].flat().includes(one.labels[key] ?? '')),
    );
    if (found.length === 0) throw new Error(`no metric ${name} ${JSON.stringify(labels)}`);
    return found;
  }

  /** Of all series with these labels. */
  sum(name: string, labels: Wanted): number {
    return this.matching(name, labels).reduce((sum, one) => sum + one.value, 0);
  }

  max(name: string, labels: Wanted): number {
    return Math.max(...this.matching(name, labels).map(({ value }) => value));
  }

  /** The values of a label that there are. */
  labels(name: string, label: string): string[] {
    return [...new Set(this.matching(name, {}).map(({ labels }) => labels[label] ?? ''))];
  }

  /** Between which bounds of a histogram the values are that came since. */
  since(before: Metrics, name: string, labels: Wanted): { least: number; most: number } {
    const counts = (of: Metrics): Map<number, number> => {
      const sums = new Map<number, number>();
      for (const { labels: found, value } of of.matching(`${name}_bucket`, labels)) {
        const bound = Number(found['le']?.replace('+Inf', 'Infinity'));
        sums.set(bound, (sums.get(bound) ?? 0) + value);
      }
      return sums;
    };
    const old = counts(before);
    const came = [...counts(this)]
      .map(([bound, count]): [number, number] => [bound, count - (old.get(bound) ?? 0)])
      .sort(([a], [b]) => a - b);
    const all = came.at(-1)?.[1] ?? 0;
    const first = came.findIndex(([, count]) => count > 0);
    const last = came.findIndex(([, count]) => count === all);
    return { least: came[first - 1]?.[0] ?? 0, most: came[last]?.[0] ?? Infinity };
  }
}

export async function metrics(base = serverUrl()): Promise<Metrics> {
  return new Metrics(await (await fetch(`${base}/metrics`)).text());
}

/** Makes a table anew. */
export async function fresh(name: string, spec: object, base = serverUrl()): Promise<void> {
  await fetch(`${base}/v1/tables/${name}`, { method: 'DELETE' });
  await post('/v1/tables', { name, ...spec }, base);
}

const BATCH = 10_000;

/** Requests under way: while the server stores one, the next is made. */
const AT_A_TIME = 4;

/** As the server asks of those whom it refuses while it folds. */
const AGAIN_MS = 250;
const TRIES_MOST = 240;

async function patientPost(path: string, body: unknown): Promise<void> {
  for (let tries = 1; ; tries++) {
    const response = await fetch(serverUrl() + path, { method: 'POST', body: JSON.stringify(body) });
    const text = await response.text();
    if (response.ok) return;
    if (response.status !== 429 || tries === TRIES_MOST) {
      throw new Error(`POST ${path}: ${response.status} ${text}, ${tries} tries`);
    }
    await new Promise((resolve) => setTimeout(resolve, AGAIN_MS));
  }
}

/** A table of so many small rows, with uint64 ids from 0 on. */
export async function many(name: string, rows: number): Promise<void> {
  await fresh(name, {
    key: 'uint64',
    fields: { parity: { type: 'string' }, half: { type: 'int64' } },
    durability: 'buffered',
  });
  const put = (from: number): Promise<void> => {
    const batch = Array.from({ length: Math.min(BATCH, rows - from) }, (_, i) => ({
      id: from + i,
      fields: { parity: (from + i) % 2 === 0 ? 'even' : 'odd', half: Math.floor((from + i) / 2) },
    }));
    return patientPost(`/v1/tables/${name}/rows:put`, { rows: batch });
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
