/** NumPy's .npz files: zip archives of .npy files, named after the arrays. */

import { unzipSync } from 'fflate';
import { ExpectedError } from '../../common/errors.js';
import { oneLine } from '../../common/oneLine.js';
import { readNpy } from './npy.js';
import type { NamedTensor } from './types.js';

const LARGEST_CONTENT_BYTES = 2 ** 31 - 1;
const MOST_ARRAYS = 10_000;

/** All arrays of the archive. What they unpack to is bounded before anything is unpacked. */
export function readNpz(bytes: Uint8Array, source: string): NamedTensor[] {
  let total = 0;
  let count = 0;
  let entries: Record<string, Uint8Array>;
  try {
    entries = unzipSync(bytes, {
      filter: ({ name, originalSize }) => {
        if (!name.endsWith('.npy')) return false;
        total += originalSize;
        count += 1;
        if (total > LARGEST_CONTENT_BYTES || count > MOST_ARRAYS)
          throw new ExpectedError('input', 'measure.input.fileTooLarge', {
            file: oneLine(source),
            maximum: Math.ceil(LARGEST_CONTENT_BYTES / 2 ** 20),
          });
        return true;
      },
    });
  } catch (error) {
    if (error instanceof ExpectedError) throw error;
    throw new ExpectedError('input', 'measure.npz.malformed', { file: oneLine(source) }, { cause: error });
  }
  return Object.entries(entries).map(([entry, content]) => {
    const name = entry.slice(0, -'.npy'.length);
    return { name, source: `${source}:${name}`, value: readNpy(content, `${source}:${entry}`) };
  });
}
