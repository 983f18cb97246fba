/** String literals that name a model file, in configs and in code, found by the language's own grammar. */

import type { Tree } from '@lezer/common';
import { parser as goParser } from '@lezer/go';
import { parser as javaParser } from '@lezer/java';
import { parser as javaScriptParser } from '@lezer/javascript';
import { parser as pythonParser } from '@lezer/python';
import { parser as rustParser } from '@lezer/rust';
import { parser as csharpParser } from '@replit/codemirror-lang-csharp';
import { findNodeAtOffset, parseTree } from 'jsonc-parser';

import type { Syntax } from './read.js';
import type { Located } from './tree/node.js';
import { plainScalar, singleQuoted } from './tree/yamlScalars.js';
import { isTemplated } from './tree/templates.js';
import type { YamlParse } from './tree/yaml.js';

const MODEL_NAME = /\.(?:onnx|ort)(?![\w.])/gi;
const MAXIMUM_LITERALS = 500;

interface Grammar {
  parse(text: string): Tree;
}

/** Nodes that hold a whole literal, with their quotes. */
const STRINGS = new Set([
  'String',
  'StringLiteral',
  'TemplateString',
  'RawString',
  'VerbatimStringLiteral',
  'RegularStringLiteral',
  'RawStringLiteral',
  'Literal',
  'QuotedLiteral',
]);

const GRAMMARS: readonly [RegExp, () => Grammar][] = [
  [/\.pyi?$/i, () => pythonParser],
  [/\.[mc]?ts$/i, () => javaScriptParser.configure({ dialect: 'ts' })],
  [/\.tsx$/i, () => javaScriptParser.configure({ dialect: 'ts jsx' })],
  [/\.[mc]?jsx?$/i, () => javaScriptParser.configure({ dialect: 'jsx' })],
  [/\.cs$/i, () => csharpParser],
  [/\.java$/i, () => javaParser],
  [/\.rs$/i, () => rustParser],
  [/\.go$/i, () => goParser],
];

/** In the order of the text. `yaml` is the parse of a YAML text; the file's extension names the language of code. */
export function modelLiterals(text: string, syntax: Syntax, file: string, yaml?: YamlParse): Located<string>[] {
  const ends = [...text.matchAll(MODEL_NAME)].slice(0, MAXIMUM_LITERALS).map((match) => match.index);
  if (ends.length === 0) return [];
  if (yaml) return literalsOf(yaml.tree, yaml.masked, ends);
  if (syntax === 'json') return jsonLiterals(text, ends);
  if (syntax !== 'code' && syntax !== 'python') return [];
  const grammar = GRAMMARS.find(([extension]) => extension.test(file))?.[1];
  return grammar ? literalsOf(grammar().parse(text), text, ends) : [];
}

function literalsOf(tree: Tree, text: string, ends: readonly number[]): Located<string>[] {
  const found = new Map<number, Located<string>>();
  // One cursor for all: from one place to the next is a short way.
  const cursor = tree.cursor();
  for (const at of ends) {
    cursor.moveTo(at, 1);
    while (!STRINGS.has(cursor.name) && cursor.parent()) continue;
    if (!STRINGS.has(cursor.name)) continue;
    const range = { start: cursor.from, end: cursor.to };
    if (found.has(range.start)) continue;
    const value = literalValue(text.slice(range.start, range.end));
    if (value !== null) found.set(range.start, { value, range, field: range });
  }
  return [...found.values()];
}

/** The path in a literal; null for one with parts that are computed, and for prose. */
function literalValue(written: string): string | null {
  const match = /^(?:[@rRuUbB]|#)*(["'`]{0,3}#*)([\s\S]*?)\1(?:#*)$/.exec(written);
  const content = match?.[1] ? singleQuoted(`'${match[2] ?? ''}'`) : plainScalar(written);
  if (content === null || isTemplated(content) || /\$\{|[{}<>*?\n]/.test(content)) return null;
  const path = /[^=\s"']+$/.exec(content.replace(/\\\\/g, '/').replace(/\\/g, '/'))?.[0] ?? '';
  // The extension must end the literal: `see model.onnx for…` is prose.
  return /[^/]\.(onnx|ort)$/i.test(path) && path.length <= 1024 ? path : null;
}

function jsonLiterals(text: string, ends: readonly number[]): Located<string>[] {
  const tree = parseTree(text, [], { allowTrailingComma: true });
  return ends.flatMap((at) => {
    const node = tree && findNodeAtOffset(tree, at);
    if (node?.type !== 'string') return [];
    const range = { start: node.offset, end: node.offset + node.length };
    const value = literalValue(text.slice(range.start, range.end));
    return value === null ? [] : [{ value, range, field: range }];
  });
}
