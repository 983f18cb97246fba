/** What a model says of itself: licence, author, data, purpose, from its metadata and from a card beside it. */

import { readdirSync } from 'node:fs';
import path from 'node:path';

import type { DocumentationEntry, DocumentationTopic } from '../../protocol/report.js';
import { FileSource } from './fileSource.js';
import type { ModelGraph } from './graph.js';
import { findLicence } from './licence.js';

const TOPICS = ['licence', 'author', 'dataSet', 'description', 'intendedUse'] as const;

/** Keys of `metadata_props`, and of the YAML head of a card, in lower case. */
const KEYS: Readonly<Record<DocumentationTopic, readonly string[]>> = {
  licence: ['license', 'licence', 'model_license', 'license_name', 'spdx-license-identifier'],
  author: [
    'author',
    'authors',
    'model_author',
    'model_authors',
    'creator',
    'developed_by',
    'organization',
    'publisher',
  ],
  dataSet: ['dataset', 'datasets', 'data_set', 'training_data', 'training_dataset', 'train_data', 'trained_on'],
  description: ['description', 'model_description', 'short_description', 'summary', 'doc'],
  intendedUse: ['intended_use', 'intended_uses', 'task', 'pipeline_tag', 'use_case'],
};

/** Headings of a card below which the topic stands. */
const HEADINGS: Readonly<Record<DocumentationTopic, RegExp>> = {
  licence: /^licen[cs]e/i,
  author: /^(authors?|developed by|maintainers?)/i,
  dataSet: /^(training data|training data-?sets?|data-?sets?|data)\b/i,
  description: /^(model description|description|model summary|overview|model details)/i,
  intendedUse: /^(intended uses?|uses?|direct use|model use)\b/i,
};

const CARD_FILE = /^(readme|model_?card)\.md$/i;
const CARD_BYTES = 256 * 1024;
const LONGEST_VALUE = 500;
const MOST_LINES = 20_000;

/** One entry a topic; null where neither the metadata nor a card beside the file says anything. */
export function documentationOf(model: Pick<ModelGraph, 'path' | 'metadata' | 'docString'>): DocumentationEntry[] {
  const card = model.path === '' ? null : readCard(path.dirname(model.path));
  return TOPICS.map((topic) => {
    const found = fromMetadata(model, topic) ?? (card && fromCard(card, topic));
    if (found) return { topic, ...found };
    // A licence file beside the model speaks too.
    const licence = topic === 'licence' ? findLicence(model) : null;
    return { topic, value: licence, source: licence === null ? null : 'licence file' };
  });
}

type Found = Pick<DocumentationEntry, 'value' | 'source'>;

function fromMetadata(model: Pick<ModelGraph, 'metadata' | 'docString'>, topic: DocumentationTopic): Found | null {
  for (const [key, value] of Object.entries(model.metadata))
    if (KEYS[topic].includes(key.toLowerCase()) && value.trim() !== '')
      return { value: shortened(value), source: `metadata:${key.slice(0, 100)}` };
  if (topic !== 'description' || model.docString.trim() === '') return null;
  return { value: shortened(model.docString), source: 'docString' };
}

interface Card {
  name: string;
  head: ReadonlyMap<string, string>;
  lines: string[];
}

function fromCard(card: Card, topic: DocumentationTopic): Found | null {
  for (const key of KEYS[topic]) {
    const value = card.head.get(key);
    if (value !== undefined && value !== '') return { value: shortened(value), source: card.name };
  }
  const at = card.lines.findIndex((line) => HEADINGS[topic].test(headingOf(line) ?? ''));
  if (at === -1) return null;
  const paragraph: string[] = [];
  for (const line of card.lines.slice(at + 1, at + 60)) {
    if (headingOf(line) !== null || (line.trim() === '' && paragraph.length > 0)) break;
    if (line.trim() !== '') paragraph.push(line.trim());
  }
  return paragraph.length === 0 ? null : { value: shortened(paragraph.join(' ')), source: card.name };
}

const headingOf = (line: string): string | null => /^#{1,6}[ \t]+(.{1,200})$/.exec(line)?.[1]?.trim() ?? null;

function readCard(folder: string): Card | null {
  try {
    const name = readdirSync(folder).find((each) => CARD_FILE.test(each));
    if (name === undefined) return null;
    const source = new FileSource(path.join(folder, name));
    try {
      const content = Buffer.alloc(CARD_BYTES);
      const text = content.toString('utf8', 0, source.readInto(content, CARD_BYTES, 0)).replace(/^\uFEFF/, '');
      return { name, ...parseCard(text) };
    } finally {
      source.close();
    }
  } catch {
    // Not readable is as good as not there.
    return null;
  }
}

/** The YAML head as far as a card needs it: `key: value`, `key: [a, b]`, and lists of `- item` below a key. */
function parseCard(text: string): { head: Map<string, string>; lines: string[] } {
  const lines = text.split(/\r?\n/, MOST_LINES);
  const head = new Map<string, string>();
  if (lines[0] !== '---') return { head, lines };
  const end = lines.indexOf('---', 1);
  if (end === -1) return { head, lines };
  let key = '';
  for (const line of lines.slice(1, end)) {
    const pair = /^([\w-]{1,60}):[ \t]*(.*)$/.exec(line);
    const item = /^[ \t]*-[ \t]+(.*)$/.exec(line);
    if (pair) {
      key = pair[1]!.toLowerCase();
      head.set(key, unquoted(pair[2]!));
    } else if (item && key !== '') {
      const before = head.get(key) ?? '';
      head.set(key, before === '' ? unquoted(item[1]!) : `${before}, ${unquoted(item[1]!)}`);
    }
  }
  return { head, lines: lines.slice(end + 1) };
}

const unquoted = (value: string): string =>
  value
    .trim()
    .replace(/^\[|\]$/g, '')
    .replace(/^["'](.*)["']$/, '$1')
    .trim();

function shortened(value: string): string {
  const line = value.replace(/\s+/g, ' ').trim();
  return line.length > LONGEST_VALUE ? `${line.slice(0, LONGEST_VALUE)}…` : line;
}
