/** `{ a: 1, b: [x, "y"] }` on one line, as most flow collections are; what is not as plain is left to the grammar. */

import { type ConfigEntry, type ConfigNode, listNode, mapNode, scalarNode } from './node.js';
import { YamlScalar } from './yamlDocument.js';

/** What may not begin a plain scalar; `-`, `?` and `:` may where no space follows. */
export const INDICATOR = /[[\]{},#&*!|>'"%@`\s]/;
const SPACE = 32;
/** Ends a plain scalar inside a flow collection. */
const FLOW_END = /[,[\]{}]/;

/** Where the quoted scalar that begins at `start` ends, in the same line; -1: it does not. */
export function quotedEnd(text: string, start: number, lineEnd: number): number {
  const quote = text[start]!;
  for (let at = start + 1; at < lineEnd; at += 1) {
    const character = text[at]!;
    if (character === '\\' && quote === '"') at += 1;
    else if (character !== quote) continue;
    else if (quote === "'" && text[at + 1] === quote) at += 1;
    else return at + 1;
  }
  return -1;
}

export function skipSpaces(text: string, at: number): number {
  let behind = at;
  while (text.charCodeAt(behind) === SPACE) behind += 1;
  return behind;
}

/** The first place from `start` behind which no space is left, going back from `end`. */
export function trimmedEnd(text: string, start: number, end: number): number {
  let last = end;
  while (last > start && text.charCodeAt(last - 1) === SPACE) last -= 1;
  return last;
}

/** Whether a plain scalar may begin here. */
export function beginsPlain(text: string, at: number, lineEnd: number): boolean {
  const character = text[at] ?? ' ';
  if (INDICATOR.test(character)) return false;
  if (character !== '-' && character !== '?' && character !== ':') return true;
  return at + 1 < lineEnd && !INDICATOR.test(text[at + 1]!);
}

const DEEPEST = 50;

/** Reads one collection; null where it is not plain. `at` is behind it then. */
export class FlowReader {
  constructor(
    private readonly text: string,
    public at: number,
    private readonly lineEnd: number,
  ) {}

  value(depth: number): ConfigNode | null {
    const { text, at } = this;
    if (depth > DEEPEST || at >= this.lineEnd) return null;
    const character = text[at];
    if (character === '{') return this.#map(depth);
    if (character === '[') return this.#list(depth);
    const quoted = character === '"' || character === "'";
    const end = quoted ? quotedEnd(text, at, this.lineEnd) : this.#plainEnd();
    if (end < 0) return null;
    this.at = skipSpaces(text, end);
    return new YamlScalar({ start: at, end }, quoted ? 'QuotedLiteral' : 'Literal', text);
  }

  #plainEnd(): number {
    const { text, at, lineEnd } = this;
    if (!beginsPlain(text, at, lineEnd)) return -1;
    const written = text.slice(at, lineEnd).split(FLOW_END, 1)[0]!;
    const stop = at + written.length;
    if (stop >= lineEnd || text[stop] === '[' || text[stop] === '{') return -1;
    // A pair, or a comment: not a scalar alone.
    if (/:(?:\s|$)|\s#/.test(written)) return -1;
    return trimmedEnd(text, at, stop);
  }

  #map(depth: number): ConfigNode | null {
    const { text } = this;
    const start = this.at;
    const entries: ConfigEntry[] = [];
    this.at = skipSpaces(text, start + 1);
    while (text[this.at] !== '}') {
      const entry = this.#pair(depth);
      if (!entry || !this.#comma('}')) return null;
      entries.push(entry);
    }
    return mapNode(this.#closed(start), entries);
  }

  #list(depth: number): ConfigNode | null {
    const { text } = this;
    const start = this.at;
    const items: ConfigNode[] = [];
    this.at = skipSpaces(text, start + 1);
    while (text[this.at] !== ']') {
      const item = this.value(depth + 1);
      if (!item || !this.#comma(']')) return null;
      items.push(item);
    }
    return listNode(this.#closed(start), items);
  }

  /** Behind a comma, or before what closes the collection. */
  #comma(closing: string): boolean {
    const { text } = this;
    if (text[this.at] === closing) return true;
    if (text[this.at] !== ',') return false;
    this.at = skipSpaces(text, this.at + 1);
    return this.at < this.lineEnd;
  }

  #closed(start: number): { start: number; end: number } {
    const end = this.at + 1;
    this.at = skipSpaces(this.text, end);
    return { start, end };
  }

  #pair(depth: number): ConfigEntry | null {
    const { text } = this;
    const start = this.at;
    const key = plainKey(text, start, this.lineEnd);
    if (!key || /[,[\]{}]/.test(key.written)) return null;
    this.at = skipSpaces(text, key.colon);
    if (text[this.at] === ',' || text[this.at] === '}') {
      const value = scalarNode({ start: key.colon, end: key.colon }, null);
      return { key: key.name, range: { start, end: key.colon }, value };
    }
    const value = this.value(depth + 1);
    return value && { key: key.name, range: { start, end: value.range.end }, value };
  }
}

/** What makes a key mean more than its letters: a merge, null, a template, escapes. */
const UNUSUAL = /^(?:<<|~|null)?$|[[\]{},"'&*!|>%`\\\uE000]|\s#/;

export interface PlainKey {
  name: string;
  written: string;
  /** Behind the colon. */
  colon: number;
}

/** A key with its colon and a space, or the line's end, behind it; null where there is none, or not a plain one. */
export function plainKey(text: string, start: number, lineEnd: number): PlainKey | null {
  const first = text[start];
  if (first === '"' || first === "'") {
    const end = quotedEnd(text, start, lineEnd);
    const colon = end < 0 ? end : skipSpaces(text, end);
    if (colon < 0 || !endsKey(text, colon, lineEnd)) return null;
    const written = text.slice(start + 1, end - 1);
    return UNUSUAL.test(written) ? null : { name: written, written: '', colon: colon + 1 };
  }
  if (!beginsPlain(text, start, lineEnd)) return null;
  let colon = text.indexOf(':', start);
  while (colon >= 0 && colon < lineEnd && !endsKey(text, colon, lineEnd)) colon = text.indexOf(':', colon + 1);
  if (colon < 0 || colon >= lineEnd) return null;
  const name = text.slice(start, trimmedEnd(text, start, colon));
  return UNUSUAL.test(name) ? null : { name, written: name, colon: colon + 1 };
}

const endsKey = (text: string, colon: number, lineEnd: number): boolean =>
  colon < lineEnd && text[colon] === ':' && (colon + 1 === lineEnd || text.charCodeAt(colon + 1) === SPACE);
