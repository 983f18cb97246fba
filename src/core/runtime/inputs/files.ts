/** Files of arrays, whole in memory, within limits. */

import { readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import { ExpectedError } from '../../common/errors.js';
import { oneLine } from '../../common/oneLine.js';
import type { NamedTensor } from './types.js';
import { readNpy } from './npy.js';
import { readNpz } from './npz.js';
import { readTensorFile } from './tensorFile.js';

/** What one read can hold. */
const LARGEST_FILE_BYTES = 2 ** 31 - 1;

/** The bytes of a regular file. ExpectedError when it is missing, none, or too large. */
export const readWhole = (file: string): Promise<Uint8Array> => readBounded(file, LARGEST_FILE_BYTES);

/** The same with a limit of the caller's. */
export async function readBounded(file: string, mostBytes: number): Promise<Uint8Array> {
  try {
    const { size } = await statFile(file);
    if (size > mostBytes)
      throw new ExpectedError('input', 'measure.input.fileTooLarge', {
        file: shown(file),
        maximum: Math.ceil(mostBytes / 2 ** 20),
      });
    return await readFile(file);
  } catch (error) {
    if (error instanceof ExpectedError) throw error;
    const cause = error instanceof Error && 'code' in error ? String(error.code) : 'unknown';
    throw new ExpectedError('input', 'measure.input.fileUnreadable', { file: shown(file), cause }, { cause: error });
  }
}

/** Before it is opened: opening a pipe would wait for its writer. */
async function statFile(file: string): Promise<{ size: number }> {
  const stats = await stat(file);
  if (!stats.isFile()) throw new ExpectedError('input', 'measure.input.notAFile', { file: shown(file) });
  return stats;
}

const shown = (file: string): string => oneLine(file);

export const ARRAY_EXTENSIONS: readonly string[] = ['.npy', '.npz', '.pb'];

/** Arrays of one file, by its extension: one for .npy and .pb, any number for .npz. */
export async function readArrays(file: string): Promise<NamedTensor[]> {
  const source = path.basename(file);
  switch (path.extname(file).toLowerCase()) {
    case '.npy':
      return [{ name: '', source, value: readNpy(await readWhole(file), source) }];
    case '.npz':
      return readNpz(await readWhole(file), source);
    case '.pb':
      return [readTensorFile(file)];
    default:
      throw new ExpectedError('input', 'measure.input.fileKind', { file: shown(file) });
  }
}
