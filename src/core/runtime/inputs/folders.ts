/** Names in a folder, bounded and in order. */

import { opendir } from 'node:fs/promises';
import { ExpectedError } from '../../common/errors.js';
import { oneLine } from '../../common/oneLine.js';

const MOST_FILES = 10_000;

/** Sorted so that numbers count: `2.png` before `10.png`. ExpectedError when it cannot be read. */
export async function entriesOf(folder: string): Promise<string[]> {
  const names: string[] = [];
  try {
    for await (const { name } of await opendir(folder)) {
      if (!name.startsWith('.')) names.push(name);
      if (names.length >= MOST_FILES) break;
    }
  } catch (error) {
    const cause = error instanceof Error && 'code' in error ? String(error.code) : 'unknown';
    const params = { folder: oneLine(folder), cause };
    throw new ExpectedError('input', 'measure.input.folderUnreadable', params, { cause: error });
  }
  const { compare } = new Intl.Collator('en', { numeric: true });
  return names.sort((a, b) => compare(a, b) || (a < b ? -1 : 1));
}
