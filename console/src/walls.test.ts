import { readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { describe, expect, test } from 'vitest';

/** What may import what, and what no file may hold. */
const ROOT = import.meta.dirname;

function files(folder: string): string[] {
  return readdirSync(folder).flatMap((name) => {
    const path = join(folder, name);
    return statSync(path).isDirectory() ? files(path) : [path];
  });
}

const SOURCES = files(ROOT)
  .filter((path) => /\.tsx?$/.test(path) && !/\.test\.tsx?$/.test(path))
  .map((path) => ({ path: relative(ROOT, path), code: readFileSync(path, 'utf8') }));
const STYLES = files(ROOT)
  .filter((path) => path.endsWith('.css'))
  .map((path) => ({ path: relative(ROOT, path), code: readFileSync(path, 'utf8') }));

const layerOf = (path: string): string => path.split('/')[0] ?? '';

/** What a file imports beside types, as paths from here. */
function imports(path: string, code: string): string[] {
  return [...code.matchAll(/import (?!type )[^;]*?from '(\.[^']+)'/g)].map(([, from]) =>
    relative(ROOT, resolve(ROOT, dirname(path), from ?? '')),
  );
}

const ALLOWED: Record<string, string[]> = {
  pages: ['pages', 'parts', 'api', 'lib', 'text', 'icon.svg'],
  parts: ['parts', 'lib', 'text', 'icon.svg'],
  api: ['api', 'lib'],
  lib: ['lib', 'text'],
};

describe.each(SOURCES.filter(({ path }) => layerOf(path) in ALLOWED))('$path', ({ path, code }) => {
  test('imports only what its layer may', () => {
    const allowed = ALLOWED[layerOf(path)] ?? [];
    const others = imports(path, code).filter(
      (from) => !from.endsWith('.css') && !allowed.includes(layerOf(from)),
    );
    expect(others).toEqual([]);
  });
});

test('only api touches the network', () => {
  const touching = SOURCES.filter(({ code }) =>
    /\bfetch\(|new EventSource|XMLHttpRequest|WebSocket/.test(code),
  );
  expect(touching.map(({ path }) => path).filter((path) => layerOf(path) !== 'api')).toEqual([]);
});

test('nothing is any, and no check is turned off', () => {
  const found = SOURCES.filter(({ code }) => /:\s*any\b|as any\b|<any>|@ts-|eslint-/.test(code));
  expect(found.map(({ path }) => path)).toEqual([]);
});

test('a component has at most 150 lines', () => {
  const long = SOURCES.filter(({ path, code }) => path.endsWith('.tsx') && longest(code) > 150);
  expect(long.map(({ path }) => path)).toEqual([]);
});

/** Lines of the longest function at the outermost level. */
function longest(code: string): number {
  let most = 0;
  let begun = -1;
  code.split('\n').forEach((line, i) => {
    if (/^(export )?(async )?function /.test(line)) begun = i;
    if (line === '}' && begun >= 0) {
      most = Math.max(most, i - begun + 1);
      begun = -1;
    }
  });
  return most;
}

test('colours stand in tokens.css alone', () => {
  const found = STYLES.filter(
    ({ path, code }) => path !== 'styles/tokens.css' && /#[0-9a-f]{3,8}\b|rgb\(|hsl\(/i.test(code),
  );
  expect(found.map(({ path }) => path)).toEqual([]);
});

test('no address but the server’s own is named', () => {
  const named = [...SOURCES, ...STYLES].filter(({ code }) =>
    /https?:\/\/(?!www\.w3\.org)/.test(code.replaceAll(/\/\*[^]*?\*\//g, '')),
  );
  expect(named.map(({ path }) => path)).toEqual([]);
});
