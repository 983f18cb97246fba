/**
 * A model's structure, read without its weights: ONNX's ModelProto as plain data. Weights stay where they are, as
 * `TensorStorage` (file, offset, length).
 */

export interface ModelGraph {
  format: 'onnx' | 'ort';
  /** Absolute path of the file that was read; '' for a graph built in memory. */
  path: string;
  fileBytes: number;
  irVersion: number;
  /** Domain ('' is ai.onnx) and version, as imported. */
  opsets: OpsetImport[];
  producerName: string;
  producerVersion: string;
  domain: string;
  modelVersion: number;
  docString: string;
  metadata: Record<string, string>;
  graph: Graph;
  functions: LocalFunction[];
}

export interface OpsetImport {
  domain: string;
  version: number;
}

export interface Graph {
  name: string;
  nodes: Node[];
  initializers: TensorRef[];
  sparseInitializers?: SparseTensorRef[];
  inputs: ValueInfo[];
  outputs: ValueInfo[];
  valueInfos: ValueInfo[];
}

export interface Node {
  name: string;
  opType: string;
  /** '' is ai.onnx. */
  domain: string;
  /** Which of a local function's overloads is called; absent for ''. */
  overload?: string;
  /** '' stands for an omitted optional input or output. */
  inputs: string[];
  outputs: string[];
  attributes: Attribute[];
}

export interface LocalFunction {
  domain: string;
  name: string;
  overload: string;
  inputs: string[];
  outputs: string[];
  /** Names of attributes without a default. */
  attributeNames: string[];
  /** Attributes with a default. */
  attributeDefaults: Attribute[];
  nodes: Node[];
  opsets: OpsetImport[];
}

export type Attribute = {
  name: string;
  /** In a function's body: the call's attribute that it takes its value from. */ reference?: string;
} & AttributeValue;

export type AttributeValue =
  | { type: 'float'; value: number }
  /** 64-bit values beyond 2^53 are rounded; operators' attributes stay far below. */
  | { type: 'int'; value: number }
  | { type: 'string'; value: string }
  | { type: 'tensor'; value: TensorRef }
  | { type: 'graph'; value: Graph }
  | { type: 'floats'; value: number[] }
  | { type: 'ints'; value: number[] }
  | { type: 'strings'; value: string[] }
  | { type: 'tensors'; value: TensorRef[] }
  | { type: 'graphs'; value: Graph[] }
  /** Sparse tensors, type protos and what later versions add: the AttributeProto's bytes, kept for writing. */
  | { type: 'opaque'; value: Uint8Array };

export interface TensorRef {
  name: string;
  /** TensorProto.DataType. */
  dataType: number;
  dims: number[];
  storage: TensorStorage;
}

/** `values` carries the name; `indices` are flat positions [nnz] or coordinates [nnz, rank]. */
export interface SparseTensorRef {
  values: TensorRef;
  indices: TensorRef;
  dims: number[];
}

/** Little-endian element bytes somewhere in a file; `file` null is the model file itself, else the location as the model states it. */
export interface FileRange {
  file: string | null;
  offset: number;
  length: number;
}

export type TensorStorage =
  /** raw_data or external data. */
  | { kind: 'raw'; range: FileRange }
  /** float_data, int32_data … : protobuf encoded, packed or one value a field, in the model file. */
  | {
      kind: 'typed';
      field: 'float_data' | 'int32_data' | 'string_data' | 'int64_data' | 'double_data' | 'uint64_data';
      ranges: { offset: number; length: number; packed: boolean }[];
    }
  /** New or changed, in memory. */
  | { kind: 'bytes'; bytes: Uint8Array }
  | { kind: 'strings'; values: string[] }
  /** No data at all: a zero-sized tensor. */
  | { kind: 'none' };

export type DimensionRef = number | string | null;

export type ValueType =
  | { kind: 'tensor'; dataType: number; /** null: rank unknown. */ shape: DimensionRef[] | null }
  | {
      kind: 'sequence' | 'optional' | 'map' | 'sparseTensor' | 'unknown';
      /** The TypeProto's bytes, kept for writing. */
      encoded?: Uint8Array;
    };

export interface ValueInfo {
  name: string;
  type: ValueType;
}
