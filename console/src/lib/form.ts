import type { TableInfo } from '../api/types';
import { parseFilter } from './filterText';
import { parseVector, type EffortKind, type Query } from './query';

export type By = 'id' | 'vector' | 'row';

/** The search form as it stands; numbers are text still. It is what the URL holds. */
export interface SearchForm {
  table: string;
  field: string;
  by: By;
  id: string;
  vector: string;
  from: string;
  fromField: string;
  k: string;
  filter: string;
  partition: string;
  effort: EffortKind;
  value: string;
}

export const EFFORT_DEFAULTS: Record<EffortKind, string> = { recall: '0.95', ef: '64', nprobe: '32' };

export const FORM: SearchForm = {
  table: '',
  field: '',
  by: 'id',
  id: '',
  vector: '',
  from: '',
  fromField: '',
  k: '10',
  filter: '',
  partition: '',
  effort: 'recall',
  value: EFFORT_DEFAULTS.recall,
};

/** A vector in a URL is at most so long: servers and proxies refuse longer ones. */
const VECTOR_CHARACTERS_MOST = 1_500;

/** A form as parameters, without what stands by default. */
export function toParameters(form: SearchForm): Record<string, string | undefined> {
  return Object.fromEntries(
    (Object.keys(FORM) as (keyof SearchForm)[]).map((name) => {
      const value = form[name];
      const isLeftOut = value === FORM[name] || (name === 'vector' && value.length > VECTOR_CHARACTERS_MOST);
      return [name, isLeftOut ? undefined : value];
    }),
  );
}

export function fromParameters(parameters: Record<string, string | string[] | undefined>): SearchForm {
  const one = (name: keyof SearchForm): string => {
    const value = parameters[name];
    return typeof value === 'string' ? value : FORM[name];
  };
  const by = one('by');
  const effort = one('effort');
  return {
    ...FORM,
    ...Object.fromEntries((Object.keys(FORM) as (keyof SearchForm)[]).map((name) => [name, one(name)])),
    by: by === 'vector' || by === 'row' ? by : 'id',
    effort: effort === 'ef' || effort === 'nprobe' ? effort : 'recall',
  };
}

/** The vector field that is meant: the one that is named, else the first. */
export function fieldOf(table: TableInfo | undefined, name: string): string {
  const fields = Object.keys(table?.vectors ?? {});
  return fields.includes(name) ? name : (fields[0] ?? '');
}

/** The query of a form, given the vector where it comes from another table; or what is wrong, by member. */
export function queryOf(
  form: SearchForm,
  table: TableInfo,
  borrowed?: number[],
): { query?: Query; wrong?: Partial<Record<keyof SearchForm, string>> } {
  const field = fieldOf(table, form.field);
  const parsed = parseFilter(form.filter);
  if (parsed.error !== undefined) {
    return { wrong: { filter: parsed.error } };
  }
  const rest = {
    table: table.name,
    field,
    k: Number(form.k),
    effort: { kind: form.effort, value: Number(form.value) },
    ...(parsed.filter === undefined ? {} : { filter: parsed.filter }),
    ...(form.partition ? { partition: form.partition } : {}),
  };
  if (form.by === 'id') {
    return { query: { ...rest, target: { id: form.id } } };
  }
  if (borrowed) {
    return { query: { ...rest, target: { vector: borrowed } } };
  }
  const vector = parseVector(form.vector);
  return 'error' in vector ? { wrong: { vector: vector.error } } : { query: { ...rest, target: vector } };
}
