/** One document of YAML from its syntax tree to plain nodes, in one pass: asking a tree for its nodes one by one is slow. */

import type { TreeCursor } from '@lezer/common';

import { type ConfigEntry, type ConfigNode, listNode, mapNode, scalarNode, type TextRange } from './node.js';
import { isTemplated } from './templates.js';
import { blockScalar, doubleQuoted, plainScalar, singleQuoted } from './yamlScalars.js';

/** Of nesting, aliases counted as what they stand for: nobody writes more, and readers follow every level. */
const DEEPEST = 100;
const DEEPEST_ALIAS = 16;

const VALUES = new Set([
  'Literal',
  'QuotedLiteral',
  'BlockLiteral',
  'Alias',
  'Anchored',
  'Tagged',
  'FlowSequence',
  'FlowMapping',
  'BlockSequence',
  'BlockMapping',
]);

/** Lists from this length on are read item by item, as they are asked for. */
const LONG_LIST = 50;
const ANCHORED = /&/;
const NONE: readonly never[] = [];

/** `cursor` stands on the document, of a tree that begins at `offset` of `text`. null for an empty one. */
export function readDocument(cursor: TreeCursor, text: string, offset = 0): ConfigNode | null {
  // An anchor must be read before what it is used for.
  const inOrder = ANCHORED.test(text.slice(Math.max(0, cursor.from + offset), cursor.to + offset));
  return new DocumentReader(cursor, text, offset, inOrder).content(0)?.node ?? null;
}

const NESTED = new Set(['FlowSequence', 'FlowMapping', 'BlockSequence', 'BlockMapping']);

/** A scalar whose content is read when it is asked for: most of a file is of no interest. */
export class YamlScalar implements ConfigNode {
  readonly kind = 'scalar';
  readonly entries: readonly ConfigEntry[] = NONE;
  readonly items: readonly ConfigNode[] = NONE;
  #value: string | null | undefined;

  constructor(
    readonly range: TextRange,
    private readonly syntax: string,
    private readonly text: string,
  ) {}

  get value(): string | null {
    if (this.#value === undefined)
      this.#value = scalarOf(this.syntax, this.text.slice(this.range.start, this.range.end));
    return this.#value;
  }
}

/** An item of a list: where it stands is known, what it is when somebody asks. */
export class LaterItem implements ConfigNode {
  #node: ConfigNode | null = null;

  constructor(
    readonly range: TextRange,
    private readonly read: () => ConfigNode,
  ) {}

  get kind(): ConfigNode['kind'] {
    return (this.#node ??= this.read()).kind;
  }

  get value(): string | null {
    return (this.#node ??= this.read()).value;
  }

  get entries(): readonly ConfigEntry[] {
    return (this.#node ??= this.read()).entries;
  }

  get items(): readonly ConfigNode[] {
    return (this.#node ??= this.read()).items;
  }
}

/** A node, and how many aliases lead into each other below it. */
interface Read {
  node: ConfigNode;
  aliases: number;
}

class DocumentReader {
  readonly #anchors = new Map<string, Read>();

  constructor(
    private readonly cursor: TreeCursor,
    private readonly text: string,
    private readonly offset: number,
    private readonly inOrder: boolean,
  ) {}

  /** Of the node on which the cursor stands, in the text. */
  get #range(): TextRange {
    return { start: this.cursor.from + this.offset, end: this.cursor.to + this.offset };
  }

  /** The first value inside the node on which the cursor stands, where it stays. */
  content(depth: number): Read | null {
    const { cursor } = this;
    if (!cursor.firstChild()) return null;
    let found: Read | null = null;
    do if (VALUES.has(cursor.name)) found = this.#value(depth);
    while (!found && cursor.nextSibling());
    cursor.parent();
    return found;
  }

  #value(depth: number): Read {
    const { name } = this.cursor;
    const range = this.#range;
    if (depth > DEEPEST) return { node: scalarNode(range, null), aliases: 0 };
    switch (name) {
      case 'Alias':
        return this.#alias(range);
      case 'Anchored':
        return this.#anchored(range, depth);
      case 'Tagged':
        return this.content(depth + 1) ?? { node: scalarNode(range, null), aliases: 0 };
      case 'BlockMapping':
      case 'FlowMapping':
        return this.#map(range, depth);
      case 'BlockSequence':
      case 'FlowSequence':
        return this.#list(range, depth);
      case 'Literal':
        return { node: new YamlScalar(withoutComment(range, this.text), name, this.text), aliases: 0 };
      default:
        return { node: new YamlScalar(range, name, this.text), aliases: 0 };
    }
  }

  /** Stands where it is written. */
  #alias(range: TextRange): Read {
    const known = this.#anchors.get(this.text.slice(range.start + 1, range.end));
    if (!known || known.aliases >= DEEPEST_ALIAS) return { node: scalarNode(range, null), aliases: 0 };
    const { kind, value, entries, items } = known.node;
    return { node: { kind, value, entries, items, range }, aliases: known.aliases + 1 };
  }

  /** Stands without its anchor. */
  #anchored(range: TextRange, depth: number): Read {
    const { cursor, text, offset } = this;
    let name: string | null = null;
    if (cursor.firstChild()) {
      do if (cursor.name === 'Anchor') name = text.slice(cursor.from + offset + 1, cursor.to + offset);
      while (name === null && cursor.nextSibling());
      cursor.parent();
    }
    const read = this.content(depth + 1) ?? { node: scalarNode(range, null), aliases: 0 };
    if (name !== null) this.#anchors.set(name, read);
    return read;
  }

