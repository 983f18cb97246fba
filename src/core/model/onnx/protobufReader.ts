import { ExpectedError } from '../../common/errors.js';
import type { FileSource } from '../fileSource.js';
import { ReadBudget } from '../readBudget.js';

/** Wire types of protobuf; 3 and 4 (groups) do not occur in ONNX. */
export const VARINT = 0;
export const FIXED64 = 1;
export const LENGTH = 2;
export const FIXED32 = 5;

/** Large enough for a node with its names, small enough that jumping over weights costs little. */
const WINDOW_BYTES = 8 * 1024;
/** Where nothing was jumped over for long: fewer reads. */
const LARGEST_WINDOW_BYTES = 64 * 1024;
/** Longest text; names are short, but some exporters put a vocabulary into the metadata. */
const MAXIMUM_TEXT_BYTES = 16 * 1024 * 1024;
/** Places for names that were read, a power of two; two that fall on the same one take turns. */
const RECENT_NAMES = 2 ** 15;
const LONGEST_RECENT = 256;
const TWO_32 = 2 ** 32;
const SHORT = 4;

/**
 * `list` with one more. Lists of a graph are short and many: a copy of the exact length is small, what `push` sets aside
 * for growth would be most of the memory of a large graph.
 */
export function append<T>(list: T[], item: T): T[] {
  if (list.length === 0) return [item];
  if (list.length < SHORT) return [...list, item];
  list.push(item);
  return list;
}

function slotOf(bytes: Uint8Array, start: number, length: number): number {
  let hash = length;
  for (let at = start; at < start + length; at++) hash = (Math.imul(hash, 31) + bytes[at]!) | 0;
  return (hash ^ (hash >>> 15)) & (RECENT_NAMES - 1);
}

/** Whether the bytes are `text` in ASCII. */
function isText(text: string, bytes: Uint8Array, start: number, length: number): boolean {
  if (text.length !== length) return false;
  for (let at = 0; at < length; at++) {
    const byte = bytes[start + at]!;
    if (byte > 0x7f || text.charCodeAt(at) !== byte) return false;
  }
  return true;
}

/**
 * Protobuf fields from a file through one small window. A position is a byte offset in the file; what is not asked
 * for is stepped over by position and never read.
 */
export class ProtobufReader {
  readonly #window = Buffer.allocUnsafe(LARGEST_WINDOW_BYTES);
  /** What is read next: more each time, until something is jumped over. */
  #ahead = WINDOW_BYTES;
  #windowStart = 0;
  #filled = 0;
  #at = 0;
  /** Names by their bytes: most are read again, and need then not be made into a text. */
  readonly #recent = new Array<string>(RECENT_NAMES).fill('');
  readonly budget: ReadBudget;

  constructor(readonly source: FileSource) {
    this.budget = new ReadBudget(source.path);
  }

  get position(): number {
    return this.#windowStart + this.#at;
  }

  set position(position: number) {
    const at = position - this.#windowStart;
    if (at >= 0 && at <= this.#filled) {
      this.#at = at;
    } else {
      this.#windowStart = position;
      this.#filled = 0;
      this.#at = 0;
      this.#ahead = WINDOW_BYTES;
    }
  }

  /** The error for a byte that cannot stand at `offset`. */
  malformed(offset: number = this.position): ExpectedError {
    return new ExpectedError('input', 'model.error.malformed', { path: this.source.path, offset });
  }

  /** Field number and wire type, as `field << 3 | wire`. */
  tag(): number {
    const start = this.position;
    const tag = this.varint();
    if (tag < 8 || tag > 0xffffffff) throw this.malformed(start);
    return tag;
  }

  /** A 64-bit varint as a signed number; beyond 2^53 rounded. */
  varint(): number {
    const start = this.position;
    let byte = this.#byte();
    if (byte < 0x80) return byte;
    let low = byte & 0x7f;
    for (let shift = 7; shift < 28; shift += 7) {
      byte = this.#byte();
      low |= (byte & 0x7f) << shift;
      if (byte < 0x80) return low;
    }
    let middle = 0;
    for (let shift = 0; shift < 28; shift += 7) {
      byte = this.#byte();
      middle |= (byte & 0x7f) << shift;
      if (byte < 0x80) return middle * 2 ** 28 + low;
    }
    const ninth = this.#byte();
    const tenth = ninth < 0x80 ? 0 : this.#byte();
    if (tenth > 0x7f) throw this.malformed(start);
    const top = (ninth & 0x7f) | (tenth << 7);
    const high = (middle >>> 4) | (top << 24);
    return high * TWO_32 + ((low | (middle << 28)) >>> 0);
  }

