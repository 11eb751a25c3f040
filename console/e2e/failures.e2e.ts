import { describe, test } from 'vitest';
import { serverUrl, until } from './browser';
import { Proxy } from './proxy';
import { inBrowser, loaded, textOf } from './session';

const OVERVIEW = '/';

const visit = inBrowser();

describe('a server that fails', () => {
  test('the loss is told with what to do, and its end is found without help', async () => {
    const proxy = await Proxy.to(serverUrl());
    try {
      const page = await visit(OVERVIEW, {}, proxy.url);
      await until(
        () => textOf(page, 'section[data-level]'),
        (words) => words.includes('All is well'),
      );
      proxy.cut();
      await until(
        () => textOf(page, 'section[data-level]'),
        (words) => words.includes('Not connected') && words.includes('What to do'),
      );
      proxy.mend();
      await until(
        () => textOf(page, 'section[data-level]'),
        (words) => words.includes('All is well'),
        30_000,
      );
    } finally {
      proxy.close();
    }
  });

  test('a page that cannot be filled says so and tries again when asked', async () => {
    const proxy = await Proxy.to(serverUrl());
    try {
      const page = await visit(OVERVIEW, {}, proxy.url);
      await loaded(page);
      await page.keyboard.press('g');
      await page.keyboard.press('t');
      await page.locator('a:text-is("items")').first().waitFor();
      await page.goto(proxy.url + OVERVIEW);
      await loaded(page);
      // What the next page needs is there already; its data is not.
      await page.evaluate(() => fetch('/console/search'));
      await page.locator('a[href="/console/tables"]').first().hover();
      proxy.cut();
      await page.keyboard.press('g');
      await page.keyboard.press('t');
      await until(
        () => textOf(page, 'main'),
        (words) => words.includes('This did not work') || words.includes('This page broke'),
      );
      proxy.mend();
      await page.getByRole('button', { name: /Try again|Load it anew/ }).click();
      await page.locator('a:text-is("items")').first().waitFor({ timeout: 20_000 });
    } finally {
      proxy.close();
    }
  });

  test('a slow server shows what is on its way, and then what came', async () => {
    const proxy = await Proxy.to(serverUrl());
    try {
      const page = await visit(OVERVIEW, {}, proxy.url);
      await loaded(page);
      proxy.delay(1_500);
      await page.keyboard.press('g');
      await page.keyboard.press('t');
      await page.locator('main [role=status][aria-label=Loading]').waitFor();
      await page.locator('a:text-is("items")').first().waitFor({ timeout: 30_000 });
    } finally {
      proxy.close();
    }
  });
});
