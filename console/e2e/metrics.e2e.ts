import type { Page } from 'playwright-core';
import { describe, expect, test } from 'vitest';
import { serverUrl, until } from './browser';
import { fresh, metrics, post, type Metrics } from './server';
import { figure, inBrowser, textOf } from './session';

/** Every figure of the overview beside what `/metrics` says in the same moment. */
const visit = inBrowser();

const UNITS: Record<string, number> = {
  k: 1e3,
  M: 1e6,
  G: 1e9,
  KB: 1e3,
  MB: 1e6,
  GB: 1e9,
  TB: 1e12,
  µs: 1,
  ms: 1e3,
  s: 1e6,
  min: 60e6,
};

/** A figure as it is shown, such as `13.2k`, `1.07 GB` or `4.2 ms`; sizes in bytes, times in microseconds. */
function valueOf(shown: string): number {
  const [, digits = '', unit = ''] = /([\d][\d.,]*)\s?([a-zA-Zµ]*)/.exec(shown) ?? [];
  return digits === '' ? NaN : Number(digits.replaceAll(',', '')) * (UNITS[unit] ?? 1);
}

/** Three digits are shown. */
const ROUNDED = 0.006;

/** What moves between the page's second and the moment of the metrics. */
const MOVING = 0.05;

async function agree(
  what: string,
  shown: () => Promise<number>,
  counted: (now: Metrics) => number,
  apart = ROUNDED,
): Promise<void> {
  await until(
    async () => ({ what, shown: await shown(), counted: counted(await metrics()) }),
    (pair) => Math.abs(pair.shown - pair.counted) <= apart * Math.abs(pair.counted) + 1e-9,
    15_000,
  );
}

/** The value beside a name of the panels of memory and process. */
const beside = (page: Page, name: string): Promise<string> =>
  page
    .locator('dl > div', { has: page.locator(`dt:text-is("${name}")`) })
    .locator('dd')
    .first()
    .innerText();

const tile = async (page: Page, name: string): Promise<number> =>
  valueOf((await figure(page, name)).split('\n').slice(1, 3).join(' '));

/** The last value of a line of the charts. */
const lineOf = async (page: Page, name: string): Promise<number> =>
  valueOf((await page.locator(`figcaption > span:has-text("${name}")`).innerText()).replace(name, ''));

const EVERY_MS = 50;

/** Makes a call every now and then for as long as something else takes. */
async function besides<T>(call: () => Promise<unknown>, act: () => Promise<T>): Promise<T> {
  let isOver = false;
  const calls = async (): Promise<void> => {
    while (!isOver) {
      await call();
      await new Promise((resolve) => setTimeout(resolve, EVERY_MS));
    }
  };
  const calling = calls();
  try {
    return await act();
  } finally {
    isOver = true;
    await calling;
  }
}

