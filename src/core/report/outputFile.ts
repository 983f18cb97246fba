/** Writes what the user asked for by name, whole or not at all. */

import { randomBytes } from 'node:crypto';
import { closeSync, openSync, readSync } from 'node:fs';
import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';

import { ExpectedError } from '../common/errors.js';

export interface OutputFileOptions {
  /** Replace whatever is there; otherwise only what this tool wrote itself is replaced. */
  overwrite: boolean;
}

/** @throws ExpectedError (input) when something else is in the way, or the place cannot be written. */
export async function writeFileSafely(file: string, text: string, { overwrite }: OutputFileOptions): Promise<void> {
  if (!overwrite && !isFreeOrOwn(file)) throw new ExpectedError('input', 'report.output.exists', { file });
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

const FIRST_BYTES = 1024;
/** First key of what `--json` writes, or the mark of an HTML report or a comparison. */
const OWN_OUTPUT =
  /^\{\s*"(schemaVersion|models|verdict)"|<!-- inference-profiler|<meta name="generator" content="inference-profiler">/;

function isFreeOrOwn(file: string): boolean {
  let descriptor: number;
  try {
    descriptor = openSync(file, 'r');
  } catch (error) {
    // Of anything else, writing will say what it is.
    return ['ENOENT', 'ENOTDIR'].includes((error as NodeJS.ErrnoException).code ?? '');
  }
  try {
    const bytes = Buffer.alloc(FIRST_BYTES);
    const length = readSync(descriptor, bytes, 0, FIRST_BYTES, 0);
    return length === 0 || OWN_OUTPUT.test(bytes.toString('utf8', 0, length));
  } catch {
    return false;
  } finally {
    closeSync(descriptor);
  }
}
