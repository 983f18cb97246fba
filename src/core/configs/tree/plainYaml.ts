/**
 * YAML as nearly all of it is written: block maps and lists, scalars and flow collections on one line, block scalars.
 * Many times quicker than the grammar when a file is read for the first time. Whatever else there is (anchors, tags,
 * scalars over several lines, tabs, what is half typed) is not guessed at: the answer is null, and the grammar reads it.
 */

import { type ConfigEntry, type ConfigNode, listNode, mapNode, scalarNode, type TextRange } from './node.js';
import { beginsPlain, FlowReader, plainKey, quotedEnd, skipSpaces, trimmedEnd } from './plainFlow.js';
import { YamlScalar } from './yamlDocument.js';

const DEEPEST = 90;
const [SPACE, LINE_FEED, RETURN, HASH, DASH] = [32, 10, 13, 35, 45];

/** Reads an item that is not plain where it stands, `column` characters into its line. */
export type ReadOther = (range: TextRange, column: number) => ConfigNode;

/** `undefined`: nothing stands there. null: not plain. `other` reads items of a list that are not. */
export function readPlain(
  text: string,
  { start, end }: TextRange,
  other: ReadOther | null,
): ConfigNode | null | undefined {
  const reader = new PlainReader(text, start, end, other);
  if (reader.isAtEnd()) return undefined;
  const node = reader.block(reader.column, 0);
  return node && reader.isAtEnd() ? node : null;
}

class PlainReader {
  /** Of the first character of the line, or of what stands behind a dash, that is no blank. */
  #at = 0;
  /** Where it stands in its line, from 0; -1 behind the last line. */
  column = -1;
  #lineEnd = 0;
  #next: number;

  constructor(
    private readonly text: string,
    start: number,
    private readonly end: number,
    private readonly other: ReadOther | null,
  ) {
    this.#next = start;
    this.#advance();
  }

  isAtEnd(): boolean {
    return this.column < 0;
  }

