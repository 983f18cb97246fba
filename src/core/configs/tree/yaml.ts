/** YAML with exact places. What is written plainly is read directly; the rest by an incremental grammar that goes on after errors. */

import { type Tree, TreeFragment } from '@lezer/common';
import { parser as yamlParser } from '@lezer/yaml';

import { type ConfigNode, scalarNode, type TextRange } from './node.js';
import { readPlain, type ReadOther } from './plainYaml.js';
import { maskTemplates } from './templates.js';
import { LaterItem, readDocument } from './yamlDocument.js';

/** Small buffers: a subtree inside a buffer cannot be used again after an edit. */
const parser = yamlParser.configure({ bufferLength: 256 });

export interface YamlDocument {
  range: TextRange;
  /** null for an empty one. */
  read(): ConfigNode | null;
}

/** What the grammar made of one document. */
interface Grammatical {
  written: string;
  fragments: readonly TreeFragment[];
}

export interface YamlParse {
  readonly documents: readonly YamlDocument[];
  readonly masked: string;
  /** By index of the document; those that are plain have none. */
  readonly grammatical: Map<number, Grammatical>;
}

const MARKER = /^---(?=[ \t\r\n]|$)/gm;
/** Directives, ends of documents and marks of encodings: rules of their own for where documents begin. */
const OTHER_MARKS = /^(?:%|\.\.\.(?:[ \t\r\n]|$))|^\uFEFF/m;
const NOTHING_MORE = /^---[ \t]*(?:[ \t]#[^\n]*)?\r?(?:\n|$)/;
/** Tabs, and carriage returns that end a line alone. */
const NOT_PLAIN = /\t|\r(?!\n)/;
const ANCHOR_OR_ALIAS = /(?:^|[\s[{,:-])[&*][^\s,\]}]/;

/** `previous` is the parse of the text before an edit: what the edit did not touch is not parsed again. */
export function parseYaml(text: string, previous: YamlParse | null = null): YamlParse {
  const masked = maskTemplates(text);
  const grammatical = new Map(previous?.grammatical);
  if (OTHER_MARKS.test(masked)) return parseStream(masked, grammatical);
  const documents = documentRanges(masked).map((range, index) => ({
    range,
    read: () => plainDocument(masked, range) ?? byGrammar(masked, range, index, grammatical),
  }));
  for (const index of grammatical.keys()) if (index >= documents.length) grammatical.delete(index);
  return { documents, masked, grammatical };
}

/** From each marker to the next; what stands before the first one is a document only where it says something. */
function documentRanges(text: string): TextRange[] {
  const starts = [...text.matchAll(MARKER)].map((match) => match.index);
  const before = text.slice(0, starts[0] ?? text.length);
  if (starts.length === 0 || /^[ ]*[^\s#]/m.test(before)) starts.unshift(0);
  return starts.map((start, index) => ({ start, end: starts[index + 1] ?? text.length }));
}

/** null: not plain. */
function plainDocument(text: string, range: TextRange): ConfigNode | null {
  const written = text.slice(range.start, range.end);
  if (NOT_PLAIN.test(written)) return null;
  const marker = written.startsWith('---') ? NOTHING_MORE.exec(written)?.[0].length : 0;
  if (marker === undefined) return null;
  // What an anchor stands for may be used anywhere below it.
  const other = ANCHOR_OR_ALIAS.test(written) ? null : itemByGrammar(text);
  return readPlain(text, { start: range.start + marker, end: range.end }, other) ?? null;
}

/** An item alone, as far in as it stands. */
const itemByGrammar =
  (text: string): ReadOther =>
  (range, column) =>
    new LaterItem(range, () => {
      const padded = ' '.repeat(column) + text.slice(range.start, range.end);
      const document = parser.parse(padded).topNode.getChild('Document');
      const node = document && readDocument(document.cursor(), text, range.start - column);
      return node ?? scalarNode(range, null);
    });

function byGrammar(
  text: string,
  { start, end }: TextRange,
  index: number,
  grammatical: Map<number, Grammatical>,
): ConfigNode | null {
  const document = parseIncrementally(text.slice(start, end), index, grammatical).topNode.getChild('Document');
  return document && readDocument(document.cursor(), text, start);
}

function parseIncrementally(written: string, index: number, grammatical: Map<number, Grammatical>): Tree {
  const before = grammatical.get(index);
  const kept = before ? TreeFragment.applyChanges(before.fragments, [changeBetween(before.written, written)]) : [];
  const tree = parser.parse(written, kept);
  grammatical.set(index, { written, fragments: TreeFragment.addTree(tree, kept) });
  return tree;
}

/** All documents by the grammar at once. */
function parseStream(masked: string, grammatical: Map<number, Grammatical>): YamlParse {
  const documents: YamlDocument[] = [];
  const tree = parseIncrementally(masked, 0, grammatical);
  for (let child = tree.topNode.firstChild; child; child = child.nextSibling) {
    if (child.name !== 'Document') continue;
    const document = child;
    const range = { start: child.from, end: child.to };
    documents.push({ range, read: () => readDocument(document.cursor(), masked) });
  }
  return { documents, masked, grammatical };
}

/** The smallest change that makes `after` of `before`, as one replaced stretch. */
function changeBetween(before: string, after: string): { fromA: number; toA: number; fromB: number; toB: number } {
  const shorter = Math.min(before.length, after.length);
  let start = 0;
  while (start < shorter && before.charCodeAt(start) === after.charCodeAt(start)) start += 1;
  let end = 0;
  while (
    end < shorter - start &&
    before.charCodeAt(before.length - 1 - end) === after.charCodeAt(after.length - 1 - end)
  )
    end += 1;
  return { fromA: start, toA: before.length - end, fromB: start, toB: after.length - end };
}
