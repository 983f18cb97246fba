import type { Attribute, AttributeValue, Graph, TensorRef } from '../graph.js';
import { AttributeField, AttributeType } from './fields.js';
import { ExpectedError } from '../../common/errors.js';
import type { ProtobufReader } from './protobufReader.js';
import { readGraph } from './readGraph.js';
import { readTensor } from './readTensor.js';

/** Longest text or opaque value that is held in memory; compiled engines inside nodes reach hundreds of megabytes. */
const MAXIMUM_VALUE_BYTES = 64 * 1024 * 1024;

interface Parts {
  name: string;
  type: number;
  reference: string;
  float: number;
  int: number;
  /** null: not valid UTF-8, so kept as it is. */
  string: string | null;
  tensor: TensorRef | null;
  graph: Graph | null;
  /** Of a field that was met; a node has many attributes, and each at most one list. */
  floats?: number[];
  ints?: number[];
  strings?: (string | null)[];
  tensors?: TensorRef[];
  graphs?: Graph[];
  /** From the fields that were seen: old exporters write no type. */
  inferredType: number;
}

/** AttributeProto up to `end`. */
export function readAttribute(reader: ProtobufReader, end: number, depth: number): Attribute {
  reader.budget.countEntry();
  const start = reader.position;
  const parts: Parts = {
    name: '',
    type: 0,
    inferredType: 0,
    reference: '',
    float: 0,
    int: 0,
    string: '',
    tensor: null,
    graph: null,
  };
  while (reader.position < end) readAttributeField(reader, end, depth, parts);
  reader.finish(end);
  const value = valueOf(parts) ?? opaqueValue(reader, start, end);
  return parts.reference === ''
    ? { name: parts.name, ...value }
    : { name: parts.name, reference: parts.reference, ...value };
}

function readAttributeField(reader: ProtobufReader, end: number, depth: number, parts: Parts): void {
  const tag = reader.tag();
  switch (tag) {
    case AttributeField.name:
      parts.name = reader.name(end);
      return;
    case AttributeField.type:
      parts.type = reader.varint();
      return;
    case AttributeField.reference:
      parts.reference = reader.text(end);
      return;
    case AttributeField.float:
      parts.float = reader.float32();
      parts.inferredType = AttributeType.float;
      return;
    case AttributeField.int:
      parts.int = reader.varint();
      parts.inferredType = AttributeType.int;
      return;
    case AttributeField.string:
      parts.string = readBytesAsText(reader, end);
      parts.inferredType = AttributeType.string;
      return;
    case AttributeField.tensor:
      parts.tensor = readTensor(reader, reader.length(end));
      parts.inferredType = AttributeType.tensor;
      return;
    case AttributeField.graph:
      parts.graph = readGraph(reader, reader.length(end), depth + 1);
      parts.inferredType = AttributeType.graph;
      return;
    default:
      readListField(reader, tag, end, depth, parts);
  }
}

function readListField(reader: ProtobufReader, tag: number, end: number, depth: number, parts: Parts): void {
  switch (tag) {
    case AttributeField.floats:
    case AttributeField.floatsPacked:
      reader.floats(tag, end, (parts.floats ??= []));
      parts.inferredType = AttributeType.floats;
      return;
    case AttributeField.ints:
    case AttributeField.intsPacked:
      parts.ints = reader.integers(tag, end, parts.ints ?? []);
      parts.inferredType = AttributeType.ints;
      return;
    case AttributeField.strings:
      reader.budget.countItems(1);
      (parts.strings ??= []).push(readBytesAsText(reader, end));
      parts.inferredType = AttributeType.strings;
      return;
    case AttributeField.tensors:
      (parts.tensors ??= []).push(readTensor(reader, reader.length(end)));
      parts.inferredType = AttributeType.tensors;
      return;
    case AttributeField.graphs:
      (parts.graphs ??= []).push(readGraph(reader, reader.length(end), depth + 1));
      parts.inferredType = AttributeType.graphs;
      return;
    default:
      reader.skip(tag, end);
  }
}

/** null for a type that this reader keeps as bytes. */
function valueOf(parts: Parts): AttributeValue | null {
  switch (parts.type || parts.inferredType) {
    case AttributeType.float:
      return { type: 'float', value: parts.float };
    case AttributeType.int:
      return { type: 'int', value: parts.int };
    case AttributeType.string:
      return parts.string === null ? null : { type: 'string', value: parts.string };
    case AttributeType.tensor:
      return {
        type: 'tensor',
        value: parts.tensor ?? { name: '', dataType: 0, dims: [], storage: { kind: 'none' } },
      };
    case AttributeType.graph:
      return parts.graph === null ? null : { type: 'graph', value: parts.graph };
    default:
      return listOf(parts);
  }
}

function listOf(parts: Parts): AttributeValue | null {
  switch (parts.type || parts.inferredType) {
    case AttributeType.floats:
      return { type: 'floats', value: parts.floats ?? [] };
    case AttributeType.ints:
      return { type: 'ints', value: parts.ints ?? [] };
    case AttributeType.strings: {
      const strings = parts.strings ?? [];
      const texts = strings.filter((text) => text !== null);
      return texts.length === strings.length ? { type: 'strings', value: texts } : null;
    }
    case AttributeType.tensors:
      return { type: 'tensors', value: parts.tensors ?? [] };
    case AttributeType.graphs:
      return { type: 'graphs', value: parts.graphs ?? [] };
    default:
      return null;
  }
}

function opaqueValue(reader: ProtobufReader, start: number, end: number): AttributeValue {
  if (end - start > MAXIMUM_VALUE_BYTES) throw tooLarge(reader, end - start);
  return { type: 'opaque', value: reader.source.readBytes(start, end - start) };
}

const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

function readBytesAsText(reader: ProtobufReader, end: number): string | null {
  const length = reader.length(end) - reader.position;
  if (length > MAXIMUM_VALUE_BYTES) throw tooLarge(reader, length);
  const bytes = reader.bytes(length);
  try {
    return decoder.decode(bytes);
  } catch {
    return null;
  }
}

function tooLarge(reader: ProtobufReader, bytes: number): ExpectedError {
  return new ExpectedError('input', 'model.error.attributeTooLarge', {
    path: reader.source.path,
    offset: reader.position,
    bytes,
  });
}
