/** What the charts of the overview draw. */
export const COLUMNS = [
  'searches_per_s',
  'gets_per_s',
  'upserts_per_s',
  'errors_per_s',
  'search_p50_us',
  'search_p99_us',
  'get_p50_us',
  'get_p99_us',
  'write_p50_us',
  'write_p99_us',
  'memory_used_bytes',
  'heap_used_bytes',
  'resident_bytes',
  'disk_free_bytes',
  'log_lag',
  'recall_mean',
  'events_per_s',
  'event_p99_us',
] as const;

export type Column = (typeof COLUMNS)[number];
export type Sample = Record<Column, number | null>;

const SECOND = 1;

/** More than this between two samples is a gap, which lines do not cross. */
const GAP_S = 2.5;

/**
 * Samples of the last minutes, one a second, as columns beside their times in seconds. Times rise; a
 * gap holds one sample of nulls.
 */
export class History {
  readonly times: number[] = [];
  private readonly columns = new Map<Column, (number | null)[]>(COLUMNS.map((name) => [name, []]));

  constructor(private readonly seconds: number) {}

  get(column: Column): (number | null)[] {
    return this.columns.get(column) ?? [];
  }

  /** Adds a sample, unless it is no newer than the last. */
  add(time: number, sample: Sample): void {
    const last = this.times.at(-1);
    if (last !== undefined && time <= last) {
      return;
    }
    if (last !== undefined && time - last > GAP_S) {
      this.append(last + SECOND, () => null);
    }
    this.append(time, (column) => sample[column]);
    this.trim(time - this.seconds);
  }

  private append(time: number, value: (column: Column) => number | null): void {
    this.times.push(time);
    for (const [name, values] of this.columns) {
      values.push(value(name));
    }
  }

  private trim(oldest: number): void {
    let gone = 0;
    while (gone < this.times.length && (this.times[gone] ?? 0) < oldest) {
      gone++;
    }
    if (gone > 0) {
      this.times.splice(0, gone);
      for (const values of this.columns.values()) {
        values.splice(0, gone);
      }
    }
  }

  /** The last values of a column, at most so many. */
  tail(column: Column, count: number): (number | null)[] {
    return this.get(column).slice(-count);
  }
}
