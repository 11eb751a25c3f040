import type { Page } from 'playwright-core';
import { describe, expect, test } from 'vitest';
import { serverUrl, until } from './browser';
import { fresh, many, post, request } from './server';
import { figure, inBrowser, loaded, seriousFindings, textOf } from './session';

const PAGES = {
  overview: '/',
  tables: '/console/tables',
  table: '/console/tables/items',
  values: '/console/tables/items?tab=values',
  rows: '/console/tables/items?tab=rows',
  search: '/console/search?table=items&id=item-00017&run=1',
  map: '/console/map?table=items&sample=500',
  pipelines: '/console/pipelines',
  pipeline: '/console/pipelines/shop',
  tasks: '/console/tasks',
  calls: '/console/live',
  log: '/console/live?tab=logs',
} as const;

/** Rows that are browsed; fewer where KINDRED_E2E_ROWS says so. */
const ROWS = Number(process.env['KINDRED_E2E_ROWS'] ?? 1_000_000);

const visit = inBrowser();

describe('overview', () => {
  test('says in a sentence how the node is, and its figures move', { timeout: 180_000 }, async () => {
    const page = await visit(PAGES.overview);
    const banner = page.locator('section[data-level]');
    await until(
      () => banner.innerText(),
      (words) => /All is well\. \d+ tables hold [\d,]+ rows\./.test(words),
      30_000,
    );
    for (const label of ['Searches', 'Rows read', 'Rows written', 'Events', 'Search p99']) {
      const before = await until(
        () => figure(page, label),
        (words) => /\d/.test(words),
      );
      await until(
        () => figure(page, label),
        (words) => words !== before,
      );
    }
  });

  test('puts the slowest table first', async () => {
    const page = await visit(PAGES.overview);
    const first = page.locator('section:has(h2:text-is("Tables, the slowest first")) tbody tr').first();
    await until(
      () => first.innerText(),
      (words) => words.startsWith('items'),
    );
  });

  test('has the minutes before it was opened', async () => {
    const { times_ms: times } = (await request('GET', '/v1/stats/history')) as { times_ms: number[] };
    expect(times.length).toBeGreaterThan(3);
  });
});

describe('tables', () => {
  test('a table is created, found in the list, and deleted after its name was typed', async () => {
    await fetch(`${serverUrl()}/v1/tables/made`, { method: 'DELETE' });
    const page = await visit(PAGES.tables);
    await page.getByRole('button', { name: 'New table' }).first().click();
    await page.getByLabel('Name', { exact: true }).first().fill('made');
    await page.getByRole('button', { name: 'Create the table' }).click();
    await page.locator('h1:text-is("made")').waitFor();
    expect(page.url()).toContain('/console/tables/made');
    await page.goto(serverUrl() + PAGES.tables);
    await page.locator('a:text-is("made")').click();
    await page.getByRole('button', { name: 'Delete' }).click();
    const submit = page.getByRole('button', { name: 'Delete the table' });
    expect(await submit.isDisabled()).toBe(true);
    await page.getByLabel('Type made to go on').fill('made');
    await submit.click();
    await page.waitForURL('**/console/tables');
    await expect(request('GET', '/v1/tables/made')).rejects.toThrow('TABLE_NOT_FOUND');
  });

  test('a refused table keeps what was typed and says why', async () => {
    const page = await visit(PAGES.tables);
    await page.getByRole('button', { name: 'New table' }).first().click();
    await page.getByLabel('Name', { exact: true }).first().fill('items');
    await page.getByRole('button', { name: 'Create the table' }).click();
    await until(
      () => textOf(page, 'dialog [role=alert]'),
      (words) => words.includes('items'),
    );
  });

  test('values tell how fields and norms are spread', async () => {
    const page = await visit(PAGES.values);
    await page.locator('h2:text-is("category")').waitFor();
    expect(await textOf(page, 'section:has(h2:text-is("category"))')).toContain('8 different');
    expect(await textOf(page, 'main')).toMatch(/[\d,]+ of [\d,]+ rows, spread evenly/);
  });
});

