import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { launch, open, pipelinesUrl, serverUrl, until, type View } from './browser';
import { inFewColours } from './png';
import { fresh, post } from './server';

/** Pictures of every page for docs/images, taken of a running demo and of a server with a pipeline. */
const FOLDER = process.env['KINDRED_IMAGES'] ?? join(import.meta.dirname, '../../docs/images/console');

type Shot = [name: string, path: string, ready: (page: Page) => Promise<unknown>];

const PAGES: Shot[] = [
  ['overview', '/', (page) => page.locator('tbody tr').first().waitFor()],
  ['tables', '/console/tables', (page) => page.locator('tbody tr').first().waitFor()],
  ['table', '/console/tables/items', (page) => page.locator('h2:text-is("Schema")').waitFor()],
  ['values', '/console/tables/items?tab=values', (page) => page.locator('h2:text-is("price")').waitFor()],
  [
    'rows',
    '/console/tables/items?tab=rows&filter=%7B%22city%22%3A%20%22Berlin%22%7D',
    (page) =>
      until(
        () => page.locator('[role=rowgroup] [role=row]').count(),
        (count) => count > 8,
      ),
  ],
  [
    'search',
    '/console/search?table=items&id=item-00017&filter=%7B%22price%22%3A%20%7B%22%24lt%22%3A%2060%7D%7D&run=1',
    (page) =>
      until(
        () => page.locator('ol li').count(),
        (count) => count === 20,
      ),
  ],
  [
    'map',
    '/console/map?table=items&colour=category',
    async (page) => {
      await page.locator('canvas[role=img]').waitFor({ timeout: 60_000 });
      const box = (await page.locator('canvas[role=img]').boundingBox())!;
      await page.mouse.move(box.x + box.width * 0.52, box.y + box.height * 0.5);
      await page.waitForTimeout(600);
    },
  ],
  ['tasks', '/console/tasks', (page) => page.locator('article').first().waitFor()],
  [
    'live',
    '/console/live',
    (page) =>
      until(
        () => page.locator('[role=log] > *').count(),
        (count) => count > 25,
      ),
  ],
  ['log', '/console/live?tab=logs', (page) => page.locator('[role=log] > *').first().waitFor()],
];

const PIPELINE_PAGES: Shot[] = [
  ['pipelines', '/console/pipelines', (page) => page.locator('tbody tr').first().waitFor()],
  [
    'pipeline',
    '/console/pipelines/clicks',
    (page) =>
      until(
        () => page.locator('main').innerText(),
        (words) => words.includes('99 % of them'),
      ),
  ],
  [
    'letters',
    '/console/pipelines/clicks?tab=letters',
    (page) =>
      until(
        () => page.locator('tbody tr').count(),
        (count) => count > 10,
      ),
  ],
];

const BYTES_MOST = 150 * 1024;

let browser: Browser;
beforeAll(async () => {
  browser = await launch();
  mkdirSync(FOLDER, { recursive: true });
});
afterAll(() => browser?.close());

async function shoot([name, path, ready]: Shot, view: View, base = serverUrl()): Promise<void> {
  // The font is kept from the first visit, and is there before the first word of the second.
  const { page, errors } = await open(browser, base + path, view);
  await ready(page);
  await page.reload();
  await ready(page);
  await page.waitForTimeout(1_200);
  const picture = inFewColours(await page.screenshot());
  writeFileSync(join(FOLDER, `${name}.png`), picture);
  await page.context().close();
  expect(errors).toEqual([]);
  expect(picture.length).toBeLessThanOrEqual(BYTES_MOST);
}

const SCHEMES = ['light', 'dark'] as const;

/** The overview last, as its charts are fuller then. */
const ORDERED = [...PAGES.slice(1), ...PAGES.slice(0, 1)];

for (const [name, path, ready] of ORDERED) {
  for (const scheme of SCHEMES) {
    test(`${name} ${scheme}`, () =>
      shoot([`${name}-${scheme}`, path, ready], {
        width: 1280,
        height: name === 'overview' ? 1080 : 860,
        scheme,
      }));
  }
}

test('overview narrow', () => {
  const overview = PAGES.find(([name]) => name === 'overview')!;
  return shoot(['overview-narrow', overview[1], overview[2]], { width: 390, height: 844, scheme: 'light' });
});

describe('with events', () => {
  const base = pipelinesUrl();
  let timer: ReturnType<typeof setInterval>;

  beforeAll(async () => {
    await fresh('things', { vectors: { place: { dimension: 2, metric: 'cosine' } } }, base);
    const rows = Array.from({ length: 50 }, (_, i) => ({
      id: `thing-${i}`,
      vectors: { place: [Math.cos(i), Math.sin(i)] },
    }));
    await post('/v1/tables/things/rows:put', { rows }, base);
    const any = (most: number): number => Math.floor(Math.random() * most);
    const event = (): object => ({
      user: `user-${any(500)}`,
      item: `thing-${any(1000) < 4 ? 50 + any(9) : any(50)}`,
      action: any(1000) < 3 ? 'sing' : any(3) === 0 ? 'view' : 'buy',
    });
    const push = (): Promise<unknown> =>
      post('/v1/events/clicks', { events: Array.from({ length: 10 + any(8) }, event) }, base);
    await until(
      () => push().then(Boolean, () => false),
      (isTaken) => isTaken,
      60_000,
    );
    const bad = Array.from({ length: 12 }, (_, i) => ({
      user: 'anna',
      item: `thing-${50 + i}`,
      action: i % 3 === 0 ? 'sing' : 'buy',
    }));
    await post('/v1/events/clicks', { events: bad }, base);
    timer = setInterval(() => void push(), 100);
  });
  afterAll(() => clearInterval(timer));

  for (const scheme of SCHEMES) {
    for (const [name, path, ready] of PIPELINE_PAGES) {
      test(`${name} ${scheme}`, () =>
        shoot([`${name}-${scheme}`, path, ready], { width: 1280, height: 860, scheme }, base));
    }
  }
});
