/** Reads one entry of a git index (`.git/index`, versions 2 to 4) without git. */

import { closeSync, openSync, readSync, fstatSync } from 'node:fs';

const MAXIMUM_INDEX_BYTES = 256 * 2 ** 20;
const SHA1_BYTES = 20;
const SHA256_BYTES = 32;
/** Times, device, inode, mode, owner and size, before the object's name. */
const STAT_BYTES = 40;
const EXTENDED = 0x4000;

export interface IndexEntry {
  /** Of the file when git last looked; 32 bits, as git keeps them. */
  modifiedSeconds: number;
  size: number;
}

/** null when the path is not in it, or the index cannot be read. `file` is relative to the work tree, with '/'. */
export function findIndexEntry(index: string, file: string, objectFormat: 'sha1' | 'sha256'): IndexEntry | null {
  const bytes = readBounded(index);
  if (!bytes || bytes.length < 12 || bytes.toString('latin1', 0, 4) !== 'DIRC') return null;
  const version = bytes.readUInt32BE(4);
  if (version < 2 || version > 4) return null;
  const wanted = Buffer.from(file);
  const nameOffset = STAT_BYTES + (objectFormat === 'sha256' ? SHA256_BYTES : SHA1_BYTES) + 2;
  try {
    return search(bytes, version, bytes.readUInt32BE(8), nameOffset, wanted);
  } catch (error) {
    // A read beyond the end: the index is damaged.
    if (error instanceof RangeError) return null;
    throw error;
  }
}

function search(bytes: Buffer, version: number, count: number, nameOffset: number, wanted: Buffer): IndexEntry | null {
  let offset = 12;
  let previous: Buffer = Buffer.alloc(0);
  for (let entry = 0; entry < count && offset < bytes.length; entry++) {
    const start = offset;
    const extended = (bytes.readUInt16BE(start + nameOffset - 2) & EXTENDED) !== 0;
    offset = start + nameOffset + (extended ? 2 : 0);
    let kept = 0;
    if (version === 4) {
      const prefix = readVariable(bytes, offset);
      kept = previous.length - prefix.value;
      offset = prefix.end;
    }
    const end = bytes.indexOf(0, offset);
    if (end === -1 || kept < 0) return null;
    const name =
      kept === 0
        ? bytes.subarray(offset, end)
        : Buffer.concat([previous.subarray(0, kept), bytes.subarray(offset, end)]);
    if (name.equals(wanted))
      return { modifiedSeconds: bytes.readUInt32BE(start + 8), size: bytes.readUInt32BE(start + 36) };
    previous = name;
    // Up to version 3, one to eight zeros fill an entry up to a multiple of eight bytes.
    offset = version === 4 ? end + 1 : start + (Math.floor((end - start) / 8) + 1) * 8;
  }
  return null;
}

/** Git's variable width number, as in offset deltas. */
function readVariable(bytes: Buffer, start: number): { value: number; end: number } {
  let offset = start;
  let byte = bytes.readUInt8(offset++);
  let value = byte & 0x7f;
  while (byte & 0x80) {
    byte = bytes.readUInt8(offset++);
    value = (value + 1) * 128 + (byte & 0x7f);
  }
  return { value, end: offset };
}

function readBounded(file: string): Buffer | null {
  try {
    const descriptor = openSync(file, 'r');
    try {
      const { size } = fstatSync(descriptor);
      if (size > MAXIMUM_INDEX_BYTES) return null;
      const bytes = Buffer.alloc(size);
      return bytes.subarray(0, readSync(descriptor, bytes, 0, size, 0));
    } finally {
      closeSync(descriptor);
    }
  } catch {
    return null;
  }
}