describe('rows', () => {
  test(`${ROWS} rows are browsed, to the end and by id`, async () => {
    await many('many', ROWS);
    await post('/v1/tables/many:fold', {});
    const page = await visit('/console/tables/many?tab=rows');
    const view = page.locator('[role=rowgroup]');
    await until(
      () => view.innerText(),
      (words) => words.includes('even'),
    );
    expect(await page.locator('[role=grid]').getAttribute('aria-rowcount')).toBe(String(ROWS));
    await view.focus();
    await page.keyboard.press('End');
    await until(
      () => view.innerText(),
      (words) => words.includes(String(ROWS - 1)),
    );
    expect(await view.locator('[role=row]').count()).toBeLessThan(120);
    const middle = Math.floor(ROWS / 2) + 7;
    await page.getByLabel('Go to id').fill(String(middle));
    await page.keyboard.press('Enter');
    await until(
      () => view.innerText(),
      (words) => words.includes(String(middle)),
    );
    await view.evaluate((element) => (element.scrollTop = element.scrollHeight / 4));
    const ids = await until(
      async () => (await view.locator('[role=row] [role=gridcell]:first-child').allInnerTexts()).map(Number),
      (all) => all.length > 8 && all.every((id) => id > 0),
    );
    expect(ids[8]! - ids[0]!).toBe(8);
    expect(Math.abs(ids[0]! / ROWS - 0.25)).toBeLessThan(0.05);
  });

  test('a filter is completed, checked as it is typed, and narrows the rows', async () => {
    const page = await visit(PAGES.rows);
    const filter = page.getByLabel('Filter', { exact: true });
    await filter.fill('{"city": "Berlin", "price": {"$lt": ');
    await until(
      () => textOf(page, 'main'),
      (words) => words.includes('No JSON yet'),
    );
    await filter.fill('');
    await filter.press('Control+ ');
    await page.getByRole('option', { name: /city/ }).click();
    await page.getByRole('option', { name: 'Berlin' }).click();
    expect(await filter.inputValue()).toBe('{"city": "Berlin"}');
    await until(
      () => textOf(page, 'main'),
      (words) => /\d+ rows match/.test(words),
    );
    await until(
      () => page.locator('[role=rowgroup] [role=row]').allInnerTexts(),
      (rows) => rows.length > 5 && rows.every((row) => row.includes('Berlin')),
    );
    expect(page.url()).toContain('filter=');
    await filter.fill('{"price": {"$near": 3}}');
    await until(
      () => textOf(page, 'main'),
      (words) => words.includes('unknown operator'),
    );
  });

  test('a row opens whole', async () => {
    const page = await visit(PAGES.rows);
    // A row that has not come yet has nothing to open.
    await page.locator('[role=rowgroup] [role=row]', { hasText: 'item-' }).first().click();
    await until(
      () => textOf(page, 'dialog'),
      (words) => words.includes('"metadata"'),
    );
  });
});

describe('search', () => {
  test('finds known neighbours in their order, as an exact search does', async () => {
    await fresh('known', {
      vectors: { at: { dimension: 2, metric: 'l2' } },
      fields: { name: { type: 'string' } },
    });
    const places: [string, number][] = [
      ['here', 0],
      ['near', 1],
      ['far', 9],
      ['farther', 20],
      ['next', 2],
    ];
    await post('/v1/tables/known/rows:put', {
      rows: places.map(([id, x]) => ({ id, vectors: { at: [x, 0] }, fields: { name: id } })),
    });
    const page = await visit('/console/search?table=known&id=here&k=3&run=1');
    await until(
      () => page.locator('ol li').allInnerTexts(),
      (all) => all.length === 6,
    );
    const found = (await page.locator('ol').first().locator('li').allInnerTexts()).map(
      (row) => row.split('\n')[1],
    );
    expect(found).toEqual(['near', 'next', 'far']);
    expect(await textOf(page, 'main')).toContain('3 of 3 of the exact matches found');
    expect(await textOf(page, 'main')).toContain('How it was found');
  });

  test('a pasted vector, a row of another table, and errors at their fields', async () => {
    const page = await visit('/console/search?table=items');
    await page.getByRole('button', { name: 'A vector' }).click();
    await page.getByLabel('Vector', { exact: true }).fill('1 2 3');
    await page.getByRole('button', { name: 'Search', exact: true }).click();
    await until(
      () => textOf(page, 'form'),
      (words) => words.includes('dimension: 3'),
    );
    await page.getByRole('button', { name: 'A row elsewhere' }).click();
    await page.getByLabel('From table').selectOption('users');
    await page.getByRole('button', { name: 'Any row' }).click();
    await until(
      () => page.locator('ol li').count(),
      (count) => count === 20,
    );
    await page.getByLabel('k', { exact: true }).fill('0');
    await page.keyboard.press('Control+Enter');
    await until(
      () => textOf(page, 'form'),
      (words) => /k: 0/.test(words),
    );
  });

  test('the request is there to copy, and does the same', async () => {
    const page = await visit(PAGES.search);
    const code = page.locator('section:has(h2:text-is("The request")) pre').last();
    await until(
      () => code.innerText(),
      (words) => words.startsWith('curl '),
    );
    const body = /-d '(.*)'$/s.exec(await code.innerText())?.[1] ?? '';
    const answer = (await post('/v1/tables/items:search', JSON.parse(body))) as { matches: { id: string }[] };
    expect(await page.locator('ol').first().innerText()).toContain(answer.matches[0]!.id);
    await page.getByRole('button', { name: 'Java' }).click();
    expect(await code.innerText()).toContain('SearchRequest.newBuilder()');
    await page.getByRole('button', { name: 'gRPC' }).click();
    expect(await code.innerText()).toContain('kindred.v1.SearchService/Search');
  });
});

