import { ExpectedError } from '../../common/errors.js';

/** Protobuf, and so an ONNX file, ends here. */
export const MAXIMUM_FILE_BYTES = 2 ** 31 - 1;

export function tooLargeToWrite(): ExpectedError {
  return new ExpectedError('input', 'model.error.tooLargeToWrite');
}

/** Writes protobuf fields into one growing buffer. Tags are `number << 3 | wire type`. */
export class ProtobufWriter {
  #buffer = Buffer.allocUnsafe(64 * 1024);
  #at = 0;

  /** What was written. */
  finish(): Uint8Array {
    return this.#buffer.subarray(0, this.#at);
  }

  /** A varint field; negative numbers as 64-bit two's complement, beyond 64 bits the nearest there is. */
  integer(tag: number, value: number): void {
    this.varint(tag);
    this.varint(value);
  }

  float32(tag: number, value: number): void {
    this.varint(tag);
    this.#reserve(4);
    this.#at = this.#buffer.writeFloatLE(value, this.#at);
  }

  text(tag: number, value: string): void {
    const length = Buffer.byteLength(value);
    this.varint(tag);
    this.varint(length);
    this.#reserve(length);
    this.#at += this.#buffer.write(value, this.#at, 'utf8');
  }

  /** A field that protobuf leaves out when it is empty. */
  optionalText(tag: number, value: string): void {
    if (value !== '') this.text(tag, value);
  }

  bytes(tag: number, value: Uint8Array): void {
    this.varint(tag);
    this.varint(value.length);
    this.raw(value);
  }

  /** A nested message, written by `content`. */
  message(tag: number, content: () => void): void {
    this.varint(tag);
    this.#reserve(1);
    const start = ++this.#at;
    content();
    const length = this.#at - start;
    const more = varintBytes(length) - 1;
    if (more > 0) {
      this.#reserve(more);
      this.#buffer.copyWithin(start + more, start, this.#at);
    }
    this.#at = start - 1;
    this.varint(length);
    this.#at += length;
  }

  /** Bytes that are encoded already. */
  raw(value: Uint8Array): void {
    this.#reserve(value.length);
    this.#buffer.set(value, this.#at);
    this.#at += value.length;
  }

  varint(value: number): void {
    this.#reserve(10);
    if (value < 0 || value > Number.MAX_SAFE_INTEGER) {
      this.#wideVarint(value);
      return;
    }
    let rest = value;
    while (rest >= 0x80) {
      this.#buffer[this.#at++] = (rest % 0x80) | 0x80;
      rest = Math.floor(rest / 0x80);
    }
    this.#buffer[this.#at++] = rest;
  }

  #wideVarint(value: number): void {
    // 2^63 is what the largest int64 is read as: the commonest way to write "to the end" in a Slice.
    const clamped = value >= 2 ** 63 ? 2n ** 63n - 1n : BigInt(Math.max(value, -(2 ** 63)));
    let rest = BigInt.asUintN(64, clamped);
    while (rest >= 0x80n) {
      this.#buffer[this.#at++] = Number(rest & 0x7fn) | 0x80;
      rest >>= 7n;
    }
    this.#buffer[this.#at++] = Number(rest);
  }

  #reserve(bytes: number): void {
    const needed = this.#at + bytes;
    if (needed <= this.#buffer.length) return;
    if (needed > MAXIMUM_FILE_BYTES) throw tooLargeToWrite();
    const grown = Buffer.allocUnsafe(Math.min(Math.max(needed, this.#buffer.length * 2), MAXIMUM_FILE_BYTES));
    this.#buffer.copy(grown, 0, 0, this.#at);
    this.#buffer = grown;
  }
}

function varintBytes(value: number): number {
  let count = 1;
  for (let rest = value; rest >= 0x80; rest = Math.floor(rest / 0x80)) count++;
  return count;
}
