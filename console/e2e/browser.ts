import { existsSync } from 'node:fs';
import { chromium, type Browser, type Page } from 'playwright-core';

const PLACES = [
  process.env['KINDRED_CHROMIUM'],
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
];

/** Without these Chromium looks for hosts that are not there, many at a time. */
const FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--force-color-profile=srgb',
];

/** Where the demo's server is, as whoever runs this says. */
export function serverUrl(): string {
  const url = process.env['KINDRED_URL'];
  if (!url) {
    throw new Error('KINDRED_URL: none (expected: the address of a running ./kindred demo)');
  }
  return url.replace(/\/$/, '');
}

/** Where the server with the pipelines of `e2e/pipelines` is, as whoever runs this says. */
export function pipelinesUrl(): string {
  const url = process.env['KINDRED_PIPELINES_URL'];
  if (!url) {
    throw new Error(
      "KINDRED_PIPELINES_URL: none (expected: the address of './kindred serve --pipelines console/e2e/pipelines', with new data)",
    );
  }
  return url.replace(/\/$/, '');
}

export async function launch(): Promise<Browser> {
  const executablePath = PLACES.find((place) => place !== undefined && existsSync(place));
  if (executablePath === undefined) {
    throw new Error(
      "chromium: none found (expected: 'apt install chromium', or its path in KINDRED_CHROMIUM)",
    );
  }
  return chromium.launch({ executablePath, args: FLAGS });
}

export interface View {
  width?: number;
  height?: number;
  scheme?: 'light' | 'dark';
  scale?: number;
}

export interface Opened {
  page: Page;
  /** Hosts that the page asked, its own left out. */
  strangers: Set<string>;
  /** What went wrong in the page, by itself. */
  errors: string[];
}

/** Opens a page of its own, with nothing kept from others. */
export async function open(browser: Browser, url: string, view: View = {}): Promise<Opened> {
  const context = await browser.newContext({
    viewport: { width: view.width ?? 1440, height: view.height ?? 900 },
    colorScheme: view.scheme ?? 'light',
    deviceScaleFactor: view.scale ?? 1,
    permissions: ['clipboard-read', 'clipboard-write'],
  });
  const page = await context.newPage();
  const strangers = new Set<string>();
  const errors: string[] = [];
  const { host } = new URL(url);
  page.on('request', (request) => {
    const asked = new URL(request.url());
    if (asked.protocol !== 'data:' && asked.host !== host) strangers.add(asked.host);
  });
  page.on('pageerror', (error) => errors.push(String(error)));
  await page.goto(url);
  return { page, strangers, errors };
}

/** Waits for something to hold; what it last was is in the failure. */
export async function until<T>(
  look: () => Promise<T>,
  holds: (value: T) => boolean,
  ms = 20_000,
): Promise<T> {
  const end = Date.now() + ms;
  for (;;) {
    const value = await look();
    if (holds(value)) return value;
    if (Date.now() > end) throw new Error(`not within ${ms} ms; last: ${JSON.stringify(value)}`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}
