/** YAML with exact places, from an incremental parser that goes on after errors: what is half typed is read as far as it goes. */

import { type Tree, TreeFragment } from '@lezer/common';
import { parser as yamlParser } from '@lezer/yaml';

import type { ConfigNode, TextRange } from './node.js';
import { maskTemplates } from './templates.js';
import { readDocument } from './yamlDocument.js';

/** Small buffers: a subtree inside a buffer cannot be used again after an edit. */
const parser = yamlParser.configure({ bufferLength: 256 });

export interface YamlDocument {
  range: TextRange;
  /** null for an empty one. */
  read(): ConfigNode | null;
}

export interface YamlParse {
  readonly documents: readonly YamlDocument[];
  readonly masked: string;
  readonly tree: Tree;
  readonly fragments: readonly TreeFragment[];
}

/** `previous` is the parse of the text before an edit: what the edit did not touch is not parsed again. */
export function parseYaml(text: string, previous: YamlParse | null = null): YamlParse {
  const masked = maskTemplates(text);
  const kept = previous ? TreeFragment.applyChanges(previous.fragments, [changeBetween(previous.masked, masked)]) : [];
  const tree = parser.parse(masked, kept);
  const documents: YamlDocument[] = [];
  for (let child = tree.topNode.firstChild; child; child = child.nextSibling) {
    if (child.name !== 'Document') continue;
    const document = child;
    const range = { start: child.from, end: child.to };
    documents.push({ range, read: () => readDocument(document.cursor(), masked) });
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
