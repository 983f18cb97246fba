import { lstatSync, mkdirSync } from 'node:fs';
import { tmpdir, userInfo } from 'node:os';
import path from 'node:path';
import { ExpectedError } from '../core/common/errors.js';
import { oneLine } from '../core/common/oneLine.js';

export function folderError(folder: string, error: unknown): ExpectedError {
  const text = oneLine(error instanceof Error ? error.message : String(error));
  return new ExpectedError('runtime', 'error.worker.folder', { folder, text }, { cause: error });
}

/**
 * The folder below the system's temporary one that is this user's on this machine: the measuring lane's lock and the
 * private folders of runs. Readable by the user alone; one that somebody else made in advance is refused.
 * Throws ExpectedError('runtime').
 */
export function userFolder(root = tmpdir()): string {
  const user = userInfo();
  // Windows has no uid, and a temporary folder for each user.
  const folder = path.join(root, `inference-profiler-${user.uid >= 0 ? user.uid : 'user'}`);
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    const found = lstatSync(folder);
    if (!found.isDirectory()) throw new Error('it is not a folder');
    if (user.uid >= 0 && found.uid !== user.uid) throw new Error('it belongs to another user');
    if (user.uid >= 0 && (found.mode & 0o022) !== 0) throw new Error('others may write to it');
    return folder;
  } catch (error) {
    throw folderError(folder, error);
  }
}
