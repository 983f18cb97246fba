/** Files that `--alternatives` names: as they are, or by globs, which some shells leave to the command. */

import { opendir, stat } from 'node:fs/promises';
import path from 'node:path';
import picomatch from 'picomatch';
import { ExpectedError } from '../core/common/errors.js';

const MOST_FILES = 64;
const MOST_SEEN = 100_000;
const SKIPPED: ReadonlySet<string> = new Set(['node_modules', '.git', '.venv', 'venv']);

/** Absolute, in order, each once, without the model itself. @throws ExpectedError: a word that names nothing. */
export async function alternativeFiles(words: readonly string[], modelPath: string): Promise<string[]> {
  const found = new Set<string>();
  for (const text of words) {
    const files = await filesOf(text);
    if (files.length === 0) throw new ExpectedError('input', 'cli.flag.alternatives', { text });
    for (const file of files) found.add(path.resolve(file));
  }
  found.delete(path.resolve(modelPath));
  return [...found].slice(0, MOST_FILES);
}

async function filesOf(text: string): Promise<string[]> {
  const own = await stat(text).catch(() => null);
  if (own?.isFile()) return [text];
  const { base, glob } = picomatch.scan(text.split(path.sep).join('/'));
  if (glob === '') return [];
  const matches = picomatch(glob);
  const found: string[] = [];
  let seen = 0;
  const visit = async (folder: string, relative: string): Promise<void> => {
    const entries = await opendir(folder).catch(() => null);
    if (!entries) return;
    const folders: string[] = [];
    for await (const entry of entries) {
      if ((seen += 1) > MOST_SEEN) continue;
      const inside = relative === '' ? entry.name : `${relative}/${entry.name}`;
      if (entry.isDirectory() && !SKIPPED.has(entry.name)) folders.push(entry.name);
      else if (entry.isFile() && /\.(onnx|ort)$/i.test(entry.name) && matches(inside))
        found.push(path.join(folder, entry.name));
    }
    if (glob.includes('/'))
      for (const name of folders) await visit(path.join(folder, name), relative === '' ? name : `${relative}/${name}`);
  };
  await visit(base === '' ? '.' : base, '');
  return found.sort();
}
