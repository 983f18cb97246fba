/** Writes what the user asked for by name, whole or not at all. */

import { randomBytes } from 'node:crypto';
import { mkdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';

import { ExpectedError } from '../common/errors.js';

export interface OutputFileOptions {
  /** Replace whatever is there. */
  overwrite: boolean;
}

/** @throws ExpectedError (input) when something is in the way, or the place cannot be written. */
export async function writeFileSafely(file: string, text: string, { overwrite }: OutputFileOptions): Promise<void> {
  if (!overwrite) await requireFree(file);
  const temporary = path.join(path.dirname(file), `.${path.basename(file)}.${randomBytes(6).toString('hex')}.tmp`);
  try {
    await mkdir(path.dirname(file), { recursive: true });
    await writeFile(temporary, text, { flag: 'wx' });
    await rename(temporary, file);
  } catch (error) {
    await rm(temporary, { force: true }).catch(() => undefined);
    const reason = (error as NodeJS.ErrnoException).code ?? '';
    throw new ExpectedError('input', 'report.output.unwritable', { file, reason }, { cause: error });
  }
}

/** Nothing is there, or an empty file, as scripts make them for a name. @throws ExpectedError (input) otherwise. */
export async function requireFree(file: string): Promise<void> {
  // Of anything but a file that is there, writing will say what it is.
  const found = await stat(file).catch(() => null);
  if (found && !(found.isFile() && found.size === 0))
    throw new ExpectedError('input', 'report.output.exists', { file });
}