  /** To the next line with content. */
  #advance(): void {
    const { text, end } = this;
    while (this.#next < end) {
      const lineStart = this.#next;
      const found = text.indexOf('\n', lineStart);
      const lineEnd = found < 0 || found >= end ? end : found;
      this.#next = lineEnd + 1;
      const at = skipSpaces(text, lineStart);
      const first = at >= lineEnd ? LINE_FEED : text.charCodeAt(at);
      if (first === LINE_FEED || first === HASH || (first === RETURN && at + 1 === lineEnd)) continue;
      this.#at = at;
      this.column = at - lineStart;
      this.#lineEnd = text.charCodeAt(lineEnd - 1) === RETURN ? lineEnd - 1 : lineEnd;
      return;
    }
    this.column = -1;
  }

  /** What begins here, in a column of its own. */
  block(column: number, depth: number): ConfigNode | null {
    if (depth > DEEPEST) return null;
    return this.#isDash(this.#at) ? this.#list(column, depth) : this.#map(column, depth);
  }

  #isDash(at: number): boolean {
    if (this.text.charCodeAt(at) !== DASH) return false;
    return at + 1 >= this.#lineEnd || this.text.charCodeAt(at + 1) === SPACE;
  }

  /** Whether nothing but a comment follows in this line. */
  #isRest(at: number): boolean {
    return at >= this.#lineEnd || (this.text.charCodeAt(at) === HASH && this.text.charCodeAt(at - 1) === SPACE);
  }

  #map(column: number, depth: number): ConfigNode | null {
    const entries: ConfigEntry[] = [];
    const start = this.#at;
    let end = start;
    while (this.column === column && !this.#isDash(this.#at)) {
      const entry = this.#pair(column, depth);
      if (!entry || this.column > column) return null;
      entries.push(entry);
      end = entry.range.end;
    }
    return mapNode({ start, end }, entries);
  }

  #pair(column: number, depth: number): ConfigEntry | null {
    const { text } = this;
    const start = this.#at;
    const key = plainKey(text, start, this.#lineEnd);
    if (!key) return null;
    const at = skipSpaces(text, key.colon);
    let value: ConfigNode | null;
    if (!this.#isRest(at)) value = this.#inline(at, column);
    else {
      this.#advance();
      const below = this.column > column || (this.column === column && this.#isDash(this.#at));
      value = below ? this.block(this.column, depth + 1) : scalarNode({ start: key.colon, end: key.colon }, null);
    }
    return value && { key: key.name, range: { start, end: value.range.end }, value };
  }

  #list(column: number, depth: number): ConfigNode | null {
    const items: ConfigNode[] = [];
    const start = this.#at;
    let end = start + 1;
    while (this.column === column && this.#isDash(this.#at)) {
      const before = { at: this.#at, next: this.#next, lineEnd: this.#lineEnd };
      end = this.#at + 1;
      let item = this.#item(column, depth);
      if (item === null || this.column > column) {
        if (!this.other || depth > 1) return null;
        [this.#at, this.#next, this.#lineEnd, this.column] = [before.at, before.next, before.lineEnd, column];
        item = this.#otherItem(column, this.other);
      }
      if (!item) continue;
      items.push(item);
      ({ end } = item.range);
    }
    return listNode({ start, end }, items);
  }

  /** `undefined`: an empty one. */
  #item(column: number, depth: number): ConfigNode | null | undefined {
    const { text } = this;
    const dash = this.#at;
    const at = skipSpaces(text, dash + 1);
    if (this.#isRest(at)) {
      this.#advance();
      return this.column > column ? this.block(this.column, depth + 1) : undefined;
    }
    if (this.#isDash(at) || plainKey(text, at, this.#lineEnd)) {
      this.#at = at;
      this.column = column + at - dash;
      return this.block(this.column, depth + 1);
    }
    return this.#inline(at, column);
  }

  /** All lines that are further in than the dash. */
  #otherItem(column: number, other: ReadOther): ConfigNode {
    const start = skipSpaces(this.text, this.#at + 1);
    const itsColumn = column + start - this.#at;
    let end = this.#lineEnd;
    this.#advance();
    while (this.column > column) {
      end = this.#lineEnd;
      this.#advance();
    }
    return other({ start, end }, itsColumn);
  }

  /** What begins behind a key or a dash and ends in the same line; block scalars go on below it. */
  #inline(at: number, column: number): ConfigNode | null {
    const { text } = this;
    const first = text[at];
    if (first === '|' || first === '>') return this.#blockScalar(at, column);
    let node: ConfigNode | null;
    let behind: number;
    if (first === '{' || first === '[') {
      const flow = new FlowReader(text, at, this.#lineEnd);
      node = flow.value(0);
      behind = flow.at;
    } else if (first === '"' || first === "'") {
      const end = quotedEnd(text, at, this.#lineEnd);
      if (end < 0) return null;
      node = new YamlScalar({ start: at, end }, 'QuotedLiteral', text);
      behind = skipSpaces(text, end);
    } else {
      node = this.#plain(at);
      behind = this.#lineEnd;
    }
    if (!node || !this.#isRest(behind)) return null;
    this.#advance();
    // A line that is further in goes on with it.
    return this.column > column ? null : node;
  }

  #plain(at: number): ConfigNode | null {
    const { text } = this;
    if (!beginsPlain(text, at, this.#lineEnd)) return null;
    const written = text.slice(at, this.#lineEnd);
    const comment = written.indexOf(' #');
    const end = trimmedEnd(text, at, comment < 0 ? this.#lineEnd : at + comment);
    const colon = written.indexOf(': ');
    if ((colon >= 0 && at + colon < end) || text[end - 1] === ':') return null;
    return new YamlScalar({ start: at, end }, 'Literal', text);
  }

  #blockScalar(at: number, column: number): ConfigNode | null {
    const { text } = this;
    const header = text.slice(at, this.#lineEnd).trimEnd();
    if (header.length > 2 || !/^[|>][+-]?$/.test(header)) return null;
    const inner = this.#indentBelow();
    if (inner <= column) return null;
    let end = this.#lineEnd;
    // Lines with a `#` are content here, which `advance` would skip.
    while (this.#next < this.end) {
      const lineStart = this.#next;
      const found = text.indexOf('\n', lineStart);
      const lineEnd = found < 0 || found >= this.end ? this.end : found;
      const last = text.charCodeAt(lineEnd - 1) === RETURN ? lineEnd - 1 : lineEnd;
      const first = skipSpaces(text, lineStart);
      if (first < last) {
        const indent = first - lineStart;
        if (indent <= column) break;
        if (indent < inner) return null;
        end = last;
      }
      this.#next = lineEnd + 1;
    }
    this.#advance();
    return new YamlScalar({ start: at, end }, 'BlockLiteral', text);
  }

  /** Of the first line with content below this one. */
  #indentBelow(): number {
    const content = /[^\s]/g;
    content.lastIndex = this.#next;
    const found = content.exec(this.text)?.index ?? this.end;
    return found >= this.end ? -1 : found - (this.text.lastIndexOf('\n', found) + 1);
  }
}
