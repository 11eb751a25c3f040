import { describe, expect, test } from 'vitest';
import { asCurl, asGrpc, asJava, bodyOf, overlap, parseVector, type Query } from './query';

const query: Query = {
  table: 'my items',
  field: 'embedding',
  target: { id: "it's" },
  k: 5,
  filter: { city: 'Berlin' },
  effort: { kind: 'recall', value: 0.95 },
};
const origin = 'http://127.0.0.1:7700';

test('the body is what the server takes', () => {
  expect(bodyOf(query)).toEqual({
    id: "it's",
    field: 'embedding',
    k: 5,
    filter: { city: 'Berlin' },
    recall: 0.95,
  });
  expect(bodyOf({ ...query, effort: { kind: 'exact', value: 0 } })).toMatchObject({ exact: true });
});

test('curl survives quotes and spaces', () => {
  const curl = asCurl(query, origin);
  expect(curl).toContain("'http://127.0.0.1:7700/v1/tables/my%20items:search'");
  expect(curl).toContain(String.raw`"id":"it'\''s"`);
});

test('Java and gRPC name the same', () => {
  const java = asJava(query, origin, 'string');
  expect(java).toContain('.setId(Key.newBuilder().setText("it\'s"))');
  expect(java).toContain('.setFilter("{\\"city\\":\\"Berlin\\"}")');
  expect(java).toContain('.build());');
  expect(asJava({ ...query, target: { id: '7' } }, origin, 'uint64')).toContain('setNumber(7L)');
  expect(asGrpc(query, origin, 'string')).toContain('127.0.0.1:7700 kindred.v1.SearchService/Search');
});

describe('a pasted vector', () => {
  test.each(['[1, 2.5, -3]', '1 2.5 -3', '1,2.5,-3', ' 1;2.5;-3\n', '(1 2.5 -3e0)'])('%s', (text) => {
    expect(parseVector(text)).toEqual({ vector: [1, 2.5, -3] });
  });
  test('words are no numbers', () => expect(parseVector('1 two')).toEqual({ error: 'not numbers' }));
  test('nothing is nothing', () => expect(parseVector(' ')).toEqual({ error: 'empty' }));
});

describe('overlap', () => {
  const match = (id: string, score: number): { id: string; score: number } => ({ id, score });

  test('counts what both found', () => {
    const found = [match('a', 3), match('c', 1)];
    const exact = [match('a', 3), match('b', 2)];
    expect(overlap(found, exact).recall).toBe(0.5);
  });
  test('equal scores at the end are as good', () => {
    expect(overlap([match('a', 3), match('c', 2)], [match('a', 3), match('b', 2)]).recall).toBe(1);
  });
  test('where nothing is to be found, nothing is missed', () => {
    expect(overlap([], []).recall).toBe(1);
  });
});
