import { beforeAll, describe, expect, test } from 'vitest';
import type { Page } from 'playwright-core';
import { pipelinesUrl, until } from './browser';
import { fresh, metrics, post, request } from './server';
import { figure, inBrowser, loaded, seriousFindings, textOf } from './session';

const LIST = '/console/pipelines';
const PIPELINE = '/console/pipelines/clicks';
const LETTERS = `${PIPELINE}?tab=letters`;

interface Pipeline {
  state: string;
  generation: number;
  counts: { applied: number; received: number };
}

const visitAny = inBrowser();
let base: string;
const visit = (path: string, width?: number): Promise<Page> =>
  visitAny(path, width === undefined ? {} : { width }, base);

const buy = (user: string, item: string, action = 'buy'): object => ({ user, item, action });
const push = (...events: object[]): Promise<unknown> => post('/v1/events/clicks', { events }, base);
const pipeline = async (): Promise<Pipeline> =>
  (await request('GET', '/v1/pipelines/clicks', undefined, base)) as Pipeline;
const isIn = (state: string): Promise<Pipeline> => until(pipeline, (now) => now.state === state, 60_000);

/** What a stage of the flow says of its events. */
const stage = (page: Page, name: string): Promise<string> =>
  page
    .locator('ol[aria-label="The way of an event"] > li', { has: page.locator(`strong:text-is("${name}")`) })
    .innerText();

/** The value beside a name, such as `Received`. */
const fact = (page: Page, name: string): Promise<string> =>
  page
    .locator('dl > div', { has: page.locator(`dt:text-is("${name}")`) })
    .locator('dd')
    .innerText();

