import type { Json } from '../api/types';

/** How points are coloured: by what they have, or along a range. */
export type Colouring =
  | { kind: 'none' }
  | { kind: 'groups'; groups: { value: string; count: number; slot: number }[] }
  | { kind: 'range'; low: number; high: number };

/** Colours of tokens.css that tell groups apart; the last is everything else's. */
export const GROUP_COLOURS = [
  '--series-1',
  '--series-2',
  '--series-3',
  '--series-4',
  '--series-5',
  '--series-6',
  '--series-7',
  '--series-8',
] as const;
export const REST_COLOUR = '--series-rest';

export const groupName = (value: Json | undefined): string =>
  value === undefined || value === null
    ? ''
    : typeof value === 'string'
      ? value
      : Array.isArray(value)
        ? groupName(value[0])
        : JSON.stringify(value);

/** Chooses: few different values are groups, many numbers are a range. */
export function colouringOf(values: (Json | undefined)[]): Colouring {
  const counts = new Map<string, number>();
  let numbers = 0;
  let low = Infinity;
  let high = -Infinity;
  for (const value of values) {
    if (typeof value === 'number') {
      numbers++;
      low = Math.min(low, value);
      high = Math.max(high, value);
    }
    const name = groupName(value);
    if (name !== '') counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  if (counts.size === 0) {
    return { kind: 'none' };
  }
  if (numbers > values.length / 2 && counts.size > GROUP_COLOURS.length) {
    return { kind: 'range', low, high };
  }
  const groups = [...counts.entries()]
    .sort(([a, x], [b, y]) => y - x || a.localeCompare(b))
    .slice(0, GROUP_COLOURS.length)
    .map(([value, count], slot) => ({ value, count, slot }));
  return { kind: 'groups', groups };
}

/** The slot of a value among the groups, or -1. */
export function slotOf(colouring: Colouring, value: Json | undefined): number {
  if (colouring.kind !== 'groups') return -1;
  const name = groupName(value);
  return colouring.groups.find((group) => group.value === name)?.slot ?? -1;
}

/** A place in a range, from 0 to 1. */
export function shareOf(colouring: Colouring, value: Json | undefined): number {
  return colouring.kind === 'range' && typeof value === 'number' && colouring.high > colouring.low
    ? (value - colouring.low) / (colouring.high - colouring.low)
    : 0;
}
