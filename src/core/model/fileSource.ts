import { closeSync, fstatSync, openSync, readSync, statSync } from 'node:fs';
import { ExpectedError } from '../common/errors.js';

/** Small beside what reading any of it costs. */
const BLOCK_BYTES = 16 * 1024;

/** A file opened for reading at positions. Its size is taken once; what it later grows by is not seen. */
export class FileSource {
  readonly bytes: number;
  readonly #descriptor: number;
  /** What `readNear` read last. */
  #block: { position: number; bytes: Uint8Array<ArrayBuffer>; filled: number } | null = null;

  /** Throws `ExpectedError` when the path is missing, no regular file, or not readable. */
  constructor(readonly path: string) {
    try {
      // Before it is opened: opening a pipe would wait for its writer.
      if (!statSync(path).isFile()) throw new ExpectedError('input', 'model.error.notAFile', { path });
      this.#descriptor = openSync(path, 'r');
    } catch (error) {
      throw error instanceof ExpectedError ? error : openingError(path, error);
    }
    this.bytes = fstatSync(this.#descriptor).size;
  }

  /** Fills `target[0, length)` from `position` as far as the file goes; the number of bytes read. */
  readInto(target: Uint8Array, length: number, position: number): number {
    let done = 0;
    while (done < length) {
      const count = readSync(this.#descriptor, target, done, length - done, position + done);
      if (count === 0) break;
      done += count;
    }
    return done;
  }

  /** A copy of the bytes; throws `ExpectedError` when the file ends before them. */
  readBytes(position: number, length: number): Uint8Array<ArrayBuffer> {
    if (position + length > this.bytes) throw this.tooShort(position + length);
    const bytes = new Uint8Array(length);
    if (this.readInto(bytes, length, position) !== length) throw this.tooShort(position + length);
    return bytes;
  }

  /** As `readBytes`, for a few bytes of many that lie close together: what is read along with them is kept. */
  readNear(position: number, length: number): Uint8Array<ArrayBuffer> {
    const { buffer, byteOffset } = this.viewNear(position, length);
    const isShared = buffer === this.#block?.bytes.buffer;
    return new Uint8Array(isShared ? buffer.slice(byteOffset, byteOffset + length) : buffer);
  }

  /** The same without a copy, to be read before anything else of the file is. */
  viewNear(position: number, length: number): DataView<ArrayBuffer> {
    const block = position - (position % BLOCK_BYTES);
    if (position + length > Math.min(block + BLOCK_BYTES, this.bytes))
      return new DataView(this.readBytes(position, length).buffer);
    if (this.#block?.position !== block) {
      const bytes = this.#block?.bytes ?? new Uint8Array(BLOCK_BYTES);
      this.#block = { position: block, bytes, filled: this.readInto(bytes, BLOCK_BYTES, block) };
    }
    const { bytes, filled } = this.#block;
    if (position - block + length > filled) throw this.tooShort(position + length);
    return new DataView(bytes.buffer, position - block, length);
  }

  /** The error for data that should reach to `needed` and does not. */
  tooShort(needed: number): ExpectedError {
    return new ExpectedError('input', 'model.error.truncated', {
      path: this.path,
      needed,
      bytes: this.bytes,
    });
  }

  close(): void {
    closeSync(this.#descriptor);
  }
}

function openingError(path: string, cause: unknown): ExpectedError {
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : '';
  if (code === 'ENOENT' || code === 'ENOTDIR')
    return new ExpectedError('input', 'model.error.missing', { path }, { cause });
  return new ExpectedError('input', 'model.error.unreadable', { path, cause: code || 'unknown' }, { cause });
}
