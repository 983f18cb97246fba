/** Files that come with a model: its preprocessing, its tokenizer. */

import { stat } from 'node:fs/promises';
import path from 'node:path';
import { ExpectedError } from '../../common/errors.js';
import { oneLine } from '../../common/oneLine.js';
import { readBounded } from './files.js';

export type JsonObject = Readonly<Record<string, unknown>>;

export const isObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Own keys only: they come from files. */
export const own = (object: JsonObject, key: string): unknown => (Object.hasOwn(object, key) ? object[key] : undefined);

/** In the model's folder, or in the one above where the model lies in a folder `onnx`; null where there is none. */
export async function fileBeside(modelPath: string, name: string): Promise<string | null> {
  if (modelPath === '') return null;
  const folder = path.dirname(path.resolve(modelPath));
  const folders = path.basename(folder).toLowerCase() === 'onnx' ? [folder, path.dirname(folder)] : [folder];
  for (const each of folders) {
    const file = path.join(each, name);
    const found = await stat(file).catch(() => null);
    if (found?.isFile()) return file;
  }
  return null;
}

/** null where there is no such file. ExpectedError when it is no JSON object, or too large. */
export async function readJsonBeside(
  modelPath: string,
  name: string,
  mostBytes: number,
): Promise<{ file: string; content: JsonObject } | null> {
  const file = await fileBeside(modelPath, name);
  if (file === null) return null;
  const bytes = await readBounded(file, mostBytes);
  let content: unknown;
  try {
    content = JSON.parse(new TextDecoder().decode(bytes));
  } catch {
    content = null;
  }
  if (!isObject(content)) throw new ExpectedError('input', 'measure.input.notJson', { file: oneLine(file) });
  return { file, content };
}
