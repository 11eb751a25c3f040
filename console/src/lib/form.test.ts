import { expect, test } from 'vitest';
import { tableOf } from '../testdata';
import { FORM, fieldOf, fromParameters, queryOf, toParameters } from './form';

test('a form comes back from its address', () => {
  const form = {
    ...FORM,
    table: 'items',
    by: 'vector' as const,
    vector: '1 2 3 4',
    k: '3',
    effort: 'ef' as const,
  };
  expect(fromParameters(toParameters(form))).toEqual(form);
});

test('what stands by default is left out, and so are vectors that are too long', () => {
  const parameters = toParameters({ ...FORM, table: 'items', vector: '1 '.repeat(1_000) });
  expect(Object.entries(parameters).filter(([, value]) => value !== undefined)).toEqual([['table', 'items']]);
});

test('an address that somebody made up is read as far as it goes', () => {
  expect(fromParameters({ by: 'magic', effort: 'more', k: ['1', '2'] })).toEqual(FORM);
});

test('the field is the one that is named, else the first', () => {
  expect(fieldOf(tableOf({}), '')).toBe('embedding');
  expect(fieldOf(tableOf({}), 'none')).toBe('embedding');
  expect(fieldOf(undefined, 'x')).toBe('');
});

test('a query by id, by vector, by a borrowed one', () => {
  const table = tableOf({});
  expect(queryOf({ ...FORM, id: 'a' }, table).query?.target).toEqual({ id: 'a' });
  expect(queryOf({ ...FORM, by: 'vector', vector: '1 2' }, table).query?.target).toEqual({ vector: [1, 2] });
  expect(queryOf({ ...FORM, by: 'row' }, table, [3]).query?.target).toEqual({ vector: [3] });
});

test('what is wrong is named by its member', () => {
  expect(queryOf({ ...FORM, filter: '{' }, tableOf({})).wrong?.filter).toBeTruthy();
  expect(queryOf({ ...FORM, by: 'vector', vector: 'x' }, tableOf({})).wrong).toEqual({
    vector: 'not numbers',
  });
});
