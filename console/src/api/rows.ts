import { createSignal, type Accessor } from 'solid-js';
import { Segments } from '../lib/segments';
import { messageOf } from './http';
import { sampleIds } from './survey';
import { scanRows } from './tables';
import type { Json, Row, TableInfo } from './types';

/** Rows in their order, of which those that are to be seen are read. */
export interface RowSource {
  count: Accessor<number>;
  row(index: number): Row | undefined;
  see(first: number, last: number): void;
  error: Accessor<string | undefined>;
}

const SEGMENT_ROWS = 200;
const ANCHORS_MOST = 10_000;
const KEPT_EITHER_SIDE = 25;
const ROUNDS_MOST = 8;

/** Rows of which any can be gone to. */
export interface AnyRows extends RowSource {
  /** The number of the first row that is not before an id. */
  find(id: string): Promise<number>;
}

/** Every row of a table, by runs between ids that the server takes from all over the table. */
export async function allRows(table: TableInfo): Promise<AnyRows> {
  const anchors = Math.min(ANCHORS_MOST, Math.ceil(table.row_count / SEGMENT_ROWS));
  const sample = anchors > 1 ? await sampleIds(table.name, anchors) : { rows: [], rows_each: 0 };
  const ends = sample.rows.map((row) => row.id);
  const segments = new Segments(table.key, ends, sample.rows_each, table.row_count);
  const [version, setVersion] = createSignal(0);
  const [error, setError] = createSignal<string>();
  const loading = new Map<number, Promise<void>>();

  const read = async (segment: number): Promise<void> => {
    let { after } = segments.bounds(segment);
    const rows: Row[] = [];
    for (let round = 0; round < ROUNDS_MOST; round++) {
      const limit = Math.min(10_000, Math.ceil(segments.expected(segment) * 1.25) + 50);
      const page = await scanRows(table.name, { limit, ...(after === undefined ? {} : { after }) });
      rows.push(...page.rows);
      after = page.next;
      if (segments.isWhole(segment, rows, after !== undefined)) break;
    }
    segments.put(segment, rows);
    segments.keepNear(segment, KEPT_EITHER_SIDE);
  };
  const load = (segment: number): Promise<void> => {
    const under = loading.get(segment);
    if (under || segments.isKnown(segment)) {
      return under ?? Promise.resolve();
    }
    const reading = read(segment)
      .then(() => {
        setError(undefined);
      })
      .catch((thrown: unknown) => {
        setError(messageOf(thrown));
      })
      .finally(() => {
        loading.delete(segment);
        setVersion((count) => count + 1);
      });
    loading.set(segment, reading);
    return reading;
  };

  return {
    count: () => (version(), segments.total),
    row: (index) => (version(), segments.row(index)),
    error,
    see: (first, last) => {
      const to = segments.place(Math.max(first, last)).segment;
      for (let segment = segments.place(first).segment; segment <= to; segment++) void load(segment);
    },
    find: async (id) => {
      const segment = segments.segmentOf(id);
      await load(segment);
      return segments.indexOf(segment, id);
    },
  };
}

const MATCHES_MOST = 20_000;
const MATCHES_AT_A_TIME = 200;
const LOOKS_AT_A_TIME = 12;

/** Rows that match a filter, found as far as they are looked for. */
export interface MatchingRows extends RowSource {
  isLooking: Accessor<boolean>;
  isAtEnd: Accessor<boolean>;
  more(): Promise<void>;
}

/** The matching rows of a table, from its first row on. */
export function matchingRows(table: TableInfo, filter: Json, signal: AbortSignal): MatchingRows {
  const [rows, setRows] = createSignal<Row[]>([]);
  const [error, setError] = createSignal<string>();
  const [isLooking, setLooking] = createSignal(false);
  const [isAtEnd, setAtEnd] = createSignal(false);
  let after: string | undefined;

  const look = async (): Promise<void> => {
    let found = 0;
    for (let looks = 0; looks < LOOKS_AT_A_TIME && found < MATCHES_AT_A_TIME && !isAtEnd(); looks++) {
      const scan = { limit: MATCHES_AT_A_TIME, filter, ...(after === undefined ? {} : { after }) };
      const page = await scanRows(table.name, scan, signal);
      found += page.rows.length;
      if (page.rows.length > 0) setRows((before) => [...before, ...page.rows]);
      after = page.next;
      if (after === undefined || rows().length >= MATCHES_MOST) setAtEnd(true);
    }
  };
  const more = async (): Promise<void> => {
    if (isLooking() || isAtEnd()) return;
    setLooking(true);
    try {
      await look();
      setError(undefined);
    } catch (thrown) {
      if (!signal.aborted) setError(messageOf(thrown));
    } finally {
      setLooking(false);
    }
  };

  void more();
  return {
    count: () => rows().length,
    row: (index) => rows()[index],
    see: (_, last) => {
      if (last >= rows().length - 20 && error() === undefined) void more();
    },
    error,
    isLooking,
    isAtEnd,
    more,
  };
}
