/** One neutral tree for every syntax: maps, lists and scalars with the place where each is written. */

/** Offsets into the text in UTF-16 units, as editors count; `end` is behind the last one. */
export interface TextRange {
  start: number;
  end: number;
}

export interface ConfigNode {
  readonly kind: 'map' | 'list' | 'scalar';
  /** As written, quotes included; an empty range where nothing stands yet. */
  readonly range: TextRange;
  /** Of a scalar: its content; null where it is not literal (a template, an expression) or nothing stands. */
  readonly value: string | null;
  /** Of a map, in the order of the file; a key may stand there twice. */
  readonly entries: readonly ConfigEntry[];
  /** Of a list. */
  readonly items: readonly ConfigNode[];
  /** Words between a block's name and its brace, as in `resource "type" "name" { }`. */
  readonly labels?: readonly string[];
}

export interface ConfigEntry {
  readonly key: string;
  /** From the key to the end of the value. */
  readonly range: TextRange;
  readonly value: ConfigNode;
}

/** A value that was read, where it is written, and the whole field with its key. */
export interface Located<T> {
  value: T;
  range: TextRange;
  field: TextRange;
}

const NONE: readonly never[] = [];

export const scalarNode = (range: TextRange, value: string | null): ConfigNode => ({
  kind: 'scalar',
  range,
  value,
  entries: NONE,
  items: NONE,
});

export const mapNode = (range: TextRange, entries: readonly ConfigEntry[], labels?: readonly string[]): ConfigNode => ({
  kind: 'map',
  range,
  value: null,
  entries,
  items: NONE,
  ...(labels && { labels }),
});

export const listNode = (range: TextRange, items: readonly ConfigNode[]): ConfigNode => ({
  kind: 'list',
  range,
  value: null,
  entries: NONE,
  items,
});

/** The entry below a path of keys; a list on the way stands for its first item. */
export function entryAt(node: ConfigNode | null | undefined, ...path: string[]): ConfigEntry | null {
  let at = node ?? null;
  let found: ConfigEntry | null = null;
  for (const key of path) {
    if (at?.kind === 'list') at = at.items[0] ?? null;
    found = at?.entries.find((entry) => entry.key === key) ?? null;
    if (!found) return null;
    at = found.value;
  }
  return found;
}

export const nodeAt = (node: ConfigNode | null | undefined, ...path: string[]): ConfigNode | null =>
  path.length === 0 ? (node ?? null) : (entryAt(node, ...path)?.value ?? null);

export const itemsAt = (node: ConfigNode | null | undefined, ...path: string[]): readonly ConfigNode[] =>
  nodeAt(node, ...path)?.items ?? NONE;

/** All values of a field that may be repeated: `f {} f {}` as well as `f [ {}, {} ]`. */
export function repeatedAt(node: ConfigNode | null | undefined, key: string): ConfigNode[] {
  const entries = node?.entries.filter((entry) => entry.key === key) ?? [];
  return entries.flatMap(({ value }) => (value.kind === 'list' ? value.items : [value]));
}

const located = <T>(entry: ConfigEntry, value: T): Located<T> => ({
  value,
  range: entry.value.range,
  field: entry.range,
});

const MAXIMUM_TEXT = 4096;

export function textAt(node: ConfigNode | null | undefined, ...path: string[]): Located<string> | null {
  const entry = entryAt(node, ...path);
  const value = entry?.value.value ?? null;
  return entry && value !== null && value !== '' && value.length <= MAXIMUM_TEXT ? located(entry, value) : null;
}

/** A value stands there, or is to stand there, that the file alone does not tell. */
export function isOpen(node: ConfigNode | null | undefined, ...path: string[]): boolean {
  const entry = entryAt(node, ...path);
  return entry !== null && entry.value.kind === 'scalar' && numberAt(node, ...path) === null;
}

/** A finite number, also from a quoted scalar. */
export function numberAt(node: ConfigNode | null | undefined, ...path: string[]): Located<number> | null {
  const found = textAt(node, ...path);
  const value = found && numberOf(found.value);
  return found && value !== null ? { ...found, value } : null;
}

/** A whole number from 0. */
export function countAt(node: ConfigNode | null | undefined, ...path: string[]): Located<number> | null {
  const found = numberAt(node, ...path);
  return found && Number.isSafeInteger(found.value) && found.value >= 0 ? found : null;
}

export function numberOf(text: string): number | null {
  if (!/^[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d{1,3})?$/.test(text)) return null;
  const value = Number(text);
  return Number.isFinite(value) ? value : null;
}

const SUFFIXES = new Map<string, number>([
  ['', 1],
  ['m', 1e-3],
  ['k', 1e3],
  ['K', 1e3],
  ['M', 1e6],
  ['G', 1e9],
  ['T', 1e12],
  ['P', 1e15],
  ['Ki', 2 ** 10],
  ['Mi', 2 ** 20],
  ['Gi', 2 ** 30],
  ['Ti', 2 ** 40],
  ['Pi', 2 ** 50],
]);

/** A quantity of Kubernetes: `500m`, `4Gi`, `1.5`. null for anything else. */
export function quantityOf(text: string): number | null {
  const match = /^([+]?[\d.]+(?:[eE][+-]?\d{1,3})?)([a-zA-Z]{0,2})$/.exec(text.trim());
  const scale = SUFFIXES.get(match?.[2] ?? '?');
  const number = numberOf(match?.[1] ?? '');
  return scale === undefined || number === null || number < 0 ? null : number * scale;
}

/** Bytes as Compose writes them: `4G`, `512m` and `1gb` count in powers of two. */
export function byteSizeOf(text: string): number | null {
  const match = /^([\d.]+)\s*([kmgt]?)b?$/i.exec(text.trim());
  const number = numberOf(match?.[1] ?? '');
  if (!match || number === null) return null;
  return number * 2 ** (10 * ' kmgt'.indexOf((match[2] ?? '').toLowerCase() || ' '));
}

export function readAt<T>(
  node: ConfigNode | null | undefined,
  path: readonly string[],
  read: (text: string) => T | null,
): Located<T> | null {
  const found = textAt(node, ...path);
  const value = found && read(found.value);
  return found && value !== null ? { ...found, value } : null;
}
