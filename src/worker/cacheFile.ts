/** A file of the cache: what it holds can be had again, so that neither reading nor writing it ever fails. */

import { mkdir, readFile, rename, unlink, writeFile } from 'node:fs/promises';
import path from 'node:path';

/** '' where there is none. */
export const remembered = (file: string): Promise<string> => readFile(file, 'utf8').catch(() => '');

/** Whole or not at all, whoever else writes it. */
export async function remember(file: string, text: string): Promise<void> {
  const fresh = `${file}.${process.pid}`;
  try {
    await mkdir(path.dirname(file), { recursive: true });
    await writeFile(fresh, text);
    await rename(fresh, file);
  } catch {
    // It costs some time the next time, nothing else.
    await unlink(fresh).catch(() => undefined);
  }
}
