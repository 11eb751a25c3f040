import { expect, test } from 'vitest';
import { moved, toPlane, toScreen, WHOLE, zoomed } from './camera';

const size = { width: 400, height: 300 };

test('the middle is the middle, and up is up', () => {
  expect(toScreen(size, WHOLE, 0, 0)).toEqual([200, 150]);
  expect(toScreen(size, WHOLE, 0, 1)[1]).toBeLessThan(150);
});

test('a place on the screen and on the plane are the same place', () => {
  const camera = { x: 0.3, y: -0.2, zoom: 3 };
  const [left, top] = toScreen(size, camera, 0.5, 0.1);
  const [x, y] = toPlane(size, camera, left, top);
  expect([x, y].map((value) => Math.round(value * 1e6) / 1e6)).toEqual([0.5, 0.1]);
});

test('what is under the pointer stays there when it comes closer', () => {
  const before = toPlane(size, WHOLE, 300, 80);
  const after = toPlane(size, zoomed(size, WHOLE, 300, 80, 4), 300, 80);
  expect(after[0]).toBeCloseTo(before[0]);
  expect(after[1]).toBeCloseTo(before[1]);
});

test('it goes no farther away than the whole, and moves with the hand', () => {
  expect(zoomed(size, WHOLE, 0, 0, 0.5)).toEqual(WHOLE);
  expect(moved(size, WHOLE, 141, 0).x).toBeCloseTo(-1);
});
