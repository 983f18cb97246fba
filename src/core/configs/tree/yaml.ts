/** YAML with exact places, from an incremental parser that goes on after errors: what is half typed is read as far as it goes. */

import { type SyntaxNode, type Tree, TreeFragment } from '@lezer/common';
import { parser as yamlParser } from '@lezer/yaml';

import { type ConfigEntry, type ConfigNode, scalarNode, type TextRange } from './node.js';
import { blockScalar, doubleQuoted, plainScalar, singleQuoted } from './yamlScalars.js';
import { isTemplated, maskTemplates } from './templates.js';

/** Small buffers: a subtree inside a buffer cannot be used again after an edit. */
const parser = yamlParser.configure({ bufferLength: 128 });
const DEEPEST_ALIAS = 16;

export interface YamlParse {
  /** One root for each document of the stream; empty ones are left out. */
  readonly documents: readonly ConfigNode[];
  readonly masked: string;
  readonly tree: Tree;
  readonly fragments: readonly TreeFragment[];
}

/** `previous` is the parse of the text before an edit: what the edit did not touch is not parsed again. */
export function parseYaml(text: string, previous: YamlParse | null = null): YamlParse {
  const masked = maskTemplates(text);
  const kept = previous ? TreeFragment.applyChanges(previous.fragments, [changeBetween(previous.masked, masked)]) : [];
  const tree = parser.parse(masked, kept);
  const documents: ConfigNode[] = [];
  for (let child = tree.topNode.firstChild; child; child = child.nextSibling) {
    if (child.name !== 'Document') continue;
    const anchors = new Anchors(child, masked);
    const root = contentOf(child);
    if (root) documents.push(new YamlNode(root, masked, anchors, 0));
  }
  return { documents, masked, tree, fragments: TreeFragment.addTree(tree, kept) };
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

function contentOf(parent: SyntaxNode): SyntaxNode | null {
  for (let child = parent.firstChild; child; child = child.nextSibling) if (VALUES.has(child.name)) return child;
  return null;
}

/** The anchors of one document, looked for when the first alias is met. */
class Anchors {
  #byName: Map<string, SyntaxNode> | null = null;

  constructor(
    private readonly document: SyntaxNode,
    private readonly text: string,
  ) {}

  find(name: string): SyntaxNode | null {
    this.#byName ??= this.#collect();
    return this.#byName.get(name) ?? null;
  }

  #collect(): Map<string, SyntaxNode> {
    const found = new Map<string, SyntaxNode>();
    this.document.cursor().iterate((at) => {
      if (at.name !== 'Anchored') return true;
      const anchor = at.node.getChild('Anchor');
      if (anchor) found.set(this.text.slice(anchor.from + 1, anchor.to), at.node);
      return true;
    });
    return found;
  }
}

/** Reads its parts when they are asked for: most of a file is of no interest. */
class YamlNode implements ConfigNode {
  readonly kind: ConfigNode['kind'];
  readonly range: TextRange;
  readonly #node: SyntaxNode | null;
  #entries: readonly ConfigEntry[] | null = null;
  #items: readonly ConfigNode[] | null = null;
  #value: string | null | undefined;

