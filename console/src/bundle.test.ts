import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';

/** What was built last: Maven says where. */
const SITE = process.env['KINDRED_CONSOLE_OUTPUT'] ?? join(import.meta.dirname, '../target/site');

/** Everything together, the font too; a page loads a part of it. */
const BYTES_MOST = 250 * 1024;

function shipped(folder: string): string[] {
  return readdirSync(folder).flatMap((name) => {
    const path = join(folder, name);
    return statSync(path).isDirectory() ? shipped(path) : [path];
  });
}

const served = shipped(SITE).filter((path) => /\.(html|js|css|svg|woff2)$/.test(path));

test('the whole console is at most 250 KiB compressed', () => {
  const sum = served.reduce((total, path) => total + gzipSync(readFileSync(path)).length, 0);
  expect(sum).toBeGreaterThan(10_000);
  expect(sum).toBeLessThanOrEqual(BYTES_MOST);
});

test('what is large is there compressed, and everything with its licence', () => {
  for (const path of served.filter((one) => /assets\/.*\.(js|css)$/.test(one))) {
    expect(statSync(`${path}.br`).size).toBeGreaterThan(0);
    expect(statSync(`${path}.gz`).size).toBeGreaterThan(0);
  }
  expect(readdirSync(join(SITE, 'licences')).length).toBe(4);
});

test('the page names only files of its own', () => {
  const page = readFileSync(join(SITE, 'index.html'), 'utf8');
  for (const [, name] of page.matchAll(/(?:src|href)="([^"]+)"/g)) {
    expect(name).toMatch(/^\/assets\//);
    expect(statSync(join(SITE, name ?? '')).size).toBeGreaterThan(0);
  }
});
