import { expect, test } from 'vitest';
import { colouringOf, shareOf, slotOf } from './colours';

test('few values are groups, the largest first', () => {
  const colouring = colouringOf(['b', 'a', 'b', null]);
  expect(colouring.kind === 'groups' && colouring.groups.map((group) => group.value)).toEqual(['b', 'a']);
  expect(slotOf(colouring, 'a')).toBe(1);
  expect(slotOf(colouring, null)).toBe(-1);
});

test('many numbers are a range', () => {
  const colouring = colouringOf(Array.from({ length: 100 }, (_, i) => i));
  expect(colouring).toEqual({ kind: 'range', low: 0, high: 99 });
  expect(shareOf(colouring, 99)).toBe(1);
});

test('few numbers are groups; no value is no colour', () => {
  expect(colouringOf([1, 2, 1]).kind).toBe('groups');
  expect(colouringOf([null, undefined]).kind).toBe('none');
});