/** One after the other: each goes on with what the one before has left. */
describe('pipelines', { timeout: 120_000 }, () => {
  beforeAll(() => {
    base = pipelinesUrl();
  });

  test('one that cannot work is told on the overview, with what to do and where', async () => {
    await isIn('broken');
    const page = await visit('/');
    const banner = page.locator('section[data-level=bad]');
    await until(
      () => banner.innerText(),
      (words) => words.includes('Pipeline clicks: It stands still') && words.includes('table: things'),
    );
    await banner.getByRole('link', { name: 'Look at it' }).click();
    await page.locator('h1:text-is("clicks")').waitFor();
    await until(
      () => textOf(page, 'section[data-level]'),
      (words) => words.includes('things (expected: an existing table)') && words.includes('What to do'),
    );
  });

  test('what it lacked is made, and it goes on by itself', async () => {
    const page = await visit(PIPELINE);
    await page.locator('section[data-level=bad]').waitFor();
    await fresh('things', { vectors: { place: { dimension: 2, metric: 'cosine' } } }, base);
    await post('/v1/tables/things/rows:put', { rows: [{ id: 'hat', vectors: { place: [1, 0] } }] }, base);
    await page.locator('section[data-level=good]').waitFor({ timeout: 60_000 });
  });

  test('the flow tells what becomes of events at each step, and moves', async () => {
    const page = await visit(PIPELINE);
    await page.locator('strong:text-is("1 filter")').waitFor();
    const before = await stage(page, 'decode');
    await push(buy('anna', 'hat'), buy('ben', 'hat'), buy('ben', 'hat', 'view'));
    await push(buy('anna', 'shoe'), buy('anna', 'hat', 'sing'));
    await until(
      () => stage(page, 'decode'),
      (words) => words !== before && words.includes('5 events') && words.includes('1 put aside'),
    );
    await until(
      () => stage(page, '1 filter'),
      (words) => words.includes('4 events') && words.includes('1 left out'),
    );
    await until(
      () => stage(page, '2 lookup'),
      (words) => words.includes('3 events') && words.includes('1 put aside'),
    );
    expect(await stage(page, 'visitors')).toContain('2 events');
    await until(
      () => figure(page, 'Searchable, p99'),
      (words) => /\d/.test(words),
    );
    await until(
      async () => {
        await push(buy('carl', 'hat'));
        return figure(page, 'Events applied');
      },
      (words) => Number.parseFloat(words.split('\n')[1] ?? '') > 0,
    );
  });

  test('its counts are those of /metrics', async () => {
    const page = await visit(PIPELINE);
    const clicks = { pipeline: 'clicks' };
    const now = await metrics(base);
    for (const [name, outcome] of [
      ['Received', 'received'],
      ['Applied', 'applied'],
    ] as const) {
      const counted = now.sum('kindred_pipeline_events_total', { ...clicks, outcome });
      await until(
        () => fact(page, name),
        (words) => words === counted.toLocaleString('en'),
      );
    }
    const letters = now.sum('kindred_pipeline_dead_letters_total', clicks);
    expect(await figure(page, 'Put aside')).toContain(`${letters} in all`);
    await page.goto(base + LIST);
    const row = page.locator('tr', { has: page.locator('a:text-is("clicks")') });
    await until(
      () => row.innerText(),
      (words) => words.includes('running') && words.includes('push'),
    );
    expect(await row.locator('td').last().innerText()).toBe(String(letters));
  });

  test('dead letters are narrowed, read with their reason, and replayed once the cause is gone', async () => {
    const page = await visit(PIPELINE);
    await page.locator('li', { hasText: '2 lookup' }).getByRole('link', { name: '1 put aside' }).click();
    expect(page.url()).toContain('step=2+lookup');
    const rows = page.locator('tbody tr');
    await until(
      () => rows.allInnerTexts(),
      (all) => all.length === 1 && (all[0] ?? '').includes('UNKNOWN_KEY'),
    );
    await page.getByLabel('Step').selectOption('');
    await until(
      () => rows.count(),
      (count) => count === 2,
    );
    await page.getByLabel('Reason').selectOption('UNKNOWN_KEY');
    await rows.first().getByRole('button').press('Enter');
    const dialog = page.locator('dialog');
    await until(
      () => dialog.innerText(),
      (words) => words.includes('"item":"shoe"') && words.includes('shoe'),
    );
    await dialog.getByRole('button', { name: 'Hex' }).click();
    expect(await dialog.locator('pre').innerText()).toMatch(/^000000 {2}7b 22 /);
    await page.keyboard.press('Escape');

    await post('/v1/tables/things/rows:put', { rows: [{ id: 'shoe', vectors: { place: [0, 1] } }] }, base);
    await page.getByRole('button', { name: 'Replay…' }).click();
    await page.getByRole('button', { name: 'Replay them' }).click();
    await until(
      () => textOf(page, 'main'),
      (words) => words.includes('2 replayed: 1 applied, 0 left out, 1 put aside again.'),
    );
    await page.getByLabel('Reason').selectOption('');
    await page.getByRole('button', { name: 'Read again' }).click();
    await until(
      () => rows.count(),
      (count) => count === 3,
    );
  });

  test('it is paused after a question, refuses events meanwhile, and goes on', async () => {
    const page = await visit(PIPELINE);
    await page.getByRole('button', { name: 'Pause' }).click();
    const dialog = page.locator('dialog');
    expect(await dialog.innerText()).toContain('refused with 503');
    await dialog.getByRole('button', { name: 'Pause' }).click();
    await isIn('paused');
    await expect(push(buy('anna', 'hat'))).rejects.toThrow('503');
    await until(
      () => textOf(page, 'section[data-level]'),
      (words) => words.startsWith('Paused by console since'),
    );
    const overview = await visit('/');
    await until(
      () => textOf(overview, 'section[data-level]'),
      (words) => words.includes('Pipeline clicks is paused.'),
    );
    await page.getByRole('tab', { name: 'Dead letters' }).click();
    await page.locator('tbody tr').first().waitFor();
    await page.getByRole('button', { name: 'Resume' }).click();
    await isIn('running');
    await push(buy('anna', 'hat'));
  });

  test('a reset asks for the name, and says what it means', async () => {
    const { generation } = await pipeline();
    const page = await visit(PIPELINE);
    await page.getByRole('button', { name: 'Reset…' }).click();
    const submit = page.getByRole('button', { name: 'Begin a new generation' });
    expect(await submit.isDisabled()).toBe(true);
    await page.getByLabel('Type clicks to go on').fill('clicks');
    await submit.click();
    await until(
      () => textOf(page, 'main'),
      (words) => words.includes(`Generation ${generation + 1}.`),
    );
    expect((await pipeline()).generation).toBe(generation + 1);
  });

  test('an unknown one is told as such', async () => {
    const page = await visit('/console/pipelines/nothing');
    await until(
      () => textOf(page, 'main [role=alert]'),
      (words) => words.includes('nothing'),
    );
  });

  test.each([LIST, PIPELINE, LETTERS])(
    'axe finds nothing serious on %s, and it fits a narrow screen',
    async (path) => {
      const page = await visit(path, 390);
      await loaded(page);
      await page.locator('main section').first().waitFor();
      expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(390);
      expect(await seriousFindings(page)).toEqual([]);
    },
  );
});
