import type { FileFormat } from '../../../protocol/scan.js';
import type { FileSource } from '../fileSource.js';

/** The end record is 22 bytes with a comment of up to 64 KiB behind it. */
const MAXIMUM_END_BYTES = 22 + 0xffff;
const END_SIGNATURE = 0x06054b50;
const ENTRY_SIGNATURE = 0x02014b50;
const ENTRY_BYTES = 46;
/** Directories of models are small; this much of one tells what it is. */
const MAXIMUM_DIRECTORY_BYTES = 1024 * 1024;

/** What a zip file is, by the names in its directory; null when it is no model known here. */
export function detectZip(source: FileSource): FileFormat | null {
  const names = entryNames(source);
  const has = (pattern: RegExp): boolean => names.some((name) => pattern.test(name));
  if (has(/^model\.weights\.h5$/) || (has(/^config\.json$/) && has(/^metadata\.json$/))) return 'keras';
  if (has(/(^|\/)constants\.pkl$/) || has(/(^|\/)code\//)) return 'torchscript';
  return has(/(^|\/)data\.pkl$/) ? 'pytorch' : null;
}

function entryNames(source: FileSource): string[] {
  const tailBytes = Math.min(MAXIMUM_END_BYTES, source.bytes);
  const tail = Buffer.alloc(tailBytes);
  source.readInto(tail, tailBytes, source.bytes - tailBytes);
  const end = lastIndexOf(tail, END_SIGNATURE);
  if (end === -1 || end + 22 > tailBytes) return [];
  // Archives of 4 GiB and more note their directory elsewhere, just before these records.
  const declared = tail.readUInt32LE(end + 16);
  const size = tail.readUInt32LE(end + 12);
  if (declared === 0xffffffff || declared + size > source.bytes) return namesIn(tail);
  const directory = Buffer.alloc(Math.min(size, MAXIMUM_DIRECTORY_BYTES));
  source.readInto(directory, directory.length, declared);
  return namesIn(directory);
}

function lastIndexOf(buffer: Buffer, signature: number): number {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(signature);
  return buffer.lastIndexOf(bytes);
}

/** Names of the entries from the first directory record in `bytes` on. */
function namesIn(bytes: Buffer): string[] {
  const signature = Buffer.alloc(4);
  signature.writeUInt32LE(ENTRY_SIGNATURE);
  const names: string[] = [];
  let at = bytes.indexOf(signature);
  while (at !== -1 && at + ENTRY_BYTES <= bytes.length && bytes.readUInt32LE(at) === ENTRY_SIGNATURE) {
    const nameBytes = bytes.readUInt16LE(at + 28);
    names.push(bytes.toString('utf8', at + ENTRY_BYTES, at + ENTRY_BYTES + nameBytes));
    at += ENTRY_BYTES + nameBytes + bytes.readUInt16LE(at + 30) + bytes.readUInt16LE(at + 32);
  }
  return names;
}
