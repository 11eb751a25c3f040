import type { Distribution } from '../api/survey';
import type { Json, TableSpec } from '../api/types';
import type { FilterWords } from './filterText';

/** What can be said in a filter of a table: its fields, and what a sample of its rows has. */
export function wordsOf(spec: TableSpec | undefined, sample: Distribution | undefined): FilterWords {
  const declared = Object.entries(spec?.fields ?? {}).map(([name, field]) => ({ name, kind: field.type }));
  const free = Object.keys(sample?.metadata ?? {}).map((name) => ({ name }));
  return {
    names: [...declared, ...free],
    values: (name): Json[] => {
      const profile = sample?.fields[name] ?? sample?.metadata[name];
      const values = profile?.top.map((top) => top.value) ?? [];
      return spec?.fields[name]?.type === 'bool' && values.length === 0 ? [true, false] : values;
    },
  };
}

/** A value as a cell shows it. */
export function shownValue(value: Json | undefined): string {
  if (value === undefined || value === null) return '';
  return typeof value === 'string' ? value : JSON.stringify(value);
}
