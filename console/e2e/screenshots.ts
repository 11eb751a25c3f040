import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { launch, open, serverUrl, until } from './browser';

/** Pictures of every page for docs/images, taken of a running demo. */
const FOLDER = process.env['KINDRED_IMAGES'] ?? join(import.meta.dirname, '../../docs/images/console');

const PAGES: [string, string, (page: Page) => Promise<unknown>][] = [
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

let browser: Browser;
beforeAll(async () => {
  browser = await launch();
  mkdirSync(FOLDER, { recursive: true });
});
afterAll(() => browser?.close());

for (const scheme of ['light', 'dark'] as const) {
  for (const [name, path, ready] of PAGES) {
    test(`${name} ${scheme}`, async () => {
      // The font is kept from the first visit, and is there before the first word of the second.
      const view = { width: 1280, height: name === 'overview' ? 1080 : 860, scheme };
      const { page, errors } = await open(browser, serverUrl() + path, view);
      await ready(page);
      await page.reload();
      await ready(page);
      await page.waitForTimeout(1_200);
      await page.screenshot({ path: join(FOLDER, `${name}-${scheme}.png`) });
      await page.context().close();
      expect(errors).toEqual([]);
    });
  }
}
