import { ExpectedError } from '../../common/errors.js';
import type { FileSource } from '../fileSource.js';
import { ReadBudget } from '../readBudget.js';

const PAGE_BYTES = 4096;
/** Tables lie close to what they refer to: few pages serve. */
const MAXIMUM_PAGES = 256;
const MAXIMUM_TEXT_BYTES = 16 * 1024 * 1024;

/**
 * A flatbuffer read from its file by position, each access checked against the file's size. The published package
 * wants the whole file in memory and trusts it; this reads pages, never weights, from files that nobody vouched for.
 */
export class FlatBuffer {
  readonly budget: ReadBudget;
  readonly #pages = new Map<number, DataView>();

  constructor(readonly source: FileSource) {
    this.budget = new ReadBudget(source.path);
  }

  /** The error for data that cannot stand at `offset`. */
  malformed(offset: number): ExpectedError {
    return new ExpectedError('input', 'model.error.malformedOrt', { path: this.source.path, offset });
  }

  root(): Table {
    return new Table(this, this.uint32(0));
  }

  uint8(position: number): number {
    this.#check(position, 1);
    return this.#page(position).getUint8(position % PAGE_BYTES);
  }

  uint16(position: number): number {
    return this.uint8(position) | (this.uint8(position + 1) << 8);
  }

  uint32(position: number): number {
    this.#check(position, 4);
    const at = position % PAGE_BYTES;
    if (at + 4 <= PAGE_BYTES) return this.#page(position).getUint32(at, true);
    return this.uint16(position) + this.uint16(position + 2) * 0x10000;
  }

  int32(position: number): number {
    return this.uint32(position) | 0;
  }

  float32(position: number): number {
    const scratch = new DataView(new ArrayBuffer(4));
    scratch.setUint32(0, this.uint32(position));
    return scratch.getFloat32(0);
  }

  /** Beyond 2^53 rounded. */
  int64(position: number): number {
    return this.int32(position + 4) * 2 ** 32 + this.uint32(position);
  }

  /** A length-prefixed text. */
  text(position: number): string {
    const length = this.uint32(position);
    if (length > MAXIMUM_TEXT_BYTES) throw this.malformed(position);
    this.#check(position + 4, length);
    const at = (position + 4) % PAGE_BYTES;
    if (at + length <= PAGE_BYTES) {
      const page = this.#page(position + 4);
      return Buffer.from(page.buffer, at, length).toString('utf8');
    }
    return Buffer.from(this.source.readBytes(position + 4, length)).toString('utf8');
  }

  /** Start and length of a vector whose elements take `elementBytes` each. */
  vector(position: number, elementBytes: number): { start: number; length: number } {
    const length = this.uint32(position);
    this.#check(position + 4, length * elementBytes);
    return { start: position + 4, length };
  }

  #check(position: number, bytes: number): void {
    if (position < 0 || position + bytes > this.source.bytes) throw this.malformed(position);
  }

  #page(position: number): DataView {
    const number = Math.floor(position / PAGE_BYTES);
    const known = this.#pages.get(number);
    if (known !== undefined) return known;
    if (this.#pages.size >= MAXIMUM_PAGES) this.#pages.clear();
    const bytes = new Uint8Array(PAGE_BYTES);
    this.source.readInto(bytes, PAGE_BYTES, number * PAGE_BYTES);
    const page = new DataView(bytes.buffer);
    this.#pages.set(number, page);
    return page;
  }
}

/** A flatbuffers table. Fields are asked for by their place in the table's list of offsets: 4, 6, 8 … */
export class Table {
  readonly #vtable: number;
  readonly #vtableBytes: number;

  constructor(
    readonly buffer: FlatBuffer,
    readonly position: number,
  ) {
    this.#vtable = position - buffer.int32(position);
    this.#vtableBytes = buffer.uint16(this.#vtable);
  }

  uint8(field: number): number {
    const at = this.#field(field);
    return at === 0 ? 0 : this.buffer.uint8(at);
  }

  int32(field: number): number {
    const at = this.#field(field);
    return at === 0 ? 0 : this.buffer.int32(at);
  }

  int64(field: number): number {
    const at = this.#field(field);
    return at === 0 ? 0 : this.buffer.int64(at);
  }

  float32(field: number): number {
    const at = this.#field(field);
    return at === 0 ? 0 : this.buffer.float32(at);
  }

  text(field: number): string {
    const at = this.#reference(field);
    return at === null ? '' : this.buffer.text(at);
  }

  table(field: number): Table | null {
    const at = this.#reference(field);
    return at === null ? null : new Table(this.buffer, at);
  }

  /** The elements of a vector of numbers or references; the callback reads at a position. */
  list<T>(field: number, elementBytes: number, read: (position: number) => T): T[] {
    const range = this.range(field, elementBytes);
    if (range === null) return [];
    this.buffer.budget.countItems(range.length);
    return Array.from({ length: range.length }, (_, index) => read(range.start + index * elementBytes));
  }

  tables<T>(field: number, read: (table: Table) => T): T[] {
    return this.list(field, 4, (position) => read(new Table(this.buffer, position + this.buffer.uint32(position))));
  }

  texts(field: number): string[] {
    return this.list(field, 4, (position) => this.buffer.text(position + this.buffer.uint32(position)));
  }

  /** Where a vector lies; null when it is absent. */
  range(field: number, elementBytes: number): { start: number; length: number } | null {
    const at = this.#reference(field);
    return at === null ? null : this.buffer.vector(at, elementBytes);
  }

  #reference(field: number): number | null {
    const at = this.#field(field);
    return at === 0 ? null : at + this.buffer.uint32(at);
  }

  /** Position of a field; 0 when it has its default. */
  #field(field: number): number {
    if (field + 2 > this.#vtableBytes) return 0;
    const offset = this.buffer.uint16(this.#vtable + field);
    return offset === 0 ? 0 : this.position + offset;
  }
}
