/** String literals that name a model file in YAML and JSON; those in code have a file of their own, with its grammars. */

import { findNodeAtOffset, parseTree } from 'jsonc-parser';

import type { ConfigEntry, ConfigNode, Located, TextRange } from './tree/node.js';
import { plainScalar, singleQuoted } from './tree/yamlScalars.js';
import { isTemplated } from './tree/templates.js';

const MODEL_NAME = /\.(?:onnx|ort)(?![\w.])/gi;
export const MAXIMUM_LITERALS = 500;

/** Where something stands that may be the end of a model's name, ascending. */
export const modelPlaces = (text: string): number[] =>
  [...text.matchAll(MODEL_NAME)].slice(0, MAXIMUM_LITERALS).map((match) => match.index);

/** Scalars and keys below `root` that name a model, at `places` of `text`, which its ranges are about. */
export function literalsBelow(root: ConfigNode, text: string, places: readonly number[]): Located<string>[] {
  const found = new Map<number, Located<string>>();
  for (let index = firstFrom(places, root.range.start); index < places.length; index += 1) {
    const at = places[index]!;
    if (at >= root.range.end) break;
    const range = writtenAt(root, text, at);
    const value = range && literalValue(text.slice(range.start, range.end));
    if (range && value !== null) found.set(range.start, { value, range, field: range });
  }
  return [...found.values()];
}

/** Index of the first place that is not before `start`. */
function firstFrom(places: readonly number[], start: number): number {
  let [low, high] = [0, places.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (places[middle]! < start) low = middle + 1;
    else high = middle;
  }
  return low;
}

const holds = ({ start, end }: TextRange, at: number): boolean => start <= at && at < end;

/** The scalar, or the key, that stands at an offset. */
function writtenAt(root: ConfigNode, text: string, at: number): TextRange | null {
  let node: ConfigNode | undefined = root;
  while (node) {
    if (node.kind === 'scalar') return node.range;
    const entry: ConfigEntry | undefined = node.entries.find(({ range }) => holds(range, at));
    if (entry && at < entry.value.range.start) return keyRange(entry, text, at);
    node = entry ? entry.value : node.items.find(({ range }) => holds(range, at));
    if (node && !holds(node.range, at)) return null;
  }
  return null;
}

function keyRange({ range }: ConfigEntry, text: string, at: number): TextRange | null {
  const written =
    /^(?:"[^"\n]*"|'[^'\n]*'|[^\n]*?(?=\s*:(?:\s|$)))/.exec(text.slice(range.start, range.end))?.[0] ?? '';
  const key = { start: range.start, end: range.start + written.length };
  return holds(key, at) ? key : null;
}

/** The path in a literal; null for one with parts that are computed, and for prose. */
export function literalValue(written: string): string | null {
  const match = /^(?:[@rRuUbB]|#)*(["'`]{0,3}#*)([\s\S]*?)\1(?:#*)$/.exec(written);
  const content = match?.[1] ? singleQuoted(`'${match[2] ?? ''}'`) : plainScalar(written);
  if (content === null || isTemplated(content) || /\$\{|[{}<>*?\n]/.test(content)) return null;
  const path = /[^=\s"']+$/.exec(content.replace(/\\\\/g, '/').replace(/\\/g, '/'))?.[0] ?? '';
  // The extension must end the literal: `see model.onnx for…` is prose.
  return /[^/]\.(onnx|ort)$/i.test(path) && path.length <= 1024 ? path : null;
}

/** In the order of the text. */
export function jsonLiterals(text: string): Located<string>[] {
  const ends = modelPlaces(text);
  if (ends.length === 0) return [];
  const tree = parseTree(text, [], { allowTrailingComma: true });
  return ends.flatMap((at) => {
    const node = tree && findNodeAtOffset(tree, at);
    if (node?.type !== 'string') return [];
    const range = { start: node.offset, end: node.offset + node.length };
    const value = literalValue(text.slice(range.start, range.end));
    return value === null ? [] : [{ value, range, field: range }];
  });
}