  /** A 64-bit varint, exactly. */
  varint64(): bigint {
    const start = this.position;
    let value = 0n;
    for (let shift = 0n; shift < 70n; shift += 7n) {
      const byte = this.#byte();
      value |= BigInt(byte & 0x7f) << shift;
      if (byte < 0x80) return BigInt.asIntN(64, value);
    }
    throw this.malformed(start);
  }

  /** The end of a length-delimited field that must lie before `end`. */
  length(end: number): number {
    const start = this.position;
    const length = this.varint();
    const fieldEnd = this.position + length;
    if (length < 0 || fieldEnd > end) {
      throw fieldEnd > this.source.bytes ? this.source.tooShort(fieldEnd) : this.malformed(start);
    }
    return fieldEnd;
  }

  float32(): number {
    this.#need(4);
    const value = this.#window.readFloatLE(this.#at);
    this.#at += 4;
    return value;
  }

  float64(): number {
    this.#need(8);
    const value = this.#window.readDoubleLE(this.#at);
    this.#at += 8;
    return value;
  }

  /** A text; invalid UTF-8 becomes U+FFFD. */
  text(end: number): string {
    return this.#textOf(this.length(end) - this.position);
  }

  #textOf(length: number): string {
    if (length > MAXIMUM_TEXT_BYTES) throw this.malformed();
    if (length > WINDOW_BYTES) return Buffer.from(this.bytes(length)).toString('utf8');
    this.#need(length);
    const text = this.#window.toString('utf8', this.#at, this.#at + length);
    this.#at += length;
    return text;
  }

  /** A text that recurs: equal names mostly are one string, which whoever looks it up later finds faster. */
  name(end: number): string {
    const length = this.length(end) - this.position;
    if (length > LONGEST_RECENT) return this.#textOf(length);
    this.#need(length);
    const slot = slotOf(this.#window, this.#at, length);
    const recent = this.#recent[slot]!;
    if (!isText(recent, this.#window, this.#at, length)) return (this.#recent[slot] = this.#textOf(length));
    this.#at += length;
    return recent;
  }

  /** A copy of the next `length` bytes. */
  bytes(length: number): Uint8Array {
    const start = this.position;
    if (length > WINDOW_BYTES) {
      const bytes = this.source.readBytes(start, length);
      this.position = start + length;
      return bytes;
    }
    this.#need(length);
    const bytes = Uint8Array.prototype.slice.call(this.#window, this.#at, this.#at + length);
    this.#at += length;
    return bytes;
  }

  /** `values` with a repeated int64, packed or one value a field. */
  integers(tag: number, end: number, values: number[]): number[] {
    if ((tag & 7) === VARINT) {
      this.budget.countItems(1);
      return append(values, this.varint());
    }
    const fieldEnd = this.length(end);
    let all = values;
    while (this.position < fieldEnd) {
      this.budget.countItems(1);
      all = append(all, this.varint());
    }
    this.finish(fieldEnd);
    return all;
  }

  /** A repeated float, packed or one value a field, appended to `values`. */
  floats(tag: number, end: number, values: number[]): void {
    if ((tag & 7) === FIXED32) {
      this.budget.countItems(1);
      values.push(this.float32());
      return;
    }
    const fieldEnd = this.length(end);
    if ((fieldEnd - this.position) % 4 !== 0) throw this.malformed();
    while (this.position < fieldEnd) {
      this.budget.countItems(1);
      values.push(this.float32());
    }
  }

  /** Steps over the value of a field that is not asked for. */
  skip(tag: number, end: number): void {
    const start = this.position;
    switch (tag & 7) {
      case VARINT:
        this.varint();
        break;
      case FIXED64:
        this.position = start + 8;
        break;
      case LENGTH:
        this.position = this.length(end);
        break;
      case FIXED32:
        this.position = start + 4;
        break;
      default:
        throw this.malformed(start - 1);
    }
    if (this.position > end) throw this.malformed(start);
  }

  /** A message was read to `end` and not beyond. */
  finish(end: number): void {
    if (this.position !== end) throw this.malformed(end);
  }

  #byte(): number {
    if (this.#at >= this.#filled) this.#need(1);
    return this.#window[this.#at++]!;
  }

  /** Makes the next `count` bytes (at most a window) available. */
  #need(count: number): void {
    if (this.#at + count <= this.#filled) return;
    this.#windowStart += this.#at;
    this.#at = 0;
    this.#filled = this.source.readInto(this.#window, this.#ahead, this.#windowStart);
    this.#ahead = Math.min(2 * this.#ahead, LARGEST_WINDOW_BYTES);
    if (this.#filled < count) throw this.source.tooShort(this.#windowStart + count);
  }
}
