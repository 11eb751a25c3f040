import { expect, test } from 'vitest';
import { COLUMNS, History, type Sample } from './history';

const sample = (value: number): Sample => Object.fromEntries(COLUMNS.map((name) => [name, value])) as Sample;

test('samples come in order, and what is not newer is left out', () => {
  const history = new History(10);
  history.add(1, sample(1));
  history.add(2, sample(2));
  history.add(2, sample(9));
  history.add(1.5, sample(9));
  expect(history.times).toEqual([1, 2]);
  expect(history.get('searches_per_s')).toEqual([1, 2]);
});

test('a gap is a hole that lines do not cross', () => {
  const history = new History(60);
  history.add(1, sample(1));
  history.add(10, sample(2));
  expect(history.times).toEqual([1, 2, 10]);
  expect(history.get('log_lag')).toEqual([1, null, 2]);
});

test('what is too old goes', () => {
  const history = new History(3);
  for (let second = 0; second <= 10; second++) history.add(second, sample(second));
  expect(history.times).toEqual([7, 8, 9, 10]);
  expect(history.tail('searches_per_s', 2)).toEqual([9, 10]);
});
