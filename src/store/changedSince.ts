import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';

import type { Report } from '../protocol/report.js';

const CHUNK_BYTES = 2 ** 20;
const known = new Map<string, { key: string; sha256: string }>();

/** SHA-256 of a file, read in chunks so that the host stays free; remembered until size or time change. */
export async function contentSha256(path: string): Promise<string> {
  const { size, mtimeMs } = await stat(path);
  const key = `${size} ${mtimeMs}`;
  const remembered = known.get(path);
  if (remembered?.key === key) return remembered.sha256;
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(path, { highWaterMark: CHUNK_BYTES })) hash.update(chunk as Buffer);
  const sha256 = hash.digest('hex');
  known.set(path, { key, sha256 });
  return sha256;
}

/** What tells one content from another without opening the report itself. */
export interface Profiled {
  createdAt: string;
  /** null where only a trace of the model was read. */
  fileBytes: number | null;
  contentSha256: string | null;
}

export const profiledOf = (report: Report): Profiled => ({
  createdAt: report.createdAt,
  fileBytes: report.model.fileBytes,
  contentSha256: report.model.contentSha256,
});

/**
 * Whether the file is another one than was profiled; a file that is gone counts as unchanged. The content is read
 * only where size and time leave it open: a checkout touches files without changing them.
 */
export async function hasChangedSince(profiled: Profiled, path: string): Promise<boolean> {
  const found = await stat(path).catch(() => null);
  if (!found) return false;
  if (profiled.fileBytes === null) return false;
  if (found.size !== profiled.fileBytes) return true;
  if (found.mtimeMs <= Date.parse(profiled.createdAt)) return false;
  return profiled.contentSha256 === null || (await contentSha256(path)) !== profiled.contentSha256;
}
