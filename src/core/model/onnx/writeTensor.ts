import { statSync } from 'node:fs';
import path from 'node:path';
import type { FileConstants } from '../constants.js';
import { tensorBytes } from '../dataTypes.js';
import { ExpectedError } from '../../common/errors.js';
import { resolveExternalData, weightsFolder } from '../externalData.js';
import type { FileRange, ModelGraph, SparseTensorRef, TensorRef } from '../graph.js';
import { EntryField, SparseTensorField, TensorField } from './fields.js';
import { MAXIMUM_FILE_BYTES, tooLargeToWrite, type ProtobufWriter } from './protobufWriter.js';
import { rawRangeOf } from './typedData.js';

export type WeightsMode = 'inline' | 'reference';

/** Takes the large weights of a model, one after the other, for a file beside it. */
export interface WeightsSink {
  /** The file, as the model names it. */
  location: string;
  /** Where the bytes lie in it from now on. */
  append(bytes: Uint8Array): number;
}

/** Smaller tensors are written out: a runtime folds shapes and scalars, and each reference costs it a file access. */
const SMALLEST_REFERENCE_BYTES = 1024;
const EXTERNAL = 1;

/** Writes TensorProtos: elements out, or as a reference to where they lie. */
export class TensorWriter {
  readonly #folder: string;
  readonly #locations = new Map<string | null, string>();
  readonly #linked = new Map<string | null, boolean>();

  constructor(
    private readonly writer: ProtobufWriter,
    private readonly model: Pick<ModelGraph, 'path'>,
    private readonly constants: FileConstants,
    private readonly weights: WeightsMode | WeightsSink,
  ) {
    this.#folder = model.path === '' ? '' : weightsFolder(model);
  }

  /** Whether an initializer's bytes stay, or come to stand, in another file. */
  isReference(tensor: TensorRef): boolean {
    if (typeof this.weights === 'string') return this.#referenceOf(tensor) !== null;
    return (tensorBytes(tensor.dataType, tensor.dims) ?? 0) >= SMALLEST_REFERENCE_BYTES;
  }

  /** Where the tensor's bytes lie raw in a file, if it is to be written as a reference; else null. */
  #referenceOf(tensor: TensorRef): FileRange | null {
    if (this.weights !== 'reference') return null;
    const range = rawRange(tensor);
    return range !== null && range.length >= SMALLEST_REFERENCE_BYTES ? range : null;
  }

  /** `mode` 'inline' for tensors in attributes, which may not be external; `nested` for those of a graph in a node. */
  write(tag: number, tensor: TensorRef, mode: WeightsMode, nested = false): void {
    const { writer } = this;
    writer.message(tag, () => {
      for (const dim of tensor.dims) writer.integer(TensorField.dims, dim);
      writer.integer(TensorField.dataType, tensor.dataType);
      writer.optionalText(TensorField.name, tensor.name);
      let reference = mode === 'reference' ? (this.#referenceOf(tensor) ?? this.#appended(tensor)) : null;
      if (nested && reference && this.#isRefusedNested(reference)) reference = null;
      if (reference === null) this.#writeElements(tensor);
      else this.#writeReference(reference);
    });
  }

  /** null where there is no file beside the model, or the tensor is not one for it. */
  #appended(tensor: TensorRef): FileRange | null {
    if (typeof this.weights === 'string' || !this.isReference(tensor)) return null;
    const bytes = this.constants.readBytes(tensor, Infinity);
    return bytes && { file: null, offset: this.weights.append(bytes), length: bytes.length };
  }

  /**
   * The runtime takes weights of a nested graph from no file that has several hard links, such as package managers make
   * of what they keep in a store; those of the main graph it does.
   */
  #isRefusedNested({ file }: FileRange): boolean {
    if (this.weights !== 'reference') return false;
    const known = this.#linked.get(file);
    if (known !== undefined) return known;
    const linked = (statSync(this.#realPathOf(file), { throwIfNoEntry: false })?.nlink ?? 1) > 1;
    this.#linked.set(file, linked);
    return linked;
  }

  writeSparse(tag: number, sparse: SparseTensorRef): void {
    this.writer.message(tag, () => {
      this.write(SparseTensorField.values, sparse.values, 'inline');
      this.write(SparseTensorField.indices, sparse.indices, 'inline');
      for (const dim of sparse.dims) this.writer.integer(SparseTensorField.dims, dim);
    });
  }

  #writeElements(tensor: TensorRef): void {
    const strings = this.constants.readStrings(tensor, Infinity);
    if (strings !== null) {
      for (const text of strings) this.writer.text((TensorField.stringData << 3) | 2, text);
      return;
    }
    if ((tensorBytes(tensor.dataType, tensor.dims) ?? 0) > MAXIMUM_FILE_BYTES) throw tooLargeToWrite();
    const bytes = this.constants.readBytes(tensor, Infinity);
    // A tensor that contradicts itself is left as contradictory as it was, for the runtime to refuse.
    if (bytes !== null) this.writer.bytes(TensorField.rawData, bytes);
    else if (tensorBytes(tensor.dataType, tensor.dims) !== null && tensor.storage.kind === 'raw')
      this.writer.bytes(TensorField.rawData, this.constants.readRange(tensor.storage.range));
  }

  #writeReference(range: FileRange): void {
    const entries = {
      location: typeof this.weights === 'string' ? this.#locationOf(range.file) : this.weights.location,
      offset: String(range.offset),
      length: String(range.length),
    };
    for (const [key, value] of Object.entries(entries)) {
      this.writer.message(TensorField.externalData, () => {
        this.writer.text(EntryField.key, key);
        this.writer.text(EntryField.value, value);
      });
    }
    this.writer.integer(TensorField.dataLocation, EXTERNAL);
  }

  #realPathOf(file: string | null): string {
    const { path: modelPath } = this.model;
    return resolveExternalData(modelPath, file ?? path.basename(modelPath));
  }

  /** Relative to the weights' folder, with '/' on every system. */
  #locationOf(file: string | null): string {
    const known = this.#locations.get(file);
    if (known !== undefined) return known;
    const relative = path.relative(this.#folder, this.#realPathOf(file));
    if (relative.startsWith('..')) {
      const params = { path: this.model.path, location: file ?? relative };
      throw new ExpectedError('input', 'model.error.externalPath', params);
    }
    const location = relative.split(path.sep).join('/');
    this.#locations.set(file, location);
    return location;
  }
}

function rawRange(tensor: TensorRef): FileRange | null {
  const { storage } = tensor;
  if (storage.kind === 'raw') return storage.range;
  const range = storage.kind === 'typed' ? rawRangeOf(tensor, storage) : null;
  return range === null ? null : { file: null, ...range };
}
