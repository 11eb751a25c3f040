import type { Page } from 'playwright-core';
import { describe, expect, test } from 'vitest';
import { until } from './browser';
import { metrics, type Metrics } from './server';
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
    await agree(
      'bytes of the log',
      async () =>
        valueOf(await page.locator('dl > div:has(dt:text-is("Log")) dd:has-text("on disk")').innerText()),
      (now) => now.sum('kindred_log_bytes', {}),
      MOVING,
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
    const rates: [string, string, Record<string, string>][] = [
      ['Searches', 'kindred_table_searches_total', {}],
      ['Rows read', 'kindred_table_rows_read_total', {}],
      ['Rows written', 'kindred_table_rows_written_total', {}],
      ['Events', 'kindred_pipeline_events_total', { outcome: 'applied' }],
    ];
    await until(() => tile(page, 'Rows read'), Number.isFinite);
    const during = async (ms: number): Promise<{ name: string; shown: number; counted: number }[]> => {
      const seen = rates.map((): number[] => []);
      const [before, begun] = [await metrics(), Date.now()];
      while (Date.now() - begun < ms) {
        for (const [i, [name]] of rates.entries()) seen[i]?.push(await tile(page, name));
        await page.waitForTimeout(250);
      }
      const [after, seconds] = [await metrics(), (Date.now() - begun) / 1000];
      return rates.map(([name, counter, labels], i) => ({
        name,
        shown: (seen[i] ?? []).reduce((sum, one) => sum + one, 0) / (seen[i]?.length ?? 1),
        counted: (after.sum(counter, labels) - before.sum(counter, labels)) / seconds,
      }));
    };
    // What a page shows is a second old, or more on a busy machine: bursts are in one mean and not in the other.
    await until(
      () => during(8_000),
      (pairs) => pairs.every(({ shown, counted }) => Math.abs(shown - counted) < 0.25 * counted + 2),
      60_000,
    );
  });

  test('latencies are between those of the calls that were counted', async () => {
    const page = await visit('/');
    const p99 = (): Promise<number> => tile(page, 'Search p99');
    await until(p99, Number.isFinite);
    const before = await metrics();
    // What is shown first may be of the second before.
    await page.waitForTimeout(2_500);
    const shown: number[] = [];
    for (let i = 0; i < 10; i++) {
      const now = await p99();
      if (Number.isFinite(now)) shown.push(now);
      await page.waitForTimeout(400);
    }
    const { least, most } = (await metrics()).since(before, 'kindred_operation_seconds', {
      operation: ['search', 'recommend'],
    });
    expect(shown.length).toBeGreaterThan(3);
    for (const one of shown) {
      expect(one).toBeGreaterThanOrEqual(least * 1e6 * (1 - MOVING));
      expect(one).toBeLessThanOrEqual(most * 1e6 * (1 + MOVING));
    }
  });
});
