import { expect, test } from 'vitest';
import { tuningOf } from './tuning';

test('what was measured is drawn, the rest is listed', () => {
  const { tuning, others } = tuningOf({
    m: '16',
    ef_construction: '200',
    recall_at_10_ef_20: '0.9',
    recall_at_10_ef_10: '0.5',
    recall_at_100_ef_200: '0.8',
  });
  expect(others).toEqual([
    ['m', '16'],
    ['ef construction', '200'],
  ]);
  expect(tuning).toEqual({
    by: 'ef',
    curves: [
      {
        k: 10,
        points: [
          [10, 0.5],
          [20, 0.9],
        ],
      },
      { k: 100, points: [[200, 0.8]] },
    ],
  });
});

test('an index that measured nothing has no curves', () => {
  expect(tuningOf({ lists: '8' })).toEqual({ tuning: undefined, others: [['lists', '8']] });
});
