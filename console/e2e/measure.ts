import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, test } from 'vitest';
import { launch, open, serverUrl } from './browser';
import { metrics } from './server';

/** The figures of docs/benchmarks.md: how soon, how smooth, at what cost for the server. */
const ROUNDS = 7;
const FRAMES_MS = 20_000;
const SLOWED = 4;

/** A frame that took longer than two at 60 a second. */
const LONG_MS = 34;
const CONSOLES = 10;
const COST_MS = 30_000;

let browser: Browser;
beforeAll(async () => {
  browser = await launch();
});
afterAll(() => browser?.close());

const median = (values: number[]): number => values.toSorted((a, b) => a - b)[values.length >> 1] ?? NaN;

test('how soon the overview is painted and can be used', async () => {
  const paints: number[] = [];
  const ready: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    const { page } = await open(browser, `${serverUrl()}/health/live`);
    await page.goto(`${serverUrl()}/`);
    await page.locator('nav a').first().waitFor();
    const paint = await page.evaluate(
      () => performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? NaN,
    );
    const usable = await page.evaluate(() => performance.now());
    paints.push(paint);
    ready.push(usable);
    await page.context().close();
  }
  console.log(
    `first contentful paint: ${median(paints).toFixed(0)} ms (worst ${Math.max(...paints).toFixed(0)})`,
  );
  console.log(
    `navigation drawn and answering: ${median(ready).toFixed(0)} ms (worst ${Math.max(...ready).toFixed(0)})`,
  );
});

test('frames while live charts run on a processor four times as slow', async () => {
  const { page } = await open(browser, `${serverUrl()}/`);
  await page.locator('tbody tr').first().waitFor();
  const session = await page.context().newCDPSession(page);
  await session.send('Emulation.setCPUThrottlingRate', { rate: SLOWED });
  const gaps = await page.evaluate(
    (ms) =>
      new Promise<number[]>((resolve) => {
        const found: number[] = [];
        let last = performance.now();
        const begun = last;
        const step = (now: number): void => {
          found.push(now - last);
          last = now;
          if (now - begun < ms) requestAnimationFrame(step);
          else resolve(found.slice(1));
        };
        requestAnimationFrame(step);
      }),
    FRAMES_MS,
  );
  const long = gaps.filter((gap) => gap > LONG_MS).length;
  const rate = (1000 * gaps.length) / gaps.reduce((sum, gap) => sum + gap, 0);
  console.log(
    `${gaps.length} frames, ${rate.toFixed(1)} a second, ${((100 * long) / gaps.length).toFixed(1)} % longer than ${LONG_MS} ms, longest ${Math.max(...gaps).toFixed(0)} ms`,
  );
  await page.context().close();
});

/** Seconds of processor time that the server's process has used. */
const processorSeconds = (): Promise<number> =>
  metrics().then((now) => now.sum('process_cpu_time_ns_total', {}) / 1e9);

test('what ten open consoles cost the server', async () => {
  const spent = async (): Promise<number> => {
    const [before, begun] = [await processorSeconds(), Date.now()];
    await new Promise((resolve) => setTimeout(resolve, COST_MS));
    return (100 * ((await processorSeconds()) - before)) / ((Date.now() - begun) / 1000);
  };
  const without = await spent();
  const streams = Array.from({ length: CONSOLES }, () => new AbortController());
  // A console's streams, without ten browsers that would take the server's processor from it.
  for (const { signal } of streams) {
    for (const path of ['/v1/stats/stream', '/v1/tasks/stream']) {
      void fetch(serverUrl() + path, { signal })
        .then(async (response) => {
          for await (const part of response.body ?? []) void part;
        })
        .catch((thrown: unknown) => {
          if (!signal.aborted) throw thrown;
        });
    }
  }
  const withConsoles = await spent();
  streams.forEach((stream) => stream.abort());
  console.log(
    `server: ${without.toFixed(2)} % of a core without consoles, ${withConsoles.toFixed(2)} % with ${CONSOLES}: ${(withConsoles - without).toFixed(2)} % for them`,
  );
}, 120_000);
