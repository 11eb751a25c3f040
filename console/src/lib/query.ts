import type { Json, KeyKind } from '../api/types';

/** What is asked of a search, as the page knows it. */
export interface Query {
  table: string;
  field: string;
  target: { id: string } | { vector: number[] };
  k: number;
  filter?: Json;
  partition?: string;
  effort: Effort;
}

export type EffortKind = 'recall' | 'ef' | 'nprobe';

export interface Effort {
  kind: EffortKind | 'exact';
  value: number;
}

/** The request's JSON, without what it includes and explains. */
export function bodyOf(query: Query): Record<string, Json> {
  const { kind, value } = query.effort;
  return {
    ...query.target,
    field: query.field,
    k: query.k,
    ...(query.filter === undefined ? {} : { filter: query.filter }),
    ...(query.partition ? { partition: query.partition } : {}),
    ...(kind === 'exact' ? { exact: true } : { [kind]: value }),
  };
}

/** Reads a vector that was pasted: JSON, or numbers between spaces, commas or semicolons. */
export function parseVector(text: string): { vector: number[] } | { error: 'empty' | 'not numbers' } {
  const words = text
    .replace(/[[\]()]/g, ' ')
    .split(/[\s,;]+/)
    .filter((word) => word !== '');
  if (words.length === 0) {
    return { error: 'empty' };
  }
  const vector = words.map(Number);
  return vector.every(Number.isFinite) ? { vector } : { error: 'not numbers' };
}

/** How many of the exact matches were found. Equal scores count as found: either may be answered. */
export function overlap(
  found: { id: string; score: number }[],
  exact: { id: string; score: number }[],
): { common: Set<string>; recall: number } {
  const ids = new Set(found.map((match) => match.id));
  const common = new Set(exact.filter((match) => ids.has(match.id)).map((match) => match.id));
  const last = exact.at(-1)?.score;
  const isTie = (match: { id: string; score: number }): boolean =>
    !common.has(match.id) && match.score === last;
  const ties = found.filter(isTie).length;
  const recall = exact.length === 0 ? 1 : Math.min(1, (common.size + ties) / exact.length);
  return { common, recall };
}

const shellQuoted = (text: string): string => `'${text.replaceAll("'", String.raw`'\''`)}'`;
const javaQuoted = (text: string): string => JSON.stringify(text);

/** The request for the command line. */
export function asCurl(query: Query, origin: string): string {
  const url = `${origin}/v1/tables/${encodeURIComponent(query.table)}:search`;
  const body = JSON.stringify({ ...bodyOf(query), include: ['fields'] });
  return `curl ${shellQuoted(url)} -d ${shellQuoted(body)}`;
}

/** The request with Kindred's client for Java. */
export function asJava(query: Query, origin: string, key: KeyKind): string {
  const near =
    'id' in query.target
      ? `.setId(Key.newBuilder().${key === 'uint64' ? `setNumber(${query.target.id}L)` : `setText(${javaQuoted(query.target.id)})`})`
      : `.setVector(PackedVectors.pack(new float[] {${query.target.vector.map((value) => `${value}f`).join(', ')}}))`;
  const { kind, value } = query.effort;
  const effort: Record<Effort['kind'], string> = {
    exact: '.setExact(Empty.getDefaultInstance())',
    recall: `.setRecall(${value})`,
    ef: `.setEf(${value})`,
    nprobe: `.setNprobe(${value})`,
  };
  const lines = [
    `.setTable(${javaQuoted(query.table)})`,
    `.setField(${javaQuoted(query.field)})`,
    `.addQueries(Query.newBuilder()${near})`,
    `.setK(${query.k})`,
    ...(query.filter === undefined ? [] : [`.setFilter(${javaQuoted(JSON.stringify(query.filter))})`]),
    ...(query.partition ? [`.setPartition(${javaQuoted(query.partition)})`] : []),
    effort[kind],
    '.setInclude(Include.newBuilder().setFields(true))',
    '.build()',
  ];
  return [
    `try (KindredClient client = KindredClient.of(ClientOptions.DEFAULT.withUrl(${javaQuoted(origin)}))) {`,
    '  SearchResponse answer =',
    '      client.search(',
    '          SearchRequest.newBuilder()',
    ...lines.map((line) => `              ${line}`),
    '          );',
    '}',
  ]
    .join('\n')
    .replace('.build()\n          );', '.build());');
}

/** The request with grpcurl. */
export function asGrpc(query: Query, origin: string, key: KeyKind): string {
  const near =
    'id' in query.target
      ? { id: key === 'uint64' ? { number: query.target.id } : { text: query.target.id } }
      : { vector: { values: query.target.vector } };
  const { kind, value } = query.effort;
  const message = {
    table: query.table,
    field: query.field,
    queries: [near],
    k: query.k,
    ...(query.filter === undefined ? {} : { filter: JSON.stringify(query.filter) }),
    ...(query.partition ? { partition: query.partition } : {}),
    ...(kind === 'exact' ? { exact: {} } : { [kind]: value }),
    include: { fields: true },
  };
  const host = new URL(origin).host;
  return `grpcurl -plaintext -d ${shellQuoted(JSON.stringify(message))} ${host} kindred.v1.SearchService/Search`;
}
