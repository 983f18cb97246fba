/** SHA-256 of the model file, streamed, and remembered by path, size and time of change. */

import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import path from 'node:path';
import { remember, remembered } from './cacheFile.js';

const CHUNK_BYTES = 1 << 20;
const HASH = /^[0-9a-f]{64}$/;

async function streamHash(file: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(file, { highWaterMark: CHUNK_BYTES })) hash.update(chunk as Buffer);
  return hash.digest('hex');
}

/** A name for what the file was when it was hashed; nanoseconds, since editors save twice a second. */
async function entryName(file: string): Promise<string> {
  const { size, mtimeNs, ctimeNs } = await stat(file, { bigint: true });
  const identity = `${path.resolve(file)}\n${size}\n${mtimeNs}\n${ctimeNs}`;
  return `sha256-${createHash('sha256').update(identity).digest('hex').slice(0, 32)}`;
}

/** What a file was at one time, to tell later whether its content may be another one. */
export interface FileVersion {
  size: bigint;
  mtimeNs: bigint;
}

/** Throws what the file system says. */
export async function fileVersion(file: string): Promise<FileVersion> {
  const { size, mtimeNs } = await stat(file, { bigint: true });
  return { size, mtimeNs };
}

/**
 * The hash of the file as it was at `version`. Throws when it may have changed since, else as `contentSha256` does.
 */
export async function contentSha256At(file: string, version: FileVersion, cacheFolder: string | null): Promise<string> {
  const hash = await contentSha256(file, cacheFolder);
  const { size, mtimeNs } = await fileVersion(file);
  if (size !== version.size || mtimeNs !== version.mtimeNs) throw new Error(`${path.basename(file)} changed`);
  return hash;
}

/** Throws what the file system says when the file cannot be read, or changes meanwhile. */
export async function contentSha256(file: string, cacheFolder: string | null): Promise<string> {
  const name = await entryName(file);
  if (cacheFolder !== null) {
    const known = await remembered(path.join(cacheFolder, name));
    if (HASH.test(known)) return known;
  }
  const hash = await streamHash(file);
  if ((await entryName(file)) !== name) throw new Error(`${path.basename(file)} changed while it was read`);
  if (cacheFolder !== null) await remember(path.join(cacheFolder, name), hash);
  return hash;
}
