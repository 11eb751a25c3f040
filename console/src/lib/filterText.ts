import type { FieldKind, Json } from '../api/types';

/** What is known of a table's rows for completing a filter. */
export interface FilterWords {
  /** Declared fields and metadata names; the kind is that of declared ones. */
  names: { name: string; kind?: FieldKind }[];
  /** Frequent values of a name. */
  values(name: string): Json[];
}

export interface Completion {
  /** What is replaced. */
  from: number;
  to: number;
  options: { label: string; insert: string; note: string }[];
}

const OPERATORS: [string, string][] = [
  ['$eq', 'equals'],
  ['$ne', 'does not equal'],
  ['$gt', 'greater'],
  ['$gte', 'at least'],
  ['$lt', 'less'],
  ['$lte', 'at most'],
  ['$in', 'one of a list'],
  ['$nin', 'none of a list'],
  ['$exists', 'is there'],
  ['$not', 'does not satisfy'],
];
const JOINS: [string, string][] = [
  ['$and', 'all of'],
  ['$or', 'at least one of'],
  ['$not', 'not this'],
];
const OPTIONS_MOST = 12;

/** Reads a filter. Empty text is no filter. */
export function parseFilter(text: string): { filter?: Json; error?: string } {
  if (text.trim() === '') {
    return {};
  }
  try {
    const filter = JSON.parse(text) as Json;
    if (typeof filter !== 'object' || filter === null || Array.isArray(filter)) {
      return { error: 'object' };
    }
    return { filter };
  } catch (thrown) {
    return { error: thrown instanceof Error ? thrown.message.replace(/^JSON\.parse: /, '') : String(thrown) };
  }
}

/** Where the cursor stands in a filter that is being typed. */
interface Spot {
  /** The object that is open, by the name it is the value of; '' for the outermost. */
  within: string;
  /** Whether a name is expected; else the value of `name`. */
  isName: boolean;
  /** The field that a value is for, however deep among operators. */
  field: string;
  /** Where the word begins that is being typed, a quote included, and what of it there is. */
  from: number;
  word: string;
}

interface Open {
  name: string;
  isArray: boolean;
}

/** The innermost name that is no operator. */
function fieldAt(open: Open[], name: string): string {
  const names = [...open.map((one) => one.name), name];
  return names.findLast((one) => one !== '' && !one.startsWith('$')) ?? '';
}

/** Reads up to the cursor, forgiving whatever is not finished. */
function spotAt(text: string, cursor: number): Spot {
  const open: Open[] = [];
  let name = '';
  let isName = true;
  let i = 0;
  const top = (): Open | undefined => open.at(-1);
  const spot = (from: number, word: string): Spot => ({
    within: top()?.name ?? '',
    isName,
    field: fieldAt(open, name),
    from,
    word,
  });
  while (i < cursor) {
    const letter = text[i] ?? '';
    if (letter === '"') {
      const end = endOfString(text, i, cursor);
      if (end >= cursor) {
        return spot(i, text.slice(i + 1, cursor));
      }
      if (isName && !top()?.isArray) name = text.slice(i + 1, end);
      i = end + 1;
      continue;
    }
    if (letter === '{' || letter === '[') {
      open.push({ name: top() ? name : '', isArray: letter === '[' });
      name = letter === '{' ? '' : name;
      isName = letter === '{';
    } else if (letter === '}' || letter === ']') {
      name = open.pop()?.name ?? '';
      isName = false;
    } else if (letter === ':') {
      isName = false;
    } else if (letter === ',') {
      isName = !top()?.isArray;
      name = isName ? '' : name;
    }
    i++;
  }
  const from = wordStart(text, cursor);
  return spot(from, text.slice(from, cursor));
}

function wordStart(text: string, cursor: number): number {
  let start = cursor;
  while (start > 0 && /[\w$.-]/.test(text[start - 1] ?? '')) start--;
  return start;
}

function endOfString(text: string, from: number, most: number): number {
  for (let i = from + 1; i < most; i++) {
    if (text[i] === '\\') i++;
    else if (text[i] === '"') return i;
  }
  return most;
}

/** Where the word under the cursor ends, its closing quote included. */
function endOfWord(text: string, cursor: number): number {
  let end = cursor;
  while (/[\w$.\- ]/.test(text[end] ?? '') && text[end] !== ' ') end++;
  return text[end] === '"' ? end + 1 : end;
}

const startsLike = (option: string, word: string): boolean =>
  option.toLowerCase().includes(word.toLowerCase());

/** What could be typed at the cursor. */
export function complete(text: string, cursor: number, words: FilterWords): Completion {
  const spot = spotAt(text, cursor);
  const to = Math.max(cursor, endOfWord(text, cursor));
  const needsColon = !/^\s*:/.test(text.slice(to));
  const asName = (name: string): string => `${JSON.stringify(name)}${needsColon ? ': ' : ''}`;
  let options: Completion['options'];
  if (text.trim() === '') {
    options = words.names.map(({ name, kind }) => ({
      label: name,
      insert: `{${JSON.stringify(name)}: }`,
      note: kind ?? 'metadata',
    }));
  } else if (spot.isName && spot.within !== '' && !spot.within.startsWith('$')) {
    options = OPERATORS.map(([label, note]) => ({ label, insert: asName(label), note }));
  } else if (spot.isName) {
    const names = words.names.map(({ name, kind }) => ({
      label: name,
      insert: asName(name),
      note: kind ?? 'metadata',
    }));
    options = [...names, ...JOINS.map(([label, note]) => ({ label, insert: asName(label), note }))];
  } else {
    const values = words.values(spot.field).map((value) => ({
      label: String(value),
      insert: JSON.stringify(value),
      note: '',
    }));
    const isPlain = spot.within === '' || spot.within.startsWith('$');
    options = [...values, ...(isPlain ? [{ label: '{ … }', insert: '{"$', note: 'an operator' }] : [])];
  }
  const like = options.filter((option) => startsLike(option.label, spot.word));
  return {
    from: text.trim() === '' ? 0 : spot.from,
    to: text.trim() === '' ? text.length : to,
    options: like.slice(0, OPTIONS_MOST),
  };
}
