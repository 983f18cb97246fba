/** Field numbers of onnx.proto, by message, as tags: `number << 3 | wire type`. */

const varint = (field: number): number => field << 3;
const fixed32 = (field: number): number => (field << 3) | 5;
const bytes = (field: number): number => (field << 3) | 2;

export const ModelField = {
  irVersion: varint(1),
  producerName: bytes(2),
  producerVersion: bytes(3),
  domain: bytes(4),
  modelVersion: varint(5),
  docString: bytes(6),
  graph: bytes(7),
  opsetImport: bytes(8),
  metadata: bytes(14),
  functions: bytes(25),
} as const;

export const OpsetField = { domain: bytes(1), version: varint(2) } as const;

/** StringStringEntryProto. */
export const EntryField = { key: bytes(1), value: bytes(2) } as const;

export const GraphField = {
  node: bytes(1),
  name: bytes(2),
  initializer: bytes(5),
  input: bytes(11),
  output: bytes(12),
  valueInfo: bytes(13),
  sparseInitializer: bytes(15),
} as const;

export const NodeField = {
  input: bytes(1),
  output: bytes(2),
  name: bytes(3),
  opType: bytes(4),
  attribute: bytes(5),
  domain: bytes(7),
  overload: bytes(8),
} as const;

export const FunctionField = {
  name: bytes(1),
  input: bytes(4),
  output: bytes(5),
  attributeName: bytes(6),
  node: bytes(7),
  opsetImport: bytes(9),
  domain: bytes(10),
  attributeDefault: bytes(11),
  overload: bytes(13),
} as const;

export const AttributeField = {
  name: bytes(1),
  float: fixed32(2),
  int: varint(3),
  string: bytes(4),
  tensor: bytes(5),
  graph: bytes(6),
  floatsPacked: bytes(7),
  floats: fixed32(7),
  intsPacked: bytes(8),
  ints: varint(8),
  strings: bytes(9),
  tensors: bytes(10),
  graphs: bytes(11),
  type: varint(20),
  reference: bytes(21),
} as const;

/** AttributeProto.AttributeType. */
export const AttributeType = {
  float: 1,
  int: 2,
  string: 3,
  tensor: 4,
  graph: 5,
  floats: 6,
  ints: 7,
  strings: 8,
  tensors: 9,
  graphs: 10,
} as const;

export const TensorField = {
  dims: varint(1),
  dimsPacked: bytes(1),
  dataType: varint(2),
  segment: bytes(3),
  floatData: 4,
  int32Data: 5,
  stringData: 6,
  int64Data: 7,
  name: bytes(8),
  rawData: bytes(9),
  doubleData: 10,
  uint64Data: 11,
  externalData: bytes(13),
  dataLocation: varint(14),
} as const;

export const SparseTensorField = {
  values: bytes(1),
  indices: bytes(2),
  dims: varint(3),
  dimsPacked: bytes(3),
} as const;

export const ValueField = { name: bytes(1), type: bytes(2) } as const;

export const TypeField = {
  tensor: bytes(1),
  sequence: bytes(4),
  map: bytes(5),
  sparseTensor: bytes(8),
  optional: bytes(9),
} as const;

export const TensorTypeField = { elementType: varint(1), shape: bytes(2) } as const;
export const ShapeField = { dimension: bytes(1) } as const;
export const DimensionField = { value: varint(1), symbol: bytes(2) } as const;
