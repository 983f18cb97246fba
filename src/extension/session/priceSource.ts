/** A price list that the user names: a file, or an address that is fetched once, now, and nowhere else. */

import { mkdir, readFile, rename, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';

import { ExpectedError } from '../../core/common/errors.js';

const FETCH_MS = 20_000;
const LARGEST_LIST = 8 * 2 ** 20;

export interface TakenPrices {
  /** The copy that is in force from now on. */
  file: string;
  count: number;
}

/**
 * Reads and checks the list before its copy is put into `folder`: a bad one leaves the copy of the last one as it was.
 * A path that is not absolute is meant from `base`.
 *
 * @throws ExpectedError (input): it cannot be read, or the first line that is wrong.
 */
export async function takePrices(source: string, base: string, folder: string): Promise<TakenPrices> {
  const content = await readSource(source, base);
  const { parsePriceList } = await import('../../core/cost/prices/priceFile.js');
  const { prices } = parsePriceList(content, source);
  const file = path.join(folder, `prices.${/^\s*[[{]/.test(content) ? 'json' : 'csv'}`);
  await mkdir(folder, { recursive: true });
  await writeFile(`${file}.new`, content);
  await rename(`${file}.new`, file);
  return { file, count: prices.length };
}

async function readSource(source: string, base: string): Promise<string> {
  try {
    const content = /^https:\/\//i.test(source) ? await fetched(source) : await readList(path.resolve(base, source));
    if (content !== null) return content;
  } catch (error) {
    throw new ExpectedError('input', 'cost.prices.unreadable', { file: source }, { cause: error });
  }
  throw new ExpectedError('input', 'cost.prices.unreadable', { file: source });
}

async function readList(file: string): Promise<string | null> {
  const found = await stat(file);
  return found.isFile() && found.size <= LARGEST_LIST ? readFile(file, 'utf8') : null;
}

/** Another address than the one that was named is not followed. */
async function fetched(address: string): Promise<string | null> {
  const response = await fetch(address, { signal: AbortSignal.timeout(FETCH_MS), redirect: 'error' });
  const content = response.ok ? await response.text() : null;
  return content !== null && content.length <= LARGEST_LIST ? content : null;
}
