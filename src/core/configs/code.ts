/** Program text: string literals that name a model file, and serving configs in decorators, found by the language's own grammar. */

import type { Tree } from '@lezer/common';
import { parser as goParser } from '@lezer/go';
import { parser as javaParser } from '@lezer/java';
import { parser as javaScriptParser } from '@lezer/javascript';
import { parser as pythonParser } from '@lezer/python';
import { parser as rustParser } from '@lezer/rust';
import { parser as csharpParser } from '@replit/codemirror-lang-csharp';

import { literalValue, modelPlaces } from './literals.js';
import type { Located } from './tree/node.js';

export { readBentoPython } from './formats/bentomlPython.js';

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

/** In the order of the text; the file's extension names the language. */
export function codeLiterals(text: string, file: string): Located<string>[] {
  const ends = modelPlaces(text);
  if (ends.length === 0) return [];
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
