import { call, get, post, segment } from './http';
import type { Json, Page, Row, TableInfo } from './types';

const path = (table: string): string => `/v1/tables/${segment(table)}`;

export async function listTables(): Promise<TableInfo[]> {
  return (await get<{ tables: TableInfo[] }>('/v1/tables')).tables;
}

export const getTable = (table: string): Promise<TableInfo> => get<TableInfo>(path(table));

/** @param spec as the request's JSON; the server checks it */
export const createTable = (spec: Json): Promise<TableInfo> => post<TableInfo>('/v1/tables', spec);

export const dropTable = (table: string): Promise<{ dropped: string }> => call('DELETE', path(table));

export interface Scan {
  after?: string;
  limit: number;
  filter?: Json;
  fields?: boolean;
  vectors?: boolean;
}

export const scanRows = (table: string, scan: Scan, signal?: AbortSignal): Promise<Page> =>
  post<Page>(`${path(table)}/rows:scan`, { vectors: false, ...scan }, signal);

export async function getRow(table: string, id: string): Promise<Row> {
  return get<Row>(`${path(table)}/rows/${segment(id)}`);
}
