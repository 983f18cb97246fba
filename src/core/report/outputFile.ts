/** Writes what the user asked for by name, whole or not at all. */

import { randomBytes } from 'node:crypto';
import { type FileHandle, mkdir, open, rename, rm, stat } from 'node:fs/promises';
import path from 'node:path';

import { ExpectedError } from '../common/errors.js';

/** Of text that is encoded at a time. */
const BUFFER_BYTES = 2 ** 20;

export interface OutputFileOptions {
  /** Replace whatever is there. */
  overwrite: boolean;
}

/**
 * `text`: whole or in parts, which are made as they are written.
 *
 * @throws ExpectedError (input) when something is in the way, or the place cannot be written.
 */
export async function writeFileSafely(
  file: string,
  text: string | Iterable<string>,
  { overwrite }: OutputFileOptions,
): Promise<void> {
  if (!overwrite) await requireFree(file);
  const temporary = path.join(path.dirname(file), `.${path.basename(file)}.${randomBytes(6).toString('hex')}.tmp`);
  try {
    await mkdir(path.dirname(file), { recursive: true });
    const handle = await open(temporary, 'wx');
    try {
      await writeParts(handle, typeof text === 'string' ? [text] : text);
    } finally {
      await handle.close();
    }
    await rename(temporary, file);
  } catch (error) {
    await rm(temporary, { force: true }).catch(() => undefined);
    const reason = (error as NodeJS.ErrnoException).code ?? '';
    throw new ExpectedError('input', 'report.output.unwritable', { file, reason }, { cause: error });
  }
}

/** Encodes into one buffer while the other is being written. */
async function writeParts(handle: FileHandle, parts: Iterable<string>): Promise<void> {
  const encoder = new TextEncoder();
  let [free, busy] = [new Uint8Array(BUFFER_BYTES), new Uint8Array(BUFFER_BYTES)];
  let writing: Promise<void> = Promise.resolve();
  let filled = 0;
  for (const part of parts) {
    for (let at = 0; at < part.length;) {
      const { read, written } = encoder.encodeInto(part.slice(at), free.subarray(filled));
      at += read;
      filled += written;
      if (at === part.length) break;
      await writing;
      writing = writeAll(handle, free.subarray(0, filled));
      [free, busy, filled] = [busy, free, 0];
    }
  }
  await writing;
  await writeAll(handle, free.subarray(0, filled));
}

async function writeAll(handle: FileHandle, bytes: Uint8Array): Promise<void> {
  for (let at = 0; at < bytes.length;) at += (await handle.write(bytes, at)).bytesWritten;
}

/** Nothing is there, or an empty file, as scripts make them for a name. @throws ExpectedError (input) otherwise. */
export async function requireFree(file: string): Promise<void> {
  // Of anything but a file that is there, writing will say what it is.
  const found = await stat(file).catch(() => null);
  if (found && !(found.isFile() && found.size === 0))
    throw new ExpectedError('input', 'report.output.exists', { file });
}