const drawn = (page: Page): Promise<void> =>
  page.evaluate(
    () => new Promise<void>((resolve) => requestAnimationFrame(() => requestAnimationFrame(() => resolve()))),
  );

describe('map', () => {
  test('is labelled with its error, and shows the neighbours of the row that is pressed', async () => {
    const page = await visit(PAGES.map);
    await until(
      () => textOf(page, 'main'),
      (words) => /Trustworthiness at 10: 0\.\d+/.test(words),
      60_000,
    );
    const canvas = page.locator('canvas[role=img]');
    const box = (await canvas.boundingBox())!;
    const tip = page.locator('main div.mono');
    // Places that are spread evenly, until one is near a row.
    for (let i = 1; i < 400 && (await tip.count()) === 0; i++) {
      await page.mouse.move(box.x + box.width * ((i * 0.618) % 1), box.y + box.height * ((i * 0.755) % 1));
      // The label of a place is drawn with the next frame; moved on before, the mouse is beside the row.
      await drawn(page);
    }
    await tip.waitFor();
    await page.mouse.down();
    await page.mouse.up();
    await until(
      () => textOf(page, 'main'),
      (words) => words.includes('by the table’s own search'),
    );
    await until(
      () => page.locator('main ol li').count(),
      (count) => count === 10,
    );
  });
});

describe('tasks and tails', () => {
  test('a fold shows up as a task with its steps', async () => {
    await fresh('folded', { vectors: { v: { dimension: 2 } } });
    await post('/v1/tables/folded/rows:put', { rows: [{ id: 'a', vectors: { v: [1, 0] } }] });
    const page = await visit('/console/tables/folded');
    await page.getByRole('button', { name: 'Fold now' }).click();
    await until(
      () => textOf(page, 'main'),
      (words) => words.includes('Folded: 1 rows'),
    );
    await page.goto(serverUrl() + PAGES.tasks);
    await until(
      () => textOf(page, 'main'),
      (words) => words.includes('Fold folded/0'),
    );
    await until(
      () => textOf(page, 'main'),
      (words) => /Scrub round \d/.test(words),
    );
  });

  test('an import is told from its batches, put off while it is paused, and refused once it is cancelled', async () => {
    const begun = Date.now();
    await fresh('imported', { fields: { n: { type: 'int64' } } });
    let sent = 0;
    const batch = (): Promise<unknown> => {
      const number = sent++;
      return post('/v1/tables/imported/rows:put', {
        rows: [{ id: `row-${number}`, fields: { n: number } }],
        operation_id: `import-e2e-${begun}-${number}`,
      });
    };
    const page = await visit(PAGES.tasks);
    const task = page.locator('article[aria-label="Import imported"]').first();
    await until(
      async () => {
        await batch();
        return (await task.count()) > 0 ? task.innerText() : '';
      },
      (words) => /\d+ rows/.test(words) && words.includes('running'),
    );
    await task.getByRole('button', { name: 'Pause' }).click();
    await until(
      () => task.innerText(),
      (words) => words.includes('paused'),
    );
    await expect(batch()).rejects.toThrow('of an import that is paused');
    await task.getByRole('button', { name: 'Resume' }).click();
    await until(
      () => task.innerText(),
      (words) => words.includes('running'),
    );
    await batch();
    await task.getByRole('button', { name: 'Cancel' }).click();
    await until(
      () => task.innerText(),
      (words) => words.includes('cancelled'),
    );
    await expect(batch()).rejects.toThrow('expected: one of an import that was not cancelled');
  });

  test('calls and events show up as they happen, and stand still while paused', async () => {
    const page = await visit(PAGES.calls);
    const list = page.locator('[role=log]');
    await until(
      () => list.locator('> *').count(),
      (count) => count > 5,
    );
    await page.getByRole('button', { name: 'Pause' }).click();
    const still = await list.innerText();
    await page.waitForTimeout(1_200);
    expect(await list.innerText()).toBe(still);
    await page.getByRole('button', { name: 'Go on' }).click();
    await until(
      () => list.innerText(),
      (words) => words !== still,
    );
    for (const kind of ['search', 'event']) {
      await page.getByLabel('Kind', { exact: true }).selectOption(kind);
      await until(
        () => list.locator('> *').allInnerTexts(),
        (all) => all.length > 3 && all.every((row) => row.includes(kind)),
      );
    }
  });

  test('the log has its last lines and is narrowed by a word', async () => {
    const page = await visit(PAGES.log);
    const list = page.locator('[role=log]');
    await until(
      () => list.innerText(),
      (words) => words.includes('serving'),
    );
    await page.getByLabel('Contains').fill('no such word');
    await until(
      () => list.innerText(),
      (words) => words.includes('nothing at this level'),
    );
    expect(page.url()).toContain('text=no+such+word');
  });
});

