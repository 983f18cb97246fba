import { tensorBytes } from '../dataTypes.js';
import type { FileRange, SparseTensorRef, TensorRef, TensorStorage } from '../graph.js';
import { EntryField, SparseTensorField, TensorField } from './fields.js';
import { LENGTH, type ProtobufReader } from './protobufReader.js';

type TypedField = Extract<TensorStorage, { kind: 'typed' }>['field'];

const typedFields: ReadonlyMap<number, TypedField> = new Map([
  [TensorField.floatData, 'float_data'],
  [TensorField.int32Data, 'int32_data'],
  [TensorField.stringData, 'string_data'],
  [TensorField.int64Data, 'int64_data'],
  [TensorField.doubleData, 'double_data'],
  [TensorField.uint64Data, 'uint64_data'],
]);
const EXTERNAL = 1;

interface Parts {
  raw: FileRange | null;
  typed: { field: TypedField; ranges: { offset: number; length: number; packed: boolean }[] } | null;
  external: Map<string, string> | null;
  isExternal: boolean;
}

/** TensorProto up to `end`: name, type and dimensions read, the elements only located. */
export function readTensor(reader: ProtobufReader, end: number): TensorRef {
  reader.budget.countEntry();
  const start = reader.position;
  const tensor: TensorRef = { name: '', dataType: 0, dims: [], storage: { kind: 'none' } };
  const parts: Parts = { raw: null, typed: null, external: null, isExternal: false };
  while (reader.position < end) readTensorField(reader, end, tensor, parts);
  reader.finish(end);
  for (const dim of tensor.dims) if (dim < 0 || !Number.isSafeInteger(dim)) throw reader.malformed(start);
  tensor.storage = storageOf(reader, start, tensor, parts);
  return tensor;
}

function readTensorField(reader: ProtobufReader, end: number, tensor: TensorRef, parts: Parts): void {
  const tag = reader.tag();
  switch (tag) {
    case TensorField.dims:
    case TensorField.dimsPacked:
      tensor.dims = reader.integers(tag, end, tensor.dims);
      return;
    case TensorField.dataType:
      tensor.dataType = reader.varint();
      return;
    case TensorField.name:
      tensor.name = reader.name(end);
      return;
    case TensorField.rawData: {
      const fieldEnd = reader.length(end);
      parts.raw = { file: null, offset: reader.position, length: fieldEnd - reader.position };
      reader.position = fieldEnd;
      return;
    }
    case TensorField.externalData: {
      const { key, value } = readEntry(reader, reader.length(end));
      (parts.external ??= new Map()).set(key, value);
      return;
    }
    case TensorField.dataLocation:
      parts.isExternal = reader.varint() === EXTERNAL;
      return;
    case TensorField.segment:
      // Chunked tensors were specified and never produced; a part of one would be taken for the whole.
      throw reader.malformed();
    default:
      readTypedField(reader, tag, end, parts);
  }
}

function readTypedField(reader: ProtobufReader, tag: number, end: number, parts: Parts): void {
  const field = typedFields.get(tag >>> 3);
  if (field === undefined) {
    reader.skip(tag, end);
    return;
  }
  if (parts.typed?.field !== field) parts.typed = { field, ranges: [] };
  const packed = (tag & 7) === LENGTH;
  let offset = reader.position;
  if (packed) {
    const fieldEnd = reader.length(end);
    offset = reader.position;
    reader.position = fieldEnd;
  } else {
    reader.skip(tag, end);
  }
  reader.budget.countItems(1);
  parts.typed.ranges.push({ offset, length: reader.position - offset, packed });
}

function storageOf(reader: ProtobufReader, start: number, tensor: TensorRef, parts: Parts): TensorStorage {
  if (parts.isExternal) return externalStorage(reader, start, tensor, parts.external ?? new Map());
  if (parts.raw !== null) return { kind: 'raw', range: parts.raw };
  if (parts.typed !== null) return { kind: 'typed', ...parts.typed };
  return { kind: 'none' };
}

function externalStorage(
  reader: ProtobufReader,
  start: number,
  tensor: TensorRef,
  entries: ReadonlyMap<string, string>,
): TensorStorage {
  const file = entries.get('location') ?? '';
  const offset = Number(entries.get('offset') ?? 0);
  const length = Number(entries.get('length') ?? tensorBytes(tensor.dataType, tensor.dims) ?? 0);
  const impossible = (value: number): boolean => !Number.isSafeInteger(value) || value < 0;
  if (file === '' || impossible(offset) || impossible(length)) throw reader.malformed(start);
  return { kind: 'raw', range: { file, offset, length } };
}

/** StringStringEntryProto. */
export function readEntry(reader: ProtobufReader, end: number): { key: string; value: string } {
  const entry = { key: '', value: '' };
  while (reader.position < end) {
    const tag = reader.tag();
    if (tag === EntryField.key) entry.key = reader.text(end);
    else if (tag === EntryField.value) entry.value = reader.text(end);
    else reader.skip(tag, end);
  }
  reader.finish(end);
  return entry;
}

/** SparseTensorProto. */
export function readSparseTensor(reader: ProtobufReader, end: number): SparseTensorRef {
  const empty: TensorRef = { name: '', dataType: 0, dims: [], storage: { kind: 'none' } };
  const sparse: SparseTensorRef = { values: empty, indices: empty, dims: [] };
  while (reader.position < end) {
    const tag = reader.tag();
    switch (tag) {
      case SparseTensorField.values:
        sparse.values = readTensor(reader, reader.length(end));
        break;
      case SparseTensorField.indices:
        sparse.indices = readTensor(reader, reader.length(end));
        break;
      case SparseTensorField.dims:
      case SparseTensorField.dimsPacked:
        sparse.dims = reader.integers(tag, end, sparse.dims);
        break;
      default:
        reader.skip(tag, end);
    }
  }
  reader.finish(end);
  return sparse;
}
