import type { KeyKind, Row } from '../api/types';

/** The order of ids, as tables keep it: numbers by value, text by code point. */
export function compareIds(kind: KeyKind, a: string, b: string): number {
  if (kind === 'uint64') {
    const [x, y] = [BigInt(a), BigInt(b)];
    return x < y ? -1 : x > y ? 1 : 0;
  }
  const [x, y] = [Array.from(a), Array.from(b)];
  for (let i = 0; i < Math.min(x.length, y.length); i++) {
    const order = (x[i]?.codePointAt(0) ?? 0) - (y[i]?.codePointAt(0) ?? 0);
    if (order !== 0) return order;
  }
  return x.length - y.length;
}

/** Where a row is: in which segment, and there at which place. */
export interface Place {
  segment: number;
  offset: number;
}

/**
 * A table's rows as runs between known ids, each of about as many rows. A run's true number is known
 * once it was read; until then the expected one counts.
 */
export class Segments {
  private readonly known = new Map<number, Row[]>();
  private readonly counts: number[];
  private starts: number[] = [];

  /**
   * @param ends the last id of each run, in order; behind the last there may be more rows
   * @param rowsEach of a run, about
   * @param rowCount of the table
   */
  constructor(
    private readonly kind: KeyKind,
    private readonly ends: string[],
    rowsEach: number,
    rowCount: number,
  ) {
    const before = ends.length * rowsEach;
    const last = Math.max(0, rowCount - before);
    this.counts = [...ends.map(() => rowsEach), last].map(Math.round);
    this.sum();
  }

  private sum(): void {
    this.starts = [];
    let start = 0;
    for (const count of this.counts) {
      this.starts.push(start);
      start += count;
    }
    this.starts.push(start);
  }

  get count(): number {
    return this.counts.length;
  }

  /** Rows of all runs. */
  get total(): number {
    return this.starts.at(-1) ?? 0;
  }

  /** The first row of a run. */
  start(segment: number): number {
    return this.starts[segment] ?? this.total;
  }

  /** The id behind which a run begins, and that of its last row. */
  bounds(segment: number): { after: string | undefined; last: string | undefined } {
    return { after: this.ends[segment - 1], last: this.ends[segment] };
  }

  expected(segment: number): number {
    return this.counts[segment] ?? 0;
  }

  isKnown(segment: number): boolean {
    return this.known.has(segment);
  }

  /** The row with a number, where it was read. */
  row(index: number): Row | undefined {
    const place = this.place(index);
    return this.known.get(place.segment)?.[place.offset];
  }

  place(index: number): Place {
    let low = 0;
    let high = this.counts.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((this.starts[middle] ?? 0) <= index) {
        low = middle;
      } else {
        high = middle - 1;
      }
    }
    return { segment: low, offset: index - (this.starts[low] ?? 0) };
  }

  /** The run in which an id would be. */
  segmentOf(id: string): number {
    const found = this.ends.findIndex((end) => compareIds(this.kind, id, end) <= 0);
    return found < 0 ? this.ends.length : found;
  }

  /** The number of the first row that is not before an id, of a run that was read. */
  indexOf(segment: number, id: string): number {
    const rows = this.known.get(segment) ?? [];
    const at = rows.findIndex((row) => compareIds(this.kind, row.id, id) >= 0);
    return this.start(segment) + (at < 0 ? rows.length : at);
  }

  /** Takes what was read of a run: its rows, and perhaps some of the next. */
  put(segment: number, rows: Row[]): void {
    const { last } = this.bounds(segment);
    const own = last === undefined ? rows : rows.filter((row) => compareIds(this.kind, row.id, last) <= 0);
    this.known.set(segment, own);
    this.counts[segment] = own.length;
    this.sum();
  }

  /** Forgets the rows of runs that are far from one; their numbers stay known. */
  keepNear(segment: number, most: number): void {
    for (const other of this.known.keys()) {
      if (Math.abs(other - segment) > most) this.known.delete(other);
    }
  }

  /** Whether what was read reaches the end of a run. */
  isWhole(segment: number, rows: Row[], hasMore: boolean): boolean {
    const { last } = this.bounds(segment);
    const end = rows.at(-1)?.id;
    return !hasMore || (last !== undefined && end !== undefined && compareIds(this.kind, end, last) >= 0);
  }
}
