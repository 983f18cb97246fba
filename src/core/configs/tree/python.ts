/** Calls and decorators of a Python file as maps of their keyword arguments, with literal values only. */

import type { SyntaxNode } from '@lezer/common';
import { parser } from '@lezer/python';

import { type ConfigEntry, type ConfigNode, listNode, mapNode, scalarNode, type TextRange } from './node.js';

export interface PythonCall {
  /** As written: `bentoml.service`. */
  name: string;
  range: TextRange;
  /** Keyword arguments. */
  arguments: ConfigNode;
  /** Of the class or function below a decorator. */
  target: string | null;
}

const DEEPEST = 32;
const rangeOf = (node: SyntaxNode): TextRange => ({ start: node.from, end: node.to });

/** Every decorator with arguments. */
export function decoratorsOf(text: string): PythonCall[] {
  const calls: PythonCall[] = [];
  parser.parse(text).iterate({
    enter: ({ name, node }) => {
      const list = name === 'Decorator' ? node.getChild('ArgList') : null;
      if (!list) return;
      const definition = node.parent?.getChild('ClassDefinition') ?? node.parent?.getChild('FunctionDefinition');
      const target = definition?.getChild('VariableName');
      calls.push({
        name: text.slice(node.from + 1, list.from).trim(),
        range: rangeOf(node),
        arguments: mapNode(rangeOf(list), keywords(list, text)),
        target: target ? text.slice(target.from, target.to) : null,
      });
    },
  });
  return calls;
}

function keywords(list: SyntaxNode, text: string): ConfigEntry[] {
  const entries: ConfigEntry[] = [];
  for (let child = list.firstChild; child; child = child.nextSibling) {
    const operator = child.nextSibling;
    const value = operator?.nextSibling;
    if (child.name !== 'VariableName' || operator?.name !== 'AssignOp' || !value || value.type.isError) continue;
    if (value.name === ')' || value.name === ',') continue;
    entries.push({
      key: text.slice(child.from, child.to),
      range: { start: child.from, end: value.to },
      value: valueOf(value, text, 0),
    });
  }
  return entries;
}

function valueOf(node: SyntaxNode, text: string, depth: number): ConfigNode {
  const range = rangeOf(node);
  if (depth > DEEPEST) return scalarNode(range, null);
  if (node.name === 'String') return scalarNode(range, pythonString(text.slice(node.from, node.to)));
  if (node.name === 'Number' || node.name === 'Boolean')
    return scalarNode(range, text.slice(node.from, node.to).replaceAll('_', ''));
  if (node.name === 'DictionaryExpression') return mapNode(range, dictionary(node, text, depth));
  if (node.name !== 'ArrayExpression' && node.name !== 'TupleExpression') return scalarNode(range, null);
  const items: ConfigNode[] = [];
  for (let child = node.firstChild; child; child = child.nextSibling)
    if (!/^[[\](),]$/.test(child.name) && !child.type.isError) items.push(valueOf(child, text, depth + 1));
  return listNode(range, items);
}

function dictionary(node: SyntaxNode, text: string, depth: number): ConfigEntry[] {
  const entries: ConfigEntry[] = [];
  for (let key = node.firstChild; key; key = key.nextSibling) {
    const value = key.nextSibling?.name === ':' ? key.nextSibling.nextSibling : null;
    if (key.name !== 'String' || !value || value.type.isError || /^[},]$/.test(value.name)) continue;
    entries.push({
      key: pythonString(text.slice(key.from, key.to)) ?? '',
      range: { start: key.from, end: value.to },
      value: valueOf(value, text, depth + 1),
    });
  }
  return entries;
}

/** null for bytes and unclosed strings. */
export function pythonString(written: string): string | null {
  const match = /^([rRuU]?)("""|'''|"|')([\s\S]*)\2$/.exec(written);
  if (!match) return null;
  const content = match[3] ?? '';
  return match[1]?.toLowerCase() === 'r' ? content : content.replace(/\\(["'\\])/g, '$1');
}
