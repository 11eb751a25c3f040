import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, expect } from 'vitest';
import { launch, open, serverUrl, until, type Opened, type View } from './browser';

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

export type Visit = (path: string, view?: View, base?: string) => Promise<Page>;

/**
 * A browser for the tests of a file. Each test that visits a page also holds that the page asked no
 * other host, and that nothing in it threw.
 */
export function inBrowser(): Visit {
  let browser: Browser | undefined;
  let opened: Opened[] = [];

  beforeAll(async () => {
    browser = await launch();
  });
  afterAll(() => browser?.close());
  afterEach(async () => {
    const all = opened;
    opened = [];
    for (const { page } of all) await page.context().close();
    for (const { strangers, errors } of all) {
      expect([...strangers], 'hosts beside the server that were asked').toEqual([]);
      expect(errors, 'errors in the page').toEqual([]);
    }
  });
  return async (path, view, base = serverUrl()) => {
    if (!browser) throw new Error('no browser (expected: within a test)');
    const one = await open(browser, base + path, view);
    opened.push(one);
    return one.page;
  };
}

export const textOf = (page: Page, selector: string): Promise<string> =>
  page.locator(selector).first().innerText();

/** The figure of a tile with its unit and note, a line each, such as `Searches`, `812`, `/s`. */
export const figure = (page: Page, label: string): Promise<string> =>
  page.locator(`main div:has(> div:text-is("${label}"))`).last().innerText();

export async function loaded(page: Page): Promise<void> {
  await page.locator('main h1').waitFor();
  await until(
    () => page.locator('main [role=status][aria-label=Loading]').count(),
    (count) => count === 0,
    30_000,
  );
}

interface Axe {
  run(): Promise<{ violations: { id: string; impact: string; nodes: { html: string }[] }[] }>;
}

/** What axe finds serious or critical, a line each. */
export async function seriousFindings(page: Page): Promise<string[]> {
  // A colour on its way from light to dark is neither.
  await page.waitForFunction(() =>
    document.getAnimations().every((one) => !(one instanceof CSSTransition) || one.playState !== 'running'),
  );
  await page.evaluate(AXE);
  const found = await page.evaluate(async () => {
    const { axe } = window as unknown as { axe: Axe };
    return (await axe.run()).violations.map(
      ({ id, impact, nodes }) => `${impact} ${id}: ${nodes[0]?.html.slice(0, 200)}`,
    );
  });
  return found.filter((one) => /^(serious|critical)/.test(one));
}
