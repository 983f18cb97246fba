import type { SyntaxNode } from '@lezer/common';
import { hclLanguage } from 'codemirror-lang-hcl';

import { type ConfigEntry, type ConfigNode, listNode, mapNode, scalarNode, type TextRange } from './node.js';

const DEEPEST = 64;
const rangeOf = (node: SyntaxNode): TextRange => ({ start: node.from, end: node.to });

/** A Terraform file: attributes and blocks alike are entries; a block's labels stand at its map. */
export function parseHcl(text: string): ConfigNode {
  const top = hclLanguage.parser.parse(text).topNode;
  return body(top.getChild('Body') ?? top, text, 0);
}

function body(node: SyntaxNode, text: string, depth: number, labels?: readonly string[]): ConfigNode {
  const entries: ConfigEntry[] = [];
  for (let child = depth < DEEPEST ? node.firstChild : null; child; child = child.nextSibling) {
    if (child.name === 'Attribute') entries.push(...attribute(child, text, depth));
    if (child.name === 'Block') entries.push(...block(child, text, depth));
  }
  return mapNode(rangeOf(node), entries, labels);
}

function attribute(node: SyntaxNode, text: string, depth: number): ConfigEntry[] {
  const name = node.getChild('Identifier');
  if (!name) return [];
  const value = expression(node.getChild('Expression'), node.to, text, depth);
  return [
    {
      key: text.slice(name.from, name.to),
      range: { start: name.from, end: Math.max(name.to, value.range.end) },
      value,
    },
  ];
}

function block(node: SyntaxNode, text: string, depth: number): ConfigEntry[] {
  const type = node.getChild('BlockType');
  if (!type) return [];
  const labels = node.getChildren('BlockLabel').map((label) => quoted(label, text) ?? text.slice(label.from, label.to));
  const inner = node.getChild('Body');
  const value = inner ? body(inner, text, depth + 1, labels) : mapNode({ start: node.to, end: node.to }, [], labels);
  return [{ key: text.slice(type.from, type.to), range: rangeOf(node), value }];
}

/** Literals, lists and objects; whatever must be computed has no value. */
function expression(node: SyntaxNode | null, emptyAt: number, text: string, depth: number): ConfigNode {
  if (!node) return scalarNode({ start: emptyAt, end: emptyAt }, null);
  const range = rangeOf(node);
  if (node.firstChild?.nextSibling || depth > DEEPEST) return scalarNode(range, null);
  const collection = node.getChild('CollectionValue');
  const tuple = collection?.getChild('Tuple');
  if (tuple)
    return listNode(
      range,
      tuple.getChildren('Expression').map((item) => expression(item, item.from, text, depth + 1)),
    );
  const object = collection?.getChild('Object');
  if (object) return mapNode(range, objectEntries(object, text, depth));
  const literal = node.getChild('LiteralValue');
  if (!literal) return scalarNode(range, null);
  if (literal.getChild('StringLit')) return scalarNode(range, quoted(literal, text));
  return scalarNode(range, literal.getChild('Null') ? null : text.slice(literal.from, literal.to));
}

function objectEntries(object: SyntaxNode, text: string, depth: number): ConfigEntry[] {
  return object.getChildren('ObjectElem').flatMap((element) => {
    const key = element.getChild('ObjectKey');
    if (!key) return [];
    const value = expression(element.getChild('Expression'), element.to, text, depth + 1);
    const written = text.slice(key.from, key.to);
    return [{ key: written.replace(/^"(.*)"$/s, '$1'), range: rangeOf(element), value }];
  });
}

/** A string without interpolation. */
function quoted(node: SyntaxNode, text: string): string | null {
  const literal = node.getChild('StringLit') ?? (node.name === 'StringLit' ? node : null);
  if (!literal || literal.getChild('TemplateInterpolation')) return null;
  const content = literal.getChildren('TemplateLiteral').map((part) => text.slice(part.from, part.to));
  return content.join('').replace(/\\(["\\])/g, '$1');
}
