/** Lines of text files: one line is one sample. */

import { ExpectedError } from '../../common/errors.js';
import { oneLine } from '../../common/oneLine.js';
import { readBounded } from './files.js';

export const TEXT_EXTENSIONS: readonly string[] = ['.txt', '.text'];

const LARGEST_FILE_BYTES = 16 * 2 ** 20;
const MOST_LINES = 100_000;
/** Far more than any sequence that a model takes; the rest of a line would be cut off as tokens. */
const LONGEST_LINE = 200_000;

/** Lines that are not blank, from all files in their order. ExpectedError when there are none, or a file is no text. */
export async function readLines(files: readonly string[], label: string): Promise<string[]> {
  const lines: string[] = [];
  for (const file of files) {
    if (lines.length >= MOST_LINES) break;
    lines.push(...linesOf(await readBounded(file, LARGEST_FILE_BYTES), file));
  }
  if (lines.length === 0) throw new ExpectedError('input', 'measure.text.empty', { folder: oneLine(label) });
  return lines.slice(0, MOST_LINES);
}

function linesOf(bytes: Uint8Array, file: string): string[] {
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (error) {
    throw new ExpectedError('input', 'measure.text.notUtf8', { file: oneLine(file) }, { cause: error });
  }
  return text
    .split(/\r\n|\r|\n/, MOST_LINES)
    .map((line) => line.trim().slice(0, LONGEST_LINE))
    .filter((line) => line !== '');
}
