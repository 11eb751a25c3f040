import { expect, test } from 'vitest';
import { viewportOf, visible } from './viewport';

test('a list that fits an element is as high as it is', () => {
  expect(viewportOf(1_000, 33, 500)).toEqual({ height: 33_000, scale: 1 });
});

test('the bar of a higher one reaches its end', () => {
  const { height, scale } = viewportOf(10_000_000, 33, 500);
  expect(height).toBe(12_000_000);
  expect((height - 500) * scale).toBeCloseTo(10_000_000 * 33 - 500, 0);
});

test('a list that is shorter than the view does not scroll', () => {
  expect(viewportOf(3, 33, 500)).toEqual({ height: 500, scale: 1 });
});

test('rows to be seen are within the list', () => {
  expect(visible(0, 330, 33, 100, 5)).toEqual({ first: 0, last: 15 });
  expect(visible(2_970, 330, 33, 100, 5)).toEqual({ first: 85, last: 99 });
  expect(visible(0, 330, 33, 0, 5)).toEqual({ first: 0, last: -1 });
});
