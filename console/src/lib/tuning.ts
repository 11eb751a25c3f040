/** What an index measured of itself: recall at k by beam width or lists. */
export interface Tuning {
  /** Such as `ef`. */
  by: string;
  curves: { k: number; points: [number, number][] }[];
}

const MEASURED = /^recall_at_(\d+)_([a-z]+)_(\d+)$/;

/** Takes what was measured out of an index's parameters, and leaves the others. */
export function tuningOf(parameters: Record<string, string>): {
  tuning: Tuning | undefined;
  others: [string, string][];
} {
  const others: [string, string][] = [];
  const curves = new Map<number, [number, number][]>();
  let by = '';
  for (const [name, value] of Object.entries(parameters)) {
    const found = MEASURED.exec(name);
    if (found) {
      const [, k, kind, breadth] = found;
      by = kind ?? '';
      const points = curves.get(Number(k)) ?? [];
      points.push([Number(breadth), Number(value)]);
      curves.set(Number(k), points);
    } else {
      others.push([name.replaceAll('_', ' '), value]);
    }
  }
  const sorted = [...curves.entries()].map(([k, points]) => ({
    k,
    points: points.sort(([a], [b]) => a - b),
  }));
  return { tuning: sorted.length > 0 ? { by, curves: sorted } : undefined, others };
}
