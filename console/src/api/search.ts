import { bodyOf, type Query } from '../lib/query';
import { post, segment } from './http';
import type { SearchAnswer } from './types';

/** Searches, with the rows' fields and how they were found. */
export const search = (query: Query, signal?: AbortSignal): Promise<SearchAnswer> =>
  post<SearchAnswer>(
    `/v1/tables/${segment(query.table)}:search`,
    { ...bodyOf(query), include: ['fields'], explain: true },
    signal,
  );

/** The same, comparing every row. */
export const searchExactly = (query: Query, signal?: AbortSignal): Promise<SearchAnswer> =>
  search({ ...query, effort: { kind: 'exact', value: 0 } }, signal);