  constructor(
    syntax: SyntaxNode,
    private readonly text: string,
    private readonly anchors: Anchors,
    private readonly depth: number,
  ) {
    this.#node = target(syntax, text, anchors);
    // An alias stands where it is written, a node behind an anchor or a tag without them.
    const place = syntax.name === 'Alias' ? syntax : (bare(syntax) ?? syntax);
    this.range = { start: place.from, end: endOf(place, text) };
    this.kind = kindOf(this.#node);
  }

  get value(): string | null {
    if (this.#value === undefined) this.#value = this.kind === 'scalar' ? scalarOf(this.#node, this.text) : null;
    return this.#value;
  }

  get entries(): readonly ConfigEntry[] {
    return (this.#entries ??= this.kind === 'map' && this.depth < DEEPEST_ALIAS ? this.#readEntries() : []);
  }

  get items(): readonly ConfigNode[] {
    return (this.#items ??= this.kind === 'list' && this.depth < DEEPEST_ALIAS ? this.#readItems() : []);
  }

  #child(syntax: SyntaxNode): ConfigNode {
    return new YamlNode(syntax, this.text, this.anchors, this.depth + (syntax.name === 'Alias' ? 1 : 0));
  }

  #readItems(): ConfigNode[] {
    const items: ConfigNode[] = [];
    for (let child = this.#node?.firstChild ?? null; child; child = child.nextSibling) {
      if (child.name !== 'Item') continue;
      const content = contentOf(child);
      if (content) items.push(this.#child(content));
    }
    return items;
  }

  #readEntries(): ConfigEntry[] {
    const entries: ConfigEntry[] = [];
    const merged: ConfigNode[] = [];
    for (let child = this.#node?.firstChild ?? null; child; child = child.nextSibling) {
      if (child.name !== 'Pair') continue;
      const entry = this.#readPair(child);
      if (entry?.key === '<<') merged.push(...(entry.value.kind === 'list' ? entry.value.items : [entry.value]));
      else if (entry) entries.push(entry);
    }
    const own = new Set(entries.map((entry) => entry.key));
    for (const entry of merged.flatMap((node) => node.entries)) {
      if (own.has(entry.key)) continue;
      own.add(entry.key);
      entries.push(entry);
    }
    return entries;
  }

  #readPair(pair: SyntaxNode): ConfigEntry | null {
    const keyNode = pair.getChild('Key');
    const keyContent = keyNode && contentOf(keyNode);
    const key = keyContent && scalarOf(bare(keyContent), this.text);
    if (key === null) return null;
    let value: SyntaxNode | null = null;
    let colon = pair.from;
    for (let child = pair.firstChild; child; child = child.nextSibling) {
      if (child.name === ':') colon = child.to;
      else if (VALUES.has(child.name)) value = child;
    }
    const node = value ? this.#child(value) : scalarNode({ start: colon, end: colon }, null);
    return { key, range: { start: pair.from, end: Math.max(node.range.end, colon) }, value: node };
  }
}

/** Without anchor and tag. */
function bare(syntax: SyntaxNode | null): SyntaxNode | null {
  let at = syntax;
  while (at && (at.name === 'Anchored' || at.name === 'Tagged')) at = contentOf(at);
  return at;
}

function target(syntax: SyntaxNode, text: string, anchors: Anchors): SyntaxNode | null {
  let at = bare(syntax);
  for (let hops = 0; at?.name === 'Alias'; hops += 1) {
    if (hops === DEEPEST_ALIAS) return null;
    at = bare(anchors.find(text.slice(at.from + 1, at.to)));
  }
  return at;
}

/** A plain scalar ends before a comment, behind a tab too, which the grammar takes into it. */
function endOf({ name, from, to }: SyntaxNode, text: string): number {
  return name === 'Literal'
    ? from +
        text
          .slice(from, to)
          .replace(/[ \t]#.*$/s, '')
          .trimEnd().length
    : to;
}

function kindOf(syntax: SyntaxNode | null): ConfigNode['kind'] {
  if (syntax?.name === 'BlockMapping' || syntax?.name === 'FlowMapping') return 'map';
  if (syntax?.name === 'BlockSequence' || syntax?.name === 'FlowSequence') return 'list';
  return 'scalar';
}

function scalarOf(syntax: SyntaxNode | null, text: string): string | null {
  if (!syntax) return null;
  const written = text.slice(syntax.from, endOf(syntax, text));
  if (isTemplated(written)) return null;
  if (syntax.name === 'BlockLiteral') return blockScalar(written);
  if (syntax.name === 'Literal') return plainScalar(written);
  if (syntax.name !== 'QuotedLiteral') return null;
  return written.startsWith('"') ? doubleQuoted(written) : singleQuoted(written);
}
