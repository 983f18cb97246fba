import { elementAt } from './elements.js';
import { DataTypes, elementCount, tensorBytes } from './dataTypes.js';
import { resolveExternalData } from './externalData.js';
import { FileSource } from './fileSource.js';
import type { FileRange, ModelGraph, TensorRef } from './graph.js';
import { rawRangeOf, typedStrings, typedToRaw } from './onnx/typedData.js';

/** Reads elements of a model's tensors from where they lie. Files are opened when first needed; `close` when done. */
export class FileConstants {
  readonly #sources = new Map<string, FileSource>();

  constructor(private readonly model: Pick<ModelGraph, 'path'>) {}

  /**
   * Elements as numbers (bool as 0 and 1; 64-bit values beyond 2^53 rounded); null when there are more than
   * `maximumElements`, for strings and complex types, and when the data does not fit the declared shape.
   */
  readNumbers(tensor: TensorRef, maximumElements: number): number[] | null {
    const count = elementCount(tensor.dims);
    const bytes = tensorBytes(tensor.dataType, tensor.dims);
    if (count > maximumElements || bytes === null) return null;
    if (count === 0) return [];
    const view = this.#viewOf(tensor, bytes);
    if (view === null) return null;
    const numbers: number[] = [];
    for (let index = 0; index < count; index++) {
      const value = elementAt(view, index, tensor.dataType);
      if (value === null) return null;
      numbers.push(value);
    }
    return numbers;
  }

  #viewOf(tensor: TensorRef, bytes: number): DataView | null {
    const { storage } = tensor;
    if (storage.kind === 'raw' && storage.range.length === bytes)
      return this.#source(storage.range.file).viewNear(storage.range.offset, bytes);
    const raw = this.readBytes(tensor, bytes);
    return raw && new DataView(raw.buffer, raw.byteOffset, raw.byteLength);
  }

  /**
   * Little-endian element bytes, packed as raw_data; null when they are more than `maximumBytes`, for strings, and
   * when the data does not fit the declared shape. Throws `ExpectedError` when a file of weights is missing or short.
   */
  readBytes(tensor: TensorRef, maximumBytes: number): Uint8Array | null {
    const bytes = tensorBytes(tensor.dataType, tensor.dims);
    const { storage } = tensor;
    if (bytes === null || bytes > maximumBytes) return null;
    switch (storage.kind) {
      case 'raw':
        return storage.range.length === bytes ? this.readRange(storage.range) : null;
      case 'bytes':
        return storage.bytes.length === bytes ? storage.bytes : null;
      case 'typed': {
        const range = rawRangeOf(tensor, storage);
        if (range !== null) return this.readRange({ file: null, ...range });
        if (!canHold(storage.ranges, elementCount(tensor.dims))) return null;
        return typedToRaw(this.#source(null), tensor, storage);
      }
      case 'none':
        return bytes === 0 ? new Uint8Array(0) : null;
      case 'strings':
        return null;
    }
  }

  /** Up to `length` bytes from the middle of a tensor; null where they cannot be had without reading all of it. */
  readSample(tensor: TensorRef, length: number): Uint8Array | null {
    const { storage } = tensor;
    if (storage.kind === 'bytes') {
      const start = Math.max(0, (storage.bytes.length - length) >> 1);
      return storage.bytes.subarray(start, start + length);
    }
    if (storage.kind !== 'raw') return null;
    const { file, offset, length: bytes } = storage.range;
    const start = Math.max(0, Math.floor((bytes - length) / 2));
    return this.readRange({ file, offset: offset + start, length: Math.min(length, bytes) });
  }

  /** Elements of a string tensor; null for other types and for more than `maximumElements`. */
  readStrings({ dataType, dims, storage }: TensorRef, maximumElements: number): string[] | null {
    if (storage.kind === 'none') return dataType === DataTypes.string && elementCount(dims) === 0 ? [] : null;
    if (storage.kind === 'strings') return storage.values.length <= maximumElements ? storage.values : null;
    return storage.kind === 'typed' ? typedStrings(this.#source(null), storage, maximumElements) : null;
  }

  /** The bytes of a range as they are. */
  readRange(range: FileRange): Uint8Array {
    return this.#source(range.file).readNear(range.offset, range.length);
  }

  /** Closes the files; reading again opens them again. */
  close(): void {
    for (const source of this.#sources.values()) source.close();
    this.#sources.clear();
  }

  #source(location: string | null): FileSource {
    const key = location ?? '';
    let source = this.#sources.get(key);
    if (source === undefined) {
      const { path } = this.model;
      source = new FileSource(location === null ? path : resolveExternalData(path, location));
      this.#sources.set(key, source);
    }
    return source;
  }
}

/** Encoded values take a byte or more, each for at most four elements: more elements than that are a false claim. */
function canHold(ranges: readonly { length: number }[], elements: number): boolean {
  return elements <= ranges.reduce((sum, { length }) => sum + length, 0) * 4;
}
