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

/** This machine: what is sent to it nobody else can read or change. */
const LOOPBACK = /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/i;

/**
 * What a source is called where people see it, in reports too: a file by its name, an address without what may be a
 * secret.
 */
export function sourceName(source: string): string {
  const address = addressOf(source);
  return address ? `${address.host}${address.pathname}` : (source.split(/[\\/]/).at(-1) ?? source);
}

const addressOf = (source: string): URL | null =>
  /^https?:\/\//i.test(source) && URL.canParse(source) ? new URL(source) : null;

/**
 * Reads and checks the list before its copy is put into `folder`: a bad one leaves the copy of the last one as it was.
 * A path that is not absolute is meant from `base`.
 *
 * @throws ExpectedError (input): it cannot be read, or the first line that is wrong.
 */
export async function takePrices(source: string, base: string, folder: string): Promise<TakenPrices> {
  const content = await readSource(source, base);
  const { parsePriceList } = await import('../../core/cost/prices/priceFile.js');
  const { prices } = parsePriceList(content, sourceName(source));
  const file = path.join(folder, `prices.${/^\s*[[{]/.test(content) ? 'json' : 'csv'}`);
  await mkdir(folder, { recursive: true });
  await writeFile(`${file}.new`, content);
  await rename(`${file}.new`, file);
  return { file, count: prices.length };
}

async function readSource(source: string, base: string): Promise<string> {
  const address = addressOf(source);
  const file = sourceName(source);
  // On the way from another machine anybody could put other prices into it.
  if (address?.protocol === 'http:' && !LOOPBACK.test(address.hostname))
    throw new ExpectedError('input', 'cost.prices.plainHttp', { file });
  try {
    const content = address ? await fetched(address) : await readList(path.resolve(base, source));
    if (content !== null) return content;
  } catch (error) {
    throw new ExpectedError('input', 'cost.prices.unreadable', { file }, { cause: error });
  }
  throw new ExpectedError('input', 'cost.prices.unreadable', { file });
}

async function readList(file: string): Promise<string | null> {
  const found = await stat(file);
  return found.isFile() && found.size <= LARGEST_LIST ? readFile(file, 'utf8') : null;
}

/** Another address than the one that was named is not followed. */
async function fetched(address: URL): Promise<string | null> {
  const response = await fetch(address, { signal: AbortSignal.timeout(FETCH_MS), redirect: 'error' });
  return response.ok ? readBounded(response) : null;
}

/** null where it is too large, as soon as that is known. */
async function readBounded({ body }: Response): Promise<string | null> {
  const parts: Uint8Array[] = [];
  let size = 0;
  for await (const part of (body ?? []) as AsyncIterable<Uint8Array>) {
    size += part.byteLength;
    if (size > LARGEST_LIST) return null;
    parts.push(part);
  }
  return new TextDecoder().decode(Buffer.concat(parts));
}
