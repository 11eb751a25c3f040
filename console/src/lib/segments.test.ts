import { describe, expect, test } from 'vitest';
import { rowsFrom } from '../testdata';
import { compareIds, Segments } from './segments';

describe('the order of ids', () => {
  test('numbers go by value, beyond what a double can tell apart', () => {
    expect(compareIds('uint64', '9', '10')).toBeLessThan(0);
    expect(compareIds('uint64', '18446744073709551615', '18446744073709551614')).toBeGreaterThan(0);
  });

  test('text goes by code point, as UTF-8 does', () => {
    expect(compareIds('string', '9', '10')).toBeGreaterThan(0);
    expect(compareIds('string', 'a', 'ab')).toBeLessThan(0);
    expect(compareIds('string', '\u{ff5e}', '\u{1f600}')).toBeLessThan(0);
  });
});

describe('runs of rows', () => {
  const segments = (): Segments => new Segments('uint64', ['99', '199', '299'], 100, 320);

  test('cover the table before any is read', () => {
    expect(segments().total).toBe(320);
    expect(segments().count).toBe(4);
    expect(segments().place(0)).toEqual({ segment: 0, offset: 0 });
    expect(segments().place(199)).toEqual({ segment: 1, offset: 99 });
    expect(segments().place(319)).toEqual({ segment: 3, offset: 19 });
    expect(segments().bounds(1)).toEqual({ after: '99', last: '199' });
  });

  test('what was read has its true number, and what is behind moves', () => {
    const some = segments();
    some.put(1, rowsFrom(100, 90));
    expect(some.total).toBe(310);
    expect(some.start(2)).toBe(190);
    expect(some.row(100)?.id).toBe('100');
    expect(some.row(190)).toBeUndefined();
  });

  test('rows of the next run are left to it', () => {
    const some = segments();
    some.put(0, rowsFrom(0, 150));
    expect(some.expected(0)).toBe(100);
    expect(some.isWhole(0, rowsFrom(0, 150), true)).toBe(true);
    expect(some.isWhole(0, rowsFrom(0, 50), true)).toBe(false);
    expect(some.isWhole(3, rowsFrom(300, 20), false)).toBe(true);
  });

  test('an id is found in its run', () => {
    const some = segments();
    expect(some.segmentOf('150')).toBe(1);
    expect(some.segmentOf('1000')).toBe(3);
    some.put(1, rowsFrom(100, 100));
    expect(some.indexOf(1, '150')).toBe(150);
  });

  test('far rows are forgotten, their numbers are not', () => {
    const some = segments();
    some.put(0, rowsFrom(0, 95));
    some.put(3, rowsFrom(300, 20));
    some.keepNear(3, 1);
    expect(some.isKnown(0)).toBe(false);
    expect(some.start(1)).toBe(95);
  });

  test('a small table is one run', () => {
    const one = new Segments('string', [], 0, 7);
    expect(one.total).toBe(7);
    expect(one.bounds(0)).toEqual({ after: undefined, last: undefined });
  });
});