describe('every figure of the overview is that of /metrics', () => {
  test('rows, recall and names of the tables', async () => {
    const page = await visit('/');
    const row = (table: string) => page.locator('tr', { has: page.locator(`a:text-is("${table}")`) });
    await row('items').waitFor();
    for (const table of (await metrics()).labels('kindred_table_rows', 'table')) {
      await agree(
        `rows of ${table}`,
        async () => valueOf(await row(table).locator('td').last().innerText()),
        (now) => now.sum('kindred_table_rows', { table }),
        0,
      );
    }
    await agree(
      'recall of items',
      async () => valueOf(await row('items').locator('td').nth(6).innerText()) / 100,
      (now) => now.sum('kindred_search_recall', { table: 'items' }),
    );
    await agree(
      'recall samples',
      async () => valueOf((await figure(page, 'Recall')).split('\n').at(-1) ?? ''),
      (now) => now.sum('kindred_search_recall_samples', {}),
      MOVING,
    );
  });

  test('memory by component, disk, log, files and process', async () => {
    const page = await visit('/');
    await page.locator('dt:has-text("Heap")').waitFor();
    const memory = async (): Promise<string[]> =>
      (await textOf(page, 'section:has(> header > h2:text-is("Memory")) header span')).split(' of ');
    const kinds: [string, (now: Metrics) => number][] = [
      ['Delta rows', (now) => now.sum('kindred_table_memory_bytes', { kind: 'delta_rows' })],
      ['Delta keys', (now) => now.sum('kindred_table_memory_bytes', { kind: 'delta_keys' })],
      ['Delta graphs', (now) => now.sum('kindred_table_memory_bytes', { kind: 'delta_graphs' })],
      ['Indexes', (now) => now.sum('kindred_table_memory_bytes', { kind: 'indexes' })],
      ['Filters', (now) => now.sum('kindred_table_memory_bytes', { kind: 'filters' })],
      ['Operation ids', (now) => now.sum('kindred_table_memory_bytes', { kind: 'operations' })],
      ['Mapped files', (now) => now.sum('kindred_table_memory_bytes', { kind: 'mapped' })],
      ['Kept for folds', (now) => now.sum('kindred_memory_build_bytes', {})],
      ['Disk', (now) => now.sum('kindred_disk_free_bytes', {})],
      ['Resident', (now) => now.sum('process_resident_memory_bytes', {})],
    ];
    for (const [name, counted] of kinds) {
      await agree(name, async () => valueOf(await beside(page, name)), counted, MOVING);
    }
    const value = async (at: number): Promise<number> => valueOf((await memory())[at] ?? '');
    await agree(
      'budget',
      () => value(1),
      (now) => now.sum('kindred_memory_budget_bytes', {}),
    );
    await agree(
      'used',
      () => value(0),
      (now) => now.sum('kindred_memory_used_bytes', {}),
      MOVING,
    );
    const log = (): Promise<string> =>
      page.locator('dl > div:has(dt:text-is("Log")) dd:has-text("on disk")').innerText();
    await agree(
      'bytes of the log',
      async () => valueOf(await log()),
      (now) => now.sum('kindred_log_bytes', {}),
      MOVING,
    );
    await agree(
      'lag of the log',
      async () => {
        const [, lag = ''] = (await log()).split(', lag ');
        return lag === 'none' ? 0 : valueOf(lag);
      },
      (now) => now.sum('kindred_log_committed_position', {}) - now.sum('kindred_log_applied_position', {}),
    );
    await agree(
      'largest heap',
      async () => valueOf((await beside(page, 'Heap')).split(' of ')[1] ?? ''),
      (now) => now.max('jvm_memory_max_bytes', { area: 'heap' }),
    );
    await agree(
      'uptime in seconds',
      async () => {
        const up = await textOf(page, 'section:has(> header > h2:text-is("Process")) header span');
        return [...up.matchAll(/\d+\s(?:min|s)/g)].reduce((sum, [part]) => sum + valueOf(part) / 1e6, 0);
      },
      (now) => now.sum('process_uptime_seconds', {}),
      MOVING,
    );
    expect((await metrics()).sum('kindred_damaged_files', {})).toBe(0);
    expect(await beside(page, 'Files')).toContain('no damage found');
  });

  test('rates are the differences of counters', async () => {
    const page = await visit('/');
    const shownBy = (name: string) => () => tile(page, name);
    const rates: [string, () => Promise<number>, string, Record<string, string>][] = [
      ['searches', shownBy('Searches'), 'kindred_table_searches_total', {}],
      ['rows read', shownBy('Rows read'), 'kindred_table_rows_read_total', {}],
      ['rows written', shownBy('Rows written'), 'kindred_table_rows_written_total', {}],
      ['events', shownBy('Events'), 'kindred_pipeline_events_total', { outcome: 'applied' }],
      ['errors', async () => valueOf(await beside(page, 'Errors')), 'kindred_errors_total', {}],
    ];
    const wrong = (): Promise<unknown> => fetch(`${serverUrl()}/v1/tables/none`);
    await wrong();
    await until(() => tile(page, 'Rows read'), Number.isFinite);
    const during = async (ms: number): Promise<{ name: string; shown: number; counted: number }[]> => {
      const seen = rates.map((): number[] => []);
      const [before, begun] = [await metrics(), Date.now()];
      while (Date.now() - begun < ms) {
        for (const [i, [, shown]] of rates.entries()) seen[i]?.push(await shown());
        await page.waitForTimeout(250);
      }
      const [after, seconds] = [await metrics(), (Date.now() - begun) / 1000];
      return rates.map(([name, , counter, labels], i) => ({
        name,
        shown: (seen[i] ?? []).reduce((sum, one) => sum + one, 0) / (seen[i]?.length ?? 1),
        counted: (after.sum(counter, labels) - before.sum(counter, labels)) / seconds,
      }));
    };
    // What a page shows is a second old, or more on a busy machine: bursts are in one mean and not in the other.
    await besides(wrong, () =>
      until(
        () => during(8_000),
        (pairs) => pairs.every(({ shown, counted }) => Math.abs(shown - counted) < 0.25 * counted + 2),
        60_000,
      ),
    );
  });

  test('how soon an event is searchable', async () => {
    const page = await visit('/');
    await agree(
      'event p99 in microseconds',
      () => tile(page, 'Freshness'),
      (now) => now.max('kindred_pipeline_searchable_after_seconds', { quantile: '0.99' }) * 1e6,
      MOVING,
    );
  });

  test('latencies are between those of the calls that were counted', async () => {
    const page = await visit('/');
    const shownBy = (name: string) => () => lineOf(page, name);
    const searches = ['search', 'recommend'];
    const figures: { shown: () => Promise<number>; operation: string[]; seen: number[] }[] = [
      { shown: () => tile(page, 'Search p99'), operation: searches, seen: [] },
      { shown: shownBy('search p50'), operation: searches, seen: [] },
      { shown: shownBy('get p99'), operation: ['get'], seen: [] },
      { shown: shownBy('write p99'), operation: ['put', 'update', 'delete'], seen: [] },
    ];
    const table = 'latencies';
    await fresh(table, { key: 'uint64', fields: { n: { type: 'int64' } } });
    const writeAndGet = async (): Promise<void> => {
      await post(`/v1/tables/${table}/rows:put`, { rows: [{ id: 1, fields: { n: 1 } }] });
      await post(`/v1/tables/${table}/rows:get`, { ids: [1] });
    };
    await besides(writeAndGet, async () => {
      for (const { shown } of figures) await until(shown, Number.isFinite);
      const before = await metrics();
      // What is shown first may be of the second before.
      await page.waitForTimeout(2_500);
      for (let i = 0; i < 10; i++) {
        for (const { shown, seen } of figures) {
          const now = await shown();
          if (Number.isFinite(now)) seen.push(now);
        }
        await page.waitForTimeout(400);
      }
      const after = await metrics();
      for (const { operation, seen } of figures) {
        const { least, most } = after.since(before, 'kindred_operation_seconds', { operation });
        expect(seen.length).toBeGreaterThan(3);
        for (const one of seen) {
          expect(one, operation.join()).toBeGreaterThanOrEqual(least * 1e6 * (1 - MOVING));
          expect(one, operation.join()).toBeLessThanOrEqual(most * 1e6 * (1 + MOVING));
        }
      }
    });
  });
});