describe('whole', () => {
  test('every page is reached by keys, and the palette finds a table', async () => {
    const page = await visit(PAGES.overview);
    await loaded(page);
    for (const [key, title] of [
      ['t', 'Tables'],
      ['s', 'Search'],
      ['m', 'Map'],
      ['p', 'Pipelines'],
      ['k', 'Tasks'],
      ['l', 'Live'],
      ['o', 'Overview'],
    ] as const) {
      // Two keys belong together when they come within a second, which a busy machine may miss.
      await until(
        async () => {
          await page.keyboard.press('g');
          await page.keyboard.press(key);
          await page.waitForTimeout(500);
          return page.locator(`h1:text-is("${title}")`).count();
        },
        (count) => count === 1,
      );
    }
    await page.keyboard.press('?');
    await until(
      () => textOf(page, 'dialog'),
      (words) => words.includes('Go to Tables'),
    );
    await page.keyboard.press('Escape');
    await page.keyboard.press('Control+k');
    const word = page.locator('dialog').getByRole('combobox');
    await word.fill('items');
    await until(
      () => page.getByRole('option').allInnerTexts(),
      (all) => all.length === 1 && (all[0] ?? '').includes('items'),
    );
    await word.press('Enter');
    await page.locator('h1:text-is("items")').waitFor();
  });

  test.each(Object.entries(PAGES))(
    '%s: axe finds nothing serious in light and dark, and a narrow screen holds it',
    async (_, path) => {
      const page = await visit(path);
      for (const colorScheme of ['light', 'dark'] as const) {
        await page.emulateMedia({ colorScheme });
        await loaded(page);
        expect(await seriousFindings(page), colorScheme).toEqual([]);
      }
      await page.setViewportSize({ width: 390, height: 844 });
      await until(
        () => page.evaluate(() => document.documentElement.scrollWidth),
        (width) => width <= 390,
        5_000,
      );
      expect(await seriousFindings(page), 'narrow').toEqual([]);
    },
  );

  test('the layout does not shift while the overview loads', async () => {
    const page = await visit(PAGES.overview);
    await page.waitForTimeout(3_000);
    const shift = await page.evaluate(
      () =>
        new Promise<number>((resolve) => {
          let sum = 0;
          new PerformanceObserver((list) => {
            for (const entry of list.getEntries()) sum += (entry as unknown as { value: number }).value;
          }).observe({ type: 'layout-shift', buffered: true });
          setTimeout(() => resolve(sum), 500);
        }),
    );
    expect(shift).toBeLessThan(0.1);
  });

  test('the address holds the state: a reload shows the same', async () => {
    const page = await visit('/console/search?table=items&id=item-00017&k=3&run=1');
    await until(
      () => page.locator('ol li').count(),
      (count) => count === 6,
    );
    await page.reload();
    await until(
      () => page.locator('ol li').count(),
      (count) => count === 6,
    );
    expect(await page.getByLabel('k', { exact: true }).inputValue()).toBe('3');
  });
});
