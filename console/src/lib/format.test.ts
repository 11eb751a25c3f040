import { describe, expect, test } from 'vitest';
import { bytes, count, duration, micros, percent, short } from './format';

const plain = (text: string): string => text.replaceAll(/\s/g, ' ');

describe('numbers as people read them', () => {
  test.each([
    [0, '0'],
    [0.4, '0.4'],
    [7, '7'],
    [812.3, '812'],
    [9_999, '9,999'],
    [13_200, '13.2k'],
    [1_250_000, '1.25M'],
    [2_000_000_000, '2G'],
  ])('%d is %s', (value, text) => expect(short(value)).toBe(text));

  test('are grouped', () => expect(count(1234567)).toBe('1,234,567'));

  test.each([
    [0, '0 B'],
    [999, '999 B'],
    [1_500, '1.5 KB'],
    [3_000_000_000, '3 GB'],
  ])('%d bytes', (value, text) => expect(plain(bytes(value))).toBe(text));

  test.each([
    [140, '140 µs'],
    [1_400, '1.4 ms'],
    [2_500_000, '2.5 s'],
    [120_000_000, '2 min'],
  ])('%d microseconds', (value, text) => expect(plain(micros(value))).toBe(text));

  test.each([
    [0.9987, '99.87 %'],
    [0.953, '95.3 %'],
    [0.42, '42 %'],
    [1, '100 %'],
    [0, '0 %'],
  ])('a share of %d', (value, text) => expect(plain(percent(value))).toBe(text));

  test.each([
    [0, '0 s'],
    [7, '7 s'],
    [65, '1 min 5 s'],
    [90_000, '1 d 1 h'],
    [3_600, '1 h'],
  ])('%d seconds', (value, text) => expect(plain(duration(value))).toBe(text));
});
