import type { SyntaxNode } from '@lezer/common';

import { parser } from './generated/textProto.mjs';
import { type ConfigEntry, type ConfigNode, listNode, mapNode, scalarNode, type TextRange } from './node.js';
import { isTemplated, maskTemplates } from './templates.js';

const DEEPEST = 64;
const rangeOf = (node: SyntaxNode): TextRange => ({ start: node.from, end: node.to });

/** A protocol buffer in text format as a map; fields without a value yet are there with an empty one. */
export function parseTextProto(text: string): ConfigNode {
  const masked = maskTemplates(text);
  return message(parser.parse(masked).topNode, masked, 0);
}

function message(node: SyntaxNode, text: string, depth: number): ConfigNode {
  const entries: ConfigEntry[] = [];
  if (depth < DEEPEST)
    for (const field of node.getChildren('Field')) {
      const name = field.getChild('Name');
      if (name)
        entries.push({
          key: text.slice(name.from, name.to),
          range: { start: field.from, end: Math.max(name.to, valueOf(field)?.to ?? 0) },
          value: content(valueOf(field), name.to, text, depth),
        });
    }
  return mapNode(rangeOf(node), entries);
}

const VALUES = ['Message', 'List', 'Text', 'Number', 'Word'];
const valueOf = (field: SyntaxNode): SyntaxNode | null =>
  VALUES.map((name) => field.getChild(name)).find((child) => child !== null) ?? null;

function content(node: SyntaxNode | null, emptyAt: number, text: string, depth: number): ConfigNode {
  if (!node) return scalarNode({ start: emptyAt, end: emptyAt }, null);
  if (node.name === 'Message') return message(node, text, depth + 1);
  if (node.name === 'List') return list(node, text, depth);
  const written = text.slice(node.from, node.to);
  if (isTemplated(written)) return scalarNode(rangeOf(node), null);
  return scalarNode(rangeOf(node), node.name === 'Text' ? unquoted(written) : written.replace(/(?<=\d)[fFuU]$/, ''));
}

function list(node: SyntaxNode, text: string, depth: number): ConfigNode {
  const items: ConfigNode[] = [];
  for (let child = node.firstChild; child; child = child.nextSibling)
    if (VALUES.includes(child.name)) items.push(content(child, child.from, text, depth + 1));
  return listNode(rangeOf(node), items);
}

const ESCAPES = new Map([
  ['n', '\n'],
  ['t', '\t'],
  ['r', '\r'],
]);

/** Strings one after another are one string. */
const unquoted = (written: string): string =>
  [...written.matchAll(/"((?:[^"\\]|\\.)*)"|'((?:[^'\\]|\\.)*)'/gs)]
    .map(([, double, single]) => (double ?? single ?? '').replace(/\\(.)/gs, (_, c: string) => ESCAPES.get(c) ?? c))
    .join('');
