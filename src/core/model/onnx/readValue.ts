import type { DimensionRef, ValueInfo, ValueType } from '../graph.js';
import { DimensionField, ShapeField, TensorTypeField, TypeField, ValueField } from './fields.js';
import { append, type ProtobufReader } from './protobufReader.js';

/** Longest TypeProto kept for writing; a longer one is a broken length. */
const MAXIMUM_TYPE_BYTES = 64 * 1024;

/** ValueInfoProto: a graph's input, output or intermediate with its declared type. */
export function readValue(reader: ProtobufReader, end: number): ValueInfo {
  reader.budget.countEntry();
  const value: ValueInfo = { name: '', type: { kind: 'unknown' } };
  while (reader.position < end) {
    const tag = reader.tag();
    if (tag === ValueField.name) value.name = reader.name(end);
    else if (tag === ValueField.type) value.type = readType(reader, reader.length(end));
    else reader.skip(tag, end);
  }
  reader.finish(end);
  return value;
}

const otherKinds: ReadonlyMap<number, Exclude<ValueType['kind'], 'tensor'>> = new Map([
  [TypeField.sequence, 'sequence'],
  [TypeField.map, 'map'],
  [TypeField.sparseTensor, 'sparseTensor'],
  [TypeField.optional, 'optional'],
]);

function readType(reader: ProtobufReader, end: number): ValueType {
  const start = reader.position;
  let type: ValueType = { kind: 'unknown' };
  while (reader.position < end) {
    const tag = reader.tag();
    if (tag === TypeField.tensor) {
      type = readTensorType(reader, reader.length(end));
      continue;
    }
    const kind = otherKinds.get(tag);
    if (kind !== undefined) type = { kind };
    reader.skip(tag, end);
  }
  reader.finish(end);
  if (type.kind === 'tensor' || end === start) return type;
  if (end - start > MAXIMUM_TYPE_BYTES) throw reader.malformed(start);
  return { ...type, encoded: reader.source.readBytes(start, end - start) };
}

function readTensorType(reader: ProtobufReader, end: number): ValueType {
  const type: ValueType = { kind: 'tensor', dataType: 0, shape: null };
  while (reader.position < end) {
    const tag = reader.tag();
    if (tag === TensorTypeField.elementType) type.dataType = reader.varint();
    else if (tag === TensorTypeField.shape) type.shape = readShape(reader, reader.length(end));
    else reader.skip(tag, end);
  }
  reader.finish(end);
  return type;
}

function readShape(reader: ProtobufReader, end: number): DimensionRef[] {
  let shape: DimensionRef[] = [];
  while (reader.position < end) {
    const tag = reader.tag();
    if (tag === ShapeField.dimension) {
      reader.budget.countItems(1);
      shape = append(shape, readDimension(reader, reader.length(end)));
    } else {
      reader.skip(tag, end);
    }
  }
  reader.finish(end);
  return shape;
}

/** Exporters write -1, and some an empty symbol, where they mean "not known". */
function readDimension(reader: ProtobufReader, end: number): DimensionRef {
  let dimension: DimensionRef = null;
  while (reader.position < end) {
    const tag = reader.tag();
    if (tag === DimensionField.value) {
      const value = reader.varint();
      dimension = value >= 0 ? value : null;
    } else if (tag === DimensionField.symbol) {
      dimension = reader.text(end) || null;
    } else {
      reader.skip(tag, end);
    }
  }
  reader.finish(end);
  return dimension;
}
