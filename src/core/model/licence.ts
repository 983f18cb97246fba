import { readdirSync } from 'node:fs';
import path from 'node:path';
import { FileSource } from './fileSource.js';
import type { ModelGraph } from './graph.js';

const LICENCE_KEYS = new Set(['license', 'licence', 'model_license', 'license_name', 'spdx-license-identifier']);
const LICENCE_FILE = /^(licen[cs]e|copying)(\.(txt|md|rst))?$/i;
const CARD_FILE = /^(readme|model_?card)\.md$/i;
const HEAD_BYTES = 16 * 1024;
const LONGEST_SHOWN = 80;

/** First match wins: the texts of later ones contain words of earlier ones or not at all. */
const knownTexts: readonly [RegExp, string][] = [
  [/Apache License\s+Version 2\.0/i, 'Apache-2.0'],
  [/GNU AFFERO GENERAL PUBLIC LICENSE\s+Version 3/i, 'AGPL-3.0'],
  [/GNU LESSER GENERAL PUBLIC LICENSE\s+Version 3/i, 'LGPL-3.0'],
  [/GNU LESSER GENERAL PUBLIC LICENSE\s+Version 2\.1/i, 'LGPL-2.1'],
  [/GNU GENERAL PUBLIC LICENSE\s+Version 3/i, 'GPL-3.0'],
  [/GNU GENERAL PUBLIC LICENSE\s+Version 2/i, 'GPL-2.0'],
  [/Mozilla Public License,? (Version|v\.?) ?2\.0/i, 'MPL-2.0'],
  [/Neither the name of .{0,200}may be used to endorse/is, 'BSD-3-Clause'],
  [/Redistributions in binary form must reproduce/i, 'BSD-2-Clause'],
  [/Permission is hereby granted, free of charge, to any person obtaining/i, 'MIT'],
  [/Permission to use, copy, modify, and\/or distribute this software for any/i, 'ISC'],
  [/Attribution-NonCommercial-ShareAlike 4\.0/i, 'CC-BY-NC-SA-4.0'],
  [/Attribution-NonCommercial-NoDerivatives 4\.0/i, 'CC-BY-NC-ND-4.0'],
  [/Attribution-NonCommercial 4\.0/i, 'CC-BY-NC-4.0'],
  [/Attribution-ShareAlike 4\.0/i, 'CC-BY-SA-4.0'],
  [/Attribution 4\.0 International/i, 'CC-BY-4.0'],
  [/CC0 1\.0 Universal/i, 'CC0-1.0'],
  [/This is free and unencumbered software released into the public domain/i, 'Unlicense'],
  [/LLAMA \S+ COMMUNITY LICENSE/i, 'Llama Community License'],
  [/Gemma Terms of Use/i, 'Gemma Terms of Use'],
];

/** The licence as the model states it, else as a licence file or model card beside it does; null when none does. */
export function findLicence(model: Pick<ModelGraph, 'path' | 'metadata'>): string | null {
  for (const [key, value] of Object.entries(model.metadata)) {
    const stated = value.trim();
    if (LICENCE_KEYS.has(key.toLowerCase()) && stated !== '') return shorten(stated);
  }
  return model.path === '' ? null : findBeside(path.dirname(model.path));
}

function findBeside(folder: string): string | null {
  let names: string[];
  try {
    names = readdirSync(folder);
  } catch {
    return null;
  }
  const heads = (pattern: RegExp): string[] =>
    names.filter((name) => pattern.test(name)).map((name) => readHead(path.join(folder, name)));
  for (const text of heads(LICENCE_FILE)) {
    const licence = recognise(text);
    if (licence !== null) return licence;
  }
  for (const text of heads(CARD_FILE)) {
    const licence = cardLicence(text);
    if (licence !== null) return licence;
  }
  return null;
}

/** A known text's SPDX name, else its first line. */
function recognise(text: string): string | null {
  const collapsed = text.replace(/\s+/g, ' ');
  const known = knownTexts.find(([pattern]) => pattern.test(collapsed));
  if (known !== undefined) return known[1];
  const first = text.split('\n').find((line) => line.trim() !== '');
  return first === undefined ? null : shorten(first.replace(/^#+/, '').trim());
}

/** `license:` of the YAML head that model hubs put on a card. */
function cardLicence(text: string): string | null {
  const head = /^---\r?\n(.*?)\r?\n---/s.exec(text)?.[1] ?? '';
  const stated = /^license(?:_name)?:[ \t]*(.+)$/m
    .exec(head)?.[1]
    ?.trim()
    .replace(/^["']|["']$/g, '');
  return stated === undefined || stated === '' ? null : shorten(stated);
}

function shorten(text: string): string {
  return text.length > LONGEST_SHOWN ? recogniseOrCut(text) : text;
}

/** Some exporters put the whole licence into the metadata. */
function recogniseOrCut(text: string): string {
  const collapsed = text.replace(/\s+/g, ' ');
  return knownTexts.find(([pattern]) => pattern.test(collapsed))?.[1] ?? `${collapsed.slice(0, LONGEST_SHOWN)}…`;
}

function readHead(file: string): string {
  try {
    const source = new FileSource(file);
    try {
      const bytes = Buffer.alloc(HEAD_BYTES);
      return bytes.toString('utf8', 0, source.readInto(bytes, HEAD_BYTES, 0));
    } finally {
      source.close();
    }
  } catch {
    return '';
  }
}
