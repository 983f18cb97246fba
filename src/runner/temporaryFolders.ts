/** Private folders of runs: made for one process, removed when it is gone, swept when its maker died first. */

import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { ownIdentity, parseIdentity, stateOf } from './processIdentity.js';

const PREFIX = 'run-';
const OWNER_FILE = 'owner.json';
/** Age at which a folder goes whose maker cannot be told. */
const ABANDONED_AFTER_MS = 24 * 3600 * 1000;

/** mkdtemp makes it for the user alone (0700). */
export async function createTemporaryFolder(root: string): Promise<string> {
  const folder = await mkdtemp(path.join(root, PREFIX));
  await writeFile(path.join(folder, OWNER_FILE), JSON.stringify(ownIdentity()), { mode: 0o600 });
  return folder;
}

/** Never throws: what cannot be removed now is swept later. Windows lets go of a dead process's files with a delay. */
export async function removeTemporaryFolder(folder: string): Promise<void> {
  await rm(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 }).catch(() => undefined);
}

async function isAbandoned(folder: string): Promise<boolean> {
  try {
    const text = await readFile(path.join(folder, OWNER_FILE), 'utf8');
    const owner = parseIdentity(JSON.parse(text) as unknown);
    const state = owner ? stateOf(owner) : 'unknown';
    if (state !== 'unknown') return state === 'gone';
  } catch {
    // No owner file, or half of one: its maker may just be at it; age decides.
  }
  const found = await stat(folder).catch(() => null);
  return found !== null && Date.now() - found.mtimeMs > ABANDONED_AFTER_MS;
}

/** Removes what processes that are gone left behind: a killed editor, a crash, a power cut. */
export async function sweepTemporaryFolders(root: string): Promise<void> {
  const names = await readdir(root).catch(() => []);
  for (const name of names.filter((each) => each.startsWith(PREFIX))) {
    const folder = path.join(root, name);
    if (await isAbandoned(folder)) await removeTemporaryFolder(folder);
  }
}
