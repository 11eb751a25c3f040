// @vitest-environment jsdom
import { expect, test, vi } from 'vitest';
import { specOf } from './draft';
import { bindKeys } from './keymap';
import { sparkArea, sparkPath } from './spark';
import { createTailList } from './tail';

test('a draft is the request, and what is no number stays as it was typed', () => {
  const spec = specOf({
    name: ' items ',
    key: 'string',
    vectors: [{ name: 'v', dimension: '12a', metric: 'dot', index: 'flat' }],
    fields: [{ name: 'city', type: 'string' }],
    partitionBy: 'city',
    ttl: '',
    durability: 'synced',
    shards: '2',
  });
  expect(spec).toEqual({
    name: 'items',
    key: 'string',
    vectors: { v: { dimension: '12a', metric: 'dot', index: { kind: 'flat' } } },
    fields: { city: { type: 'string' } },
    partition_by: 'city',
    durability: 'synced',
    shards: 2,
  });
});

test('a spark ends at the right and leaves gaps out', () => {
  expect(sparkPath([1, 2], 2)).toBe('M0.0 14.5L100.0 2.0');
  expect(sparkPath([1, null, 1], 3)).toBe('M0.0 2.0M100.0 2.0');
  expect(sparkArea('M0.0 14.5L100.0 2.0')).toBe('M0.0 14.5L100.0 2.0L100.0 28L0.0 28Z');
  expect(sparkArea('')).toBe('');
});

test('a tail shows the newest first, holds back while paused, and is bounded', () => {
  const list = createTailList<number>(4);
  list.add([1, 2], 3);
  list.pause(true);
  list.add([3, 4, 5], 0);
  expect(list.items()).toEqual([2, 1]);
  list.pause(false);
  expect(list.items()).toEqual([5, 4, 3, 2]);
  expect(list.skipped()).toBe(3);
  list.clear();
  expect(list.items()).toEqual([]);
});

test('keys run alone and after one another, but not while somebody types', () => {
  const run = vi.fn();
  const end = bindKeys(() => [
    { keys: 'g t', what: '', run: () => run('tables') },
    { keys: '/', what: '', run: () => run('filter') },
    { keys: 'mod+k', what: '', run: () => run('palette') },
  ]);
  const press = (key: string, init: KeyboardEventInit = {}, target: EventTarget = document): boolean =>
    target.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true, ...init }));
  const input = document.body.appendChild(document.createElement('input'));
  press('g');
  press('t');
  press('/');
  press('/', {}, input);
  press('k', { ctrlKey: true }, input);
  end();
  press('/');
  expect(run.mock.calls.flat()).toEqual(['tables', 'filter', 'palette']);
  input.remove();
});
