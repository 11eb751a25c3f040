import type { Json } from '../api/types';

/** A table as it is typed into the form; numbers are text still. */
export interface Draft {
  name: string;
  key: 'string' | 'uint64';
  vectors: { name: string; dimension: string; metric: string; index: string }[];
  fields: { name: string; type: string }[];
  partitionBy: string;
  ttl: string;
  durability: string;
  shards: string;
}

/** A number where it is one; else the text, which the server refuses by name. */
const numberOf = (text: string): number | string => (/^-?\d+$/.test(text.trim()) ? Number(text) : text);

/** The request that a draft makes. */
export function specOf(draft: Draft): Json {
  return {
    name: draft.name.trim(),
    key: draft.key,
    vectors: Object.fromEntries(
      draft.vectors.map((vector) => [
        vector.name.trim(),
        { dimension: numberOf(vector.dimension), metric: vector.metric, index: { kind: vector.index } },
      ]),
    ),
    fields: Object.fromEntries(draft.fields.map((field) => [field.name.trim(), { type: field.type }])),
    ...(draft.partitionBy ? { partition_by: draft.partitionBy } : {}),
    ...(draft.ttl.trim() ? { ttl: draft.ttl.trim() } : {}),
    durability: draft.durability,
    shards: numberOf(draft.shards),
  };
}
