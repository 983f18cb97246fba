import { DataTypes, elementBits, elementCount } from '../dataTypes.js';
import type { FileSource } from '../fileSource.js';
import type { TensorRef, TensorStorage } from '../graph.js';
import { FIXED32, FIXED64, LENGTH, ProtobufReader, VARINT } from './protobufReader.js';

type Typed = Extract<TensorStorage, { kind: 'typed' }>;

/** The file range of `float_data` and `double_data` that is byte for byte what raw_data would be; else null. */
export function rawRangeOf(tensor: TensorRef, storage: Typed): { offset: number; length: number } | null {
  const only = storage.ranges.length === 1 ? storage.ranges[0] : undefined;
  if (only?.packed !== true) return null;
  const sameType =
    (storage.field === 'float_data' && tensor.dataType === DataTypes.float32) ||
    (storage.field === 'double_data' && tensor.dataType === DataTypes.float64);
  const bytes = (elementCount(tensor.dims) * elementBits(tensor.dataType)) / 8;
  return sameType && only.length === bytes ? { offset: only.offset, length: only.length } : null;
}

/**
 * Elements of float_data, int32_data, … as the little-endian bytes that raw_data would hold. Values that do not fit
 * the type lose their upper bits, as in the runtime; missing ones are zero.
 */
export function typedToRaw(source: FileSource, tensor: TensorRef, storage: Typed): Uint8Array {
  const bits = elementBits(tensor.dataType);
  const count = elementCount(tensor.dims);
  const bytes = new Uint8Array(Math.ceil((count * bits) / 8));
  const view = new DataView(bytes.buffer);
  const perElement = Math.max(1, bits / 8);
  // Types below a byte are packed into int32_data as bytes, two or four elements each.
  const slots = Math.floor(bytes.length / perElement);
  let slot = 0;
  for (const value of typedValues(source, storage)) {
    if (slot >= slots && !isComplexPart(tensor.dataType, slot, slots)) break;
    writeValue(view, slot++, value, storage.field, tensor.dataType, perElement);
  }
  return bytes;
}

/** Complex elements are two numbers each. */
function isComplexPart(dataType: number, slot: number, slots: number): boolean {
  return (dataType === DataTypes.complex64 || dataType === DataTypes.complex128) && slot < slots * 2;
}

function writeValue(
  view: DataView,
  slot: number,
  value: number | bigint,
  field: Typed['field'],
  dataType: number,
  bytes: number,
): void {
  if (field === 'float_data') view.setFloat32(slot * 4, Number(value), true);
  else if (field === 'double_data') view.setFloat64(slot * 8, Number(value), true);
  else if (bytes === 8) view.setBigInt64(slot * 8, BigInt.asIntN(64, BigInt(value)), true);
  else if (bytes === 4) view.setInt32(slot * 4, Number(BigInt.asIntN(32, BigInt(value))), true);
  else if (bytes === 2) view.setInt16(slot * 2, Number(BigInt.asIntN(16, BigInt(value))), true);
  else
    view.setUint8(
      slot,
      dataType === DataTypes.bool ? Number(value !== 0n && value !== 0) : Number(BigInt.asUintN(8, BigInt(value))),
    );
}

const wireTypes: Readonly<Record<Typed['field'], number>> = {
  float_data: FIXED32,
  double_data: FIXED64,
  int32_data: VARINT,
  int64_data: VARINT,
  uint64_data: VARINT,
  string_data: LENGTH,
};

function* typedValues(source: FileSource, storage: Typed): Generator<number | bigint> {
  const reader = new ProtobufReader(source);
  const wire = wireTypes[storage.field];
  for (const range of storage.ranges) {
    reader.position = range.offset;
    const end = range.offset + range.length;
    while (reader.position < end) {
      if (wire === FIXED32) yield reader.float32();
      else if (wire === FIXED64) yield reader.float64();
      else yield reader.varint64();
    }
    reader.finish(end);
  }
}

/** string_data; `maximum` bounds the strings read. */
export function typedStrings(source: FileSource, storage: Typed, maximum: number): string[] | null {
  if (storage.field !== 'string_data' || storage.ranges.length > maximum) return null;
  const reader = new ProtobufReader(source);
  return storage.ranges.map(({ offset, length }) => {
    reader.position = offset;
    return Buffer.from(reader.bytes(length)).toString('utf8');
  });
}