  #list(range: TextRange, depth: number): Read {
    const { cursor } = this;
    const items: ConfigNode[] = [];
    let aliases = 0;
    if (cursor.firstChild()) {
      do {
        if (cursor.name !== 'Item') continue;
        const later = !this.inOrder && items.length >= LONG_LIST ? this.#later(depth) : null;
        const item = later ? null : this.content(depth + 1);
        if (later) items.push(later);
        if (!item) continue;
        items.push(item.node);
        aliases = Math.max(aliases, item.aliases);
      } while (cursor.nextSibling());
      cursor.parent();
    }
    return { node: listNode(range, items), aliases };
  }

  /** null for what is no map or list: that is read at once. */
  #later(depth: number): ConfigNode | null {
    const { cursor, text, offset } = this;
    if (!cursor.firstChild()) return null;
    let found: LaterItem | null = null;
    do {
      if (!NESTED.has(cursor.name)) continue;
      const { node } = cursor;
      const read = (): ConfigNode => new DocumentReader(node.cursor(), text, offset, false).#value(depth + 1).node;
      found = new LaterItem(this.#range, read);
    } while (!found && cursor.nextSibling());
    cursor.parent();
    return found;
  }

  #map(range: TextRange, depth: number): Read {
    const { cursor } = this;
    const entries: ConfigEntry[] = [];
    const merged: ConfigNode[] = [];
    let aliases = 0;
    if (cursor.firstChild()) {
      do {
        const pair = cursor.name === 'Pair' ? this.#pair(depth) : null;
        if (!pair) continue;
        aliases = Math.max(aliases, pair.aliases);
        const { entry } = pair;
        if (entry.key === '<<') merged.push(...(entry.value.kind === 'list' ? entry.value.items : [entry.value]));
        else entries.push(entry);
      } while (cursor.nextSibling());
      cursor.parent();
    }
    return { node: mapNode(range, merged.length > 0 ? withMerged(entries, merged) : entries), aliases };
  }

  #pair(depth: number): { entry: ConfigEntry; aliases: number } | null {
    const { cursor } = this;
    const { start } = this.#range;
    let colon = start;
    let key: string | null = null;
    let value: Read | null = null;
    if (!cursor.firstChild()) return null;
    do {
      const { name } = cursor;
      if (name === 'Key') key ??= this.content(depth + 1)?.node.value ?? null;
      else if (name === ':') colon = cursor.to + this.offset;
      else if (VALUES.has(name)) value = this.#value(depth + 1);
    } while (cursor.nextSibling());
    cursor.parent();
    if (key === null) return null;
    const node = value?.node ?? scalarNode({ start: colon, end: colon }, null);
    const range = { start, end: Math.max(node.range.end, colon) };
    return { entry: { key, range, value: node }, aliases: value?.aliases ?? 0 };
  }
}

/** Keys of its own come before those of the maps that it takes in, the first of these before the next. */
function withMerged(entries: readonly ConfigEntry[], merged: readonly ConfigNode[]): ConfigEntry[] {
  const all = [...entries];
  const keys = new Set(entries.map((entry) => entry.key));
  for (const entry of merged.flatMap((node) => node.entries)) {
    if (keys.has(entry.key)) continue;
    keys.add(entry.key);
    all.push(entry);
  }
  return all;
}

/** A plain scalar ends before a comment, behind a tab too, which the grammar takes into it. */
function withoutComment(range: TextRange, text: string): TextRange {
  const written = text.slice(range.start, range.end);
  if (!written.includes('#')) return { start: range.start, end: range.start + written.trimEnd().length };
  return { start: range.start, end: range.start + written.replace(/[ \t]#.*$/s, '').trimEnd().length };
}

function scalarOf(syntax: string, written: string): string | null {
  if (isTemplated(written)) return null;
  if (syntax === 'BlockLiteral') return blockScalar(written);
  if (syntax === 'Literal') return plainScalar(written);
  if (syntax !== 'QuotedLiteral') return null;
  return written.startsWith('"') ? doubleQuoted(written) : singleQuoted(written);
}
