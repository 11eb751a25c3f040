import { describe, expect, test } from 'vitest';
import { complete, parseFilter, type FilterWords } from './filterText';

const words: FilterWords = {
  names: [{ name: 'city', kind: 'string' }, { name: 'price', kind: 'float64' }, { name: 'genre' }],
  values: (name) => (name === 'city' ? ['Berlin', 'Rome'] : name === 'genre' ? ['Crime'] : []),
};

/** Completes at the bar, and takes the option. */
function take(text: string, label: string): string {
  const cursor = text.indexOf('|');
  const whole = text.replace('|', '');
  const { from, to, options } = complete(whole, cursor, words);
  const option = options.find((one) => one.label === label);
  if (!option) throw new Error(`${label}: not among ${options.map((one) => one.label).join(', ')}`);
  return whole.slice(0, from) + option.insert + whole.slice(to);
}

const labels = (text: string): string[] =>
  complete(text.replace('|', ''), text.indexOf('|'), words).options.map((option) => option.label);

describe('completing a filter', () => {
  test('nothing yet: the names, as a whole filter', () => {
    expect(labels('|')).toEqual(['city', 'price', 'genre']);
    expect(take('|', 'city')).toBe('{"city": }');
  });

  test('a name, with or without its quote', () => {
    expect(take('{"ci|', 'city')).toBe('{"city": ');
    expect(take('{ci|', 'city')).toBe('{"city": ');
    expect(take('{"ci|": 3}', 'city')).toBe('{"city": 3}');
    expect(labels('{"city": "Rome", |}')).toContain('price');
  });

  test('a value of the field', () => {
    expect(labels('{"city": |}')).toEqual(['Berlin', 'Rome', '{ … }']);
    expect(take('{"city": "B|"}', 'Berlin')).toBe('{"city": "Berlin"}');
    expect(labels('{"genre": {"$in": [|]}}')).toContain('Crime');
  });

  test('an operator within a field', () => {
    expect(labels('{"price": {"$l|')).toEqual(['$lt', '$lte']);
    expect(take('{"price": {"$l|', '$lt')).toBe('{"price": {"$lt": ');
  });

  test('names and joins within a join', () => {
    expect(labels('{"$and": [{|')).toEqual(['city', 'price', 'genre', '$and', '$or', '$not']);
  });

  test('what is not finished breaks nothing', () => {
    for (const text of ['{"', '{"city": {"$in": ["Ber', '}}}', '{"a": [[[', '"\\']) {
      expect(() => complete(text, text.length, words)).not.toThrow();
    }
  });
});

describe('reading a filter', () => {
  test('no text is no filter', () => expect(parseFilter('  ')).toEqual({}));
  test('an object is one', () => expect(parseFilter('{"a": 1}').filter).toEqual({ a: 1 }));
  test('other JSON is none', () => expect(parseFilter('[1]').error).toBe('object'));
  test('what is no JSON says where', () => expect(parseFilter('{"a": ').error).toBeTruthy());
});
