import { ExpectedError } from '../../common/errors.js';
import type { FileSource } from '../fileSource.js';
import type {
  Attribute,
  AttributeValue,
  DimensionRef,
  Graph,
  ModelGraph,
  Node,
  TensorRef,
  TensorStorage,
  ValueInfo,
  ValueType,
} from '../graph.js';
import { AttributeType } from '../onnx/fields.js';
import { defaultDomain, emptyGraph, MAXIMUM_NESTING } from '../onnx/readGraph.js';
import { FlatBuffer, type Table } from './flatbuffer.js';

/** Places of fields in the tables of ONNX Runtime's ort.fbs. */
const Session = { model: 6 } as const;
const Model = {
  ...{ irVersion: 4, opsetImport: 6, producerName: 8, producerVersion: 10, domain: 12, modelVersion: 14 },
  ...{ docString: 16, graph: 18, metadata: 22 },
} as const;
const GraphTable = { initializers: 4, nodeArgs: 6, nodes: 8, inputs: 14, outputs: 16, sparseInitializers: 18 } as const;
const NodeTable = { name: 4, domain: 8, opType: 14, inputs: 20, outputs: 22, attributes: 24 } as const;
const AttributeTable = {
  ...{ name: 4, type: 8, float: 10, int: 12, string: 14, tensor: 16, graph: 18 },
  ...{ floats: 20, ints: 22, strings: 24, tensors: 26, graphs: 28 },
} as const;
const TensorTable = { name: 4, dims: 8, dataType: 10, rawData: 12, stringData: 14 } as const;
const SparseTable = { values: 4, indices: 6, dims: 8 } as const;
const ValueTable = { name: 4, type: 8 } as const;
const TypeTable = { valueType: 6, value: 8 } as const;
const TensorTypeTable = { elementType: 4, shape: 6 } as const;
const DimensionTable = { type: 4, value: 6, symbol: 8 } as const;
/** OperatorSetId and StringStringEntry. */
const PairTable = { first: 4, second: 6 } as const;
const TENSOR_TYPE = 1;
const otherKinds = new Map([
  [2, 'sequence'],
  [3, 'map'],
] as const);
const DIMENSION_VALUE = 1;
const DIMENSION_SYMBOL = 2;

/** An ORT format model. Throws `ExpectedError` at the first impossible byte, with its offset. */
export function readOrt(source: FileSource): ModelGraph {
  const model = new FlatBuffer(source).root().table(Session.model);
  const graph = model?.table(Model.graph) ?? null;
  if (model === null || graph === null) throw new ExpectedError('input', 'model.error.noGraph', { path: source.path });
  const metadata = new Map(
    model.tables(Model.metadata, (entry) => [entry.text(PairTable.first), entry.text(PairTable.second)]),
  );
  return {
    format: 'ort',
    path: source.path,
    fileBytes: source.bytes,
    irVersion: model.int64(Model.irVersion),
    opsets: model.tables(Model.opsetImport, (opset) => ({
      domain: defaultDomain(opset.text(PairTable.first)),
      version: opset.int64(PairTable.second),
    })),
    producerName: model.text(Model.producerName),
    producerVersion: model.text(Model.producerVersion),
    domain: model.text(Model.domain),
    modelVersion: model.int64(Model.modelVersion),
    docString: model.text(Model.docString),
    metadata: Object.fromEntries(metadata),
    graph: readGraph(graph, 0),
    functions: [],
  };
}

function readGraph(table: Table, depth: number): Graph {
  if (depth > MAXIMUM_NESTING) {
    const { path } = table.buffer.source;
    const params = { path, offset: table.position, maximum: MAXIMUM_NESTING };
    throw new ExpectedError('input', 'model.error.nesting', params);
  }
  const values = new Map(table.tables(GraphTable.nodeArgs, readValue).map((value) => [value.name, value]));
  const valueOf = (name: string): ValueInfo => values.get(name) ?? { name, type: { kind: 'unknown' } };
  const inputs = table.texts(GraphTable.inputs);
  const outputs = table.texts(GraphTable.outputs);
  const boundary = new Set([...inputs, ...outputs]);
  const graph: Graph = {
    ...emptyGraph(),
    nodes: table.tables(GraphTable.nodes, (node) => readNode(node, depth)),
    initializers: table.tables(GraphTable.initializers, readTensor),
    inputs: inputs.map(valueOf),
    outputs: outputs.map(valueOf),
    valueInfos: [...values.values()].filter(({ name }) => name !== '' && !boundary.has(name)),
  };
  const sparse = table.tables(GraphTable.sparseInitializers, (own) => ({
    values: readTensorField(own, SparseTable.values),
    indices: readTensorField(own, SparseTable.indices),
    dims: own.list(SparseTable.dims, 8, (position) => own.buffer.int64(position)),
  }));
  if (sparse.length > 0) graph.sparseInitializers = sparse;
  return graph;
}

function readNode(table: Table, depth: number): Node {
  table.buffer.budget.countEntry();
  return {
    name: table.text(NodeTable.name),
    opType: table.text(NodeTable.opType),
    domain: defaultDomain(table.text(NodeTable.domain)),
    inputs: table.texts(NodeTable.inputs),
    outputs: table.texts(NodeTable.outputs),
    attributes: table.tables(NodeTable.attributes, (own) => readAttribute(own, depth)),
  };
}

function readAttribute(table: Table, depth: number): Attribute {
  table.buffer.budget.countEntry();
  return { name: table.text(AttributeTable.name), ...readAttributeValue(table, depth) };
}

function readAttributeValue(table: Table, depth: number): AttributeValue {
  const { buffer } = table;
  switch (table.int32(AttributeTable.type)) {
    case AttributeType.float:
      return { type: 'float', value: table.float32(AttributeTable.float) };
    case AttributeType.int:
      return { type: 'int', value: table.int64(AttributeTable.int) };
    case AttributeType.string:
      return { type: 'string', value: table.text(AttributeTable.string) };
    case AttributeType.tensor:
      return { type: 'tensor', value: readTensorField(table, AttributeTable.tensor) };
    case AttributeType.graph: {
      const graph = table.table(AttributeTable.graph);
      return { type: 'graph', value: graph === null ? emptyGraph() : readGraph(graph, depth + 1) };
    }
    case AttributeType.floats:
      return { type: 'floats', value: table.list(AttributeTable.floats, 4, (at) => buffer.float32(at)) };
    case AttributeType.ints:
      return { type: 'ints', value: table.list(AttributeTable.ints, 8, (at) => buffer.int64(at)) };
    case AttributeType.strings:
      return { type: 'strings', value: table.texts(AttributeTable.strings) };
    case AttributeType.tensors:
      return { type: 'tensors', value: table.tables(AttributeTable.tensors, readTensor) };
    case AttributeType.graphs:
      return { type: 'graphs', value: table.tables(AttributeTable.graphs, (graph) => readGraph(graph, depth + 1)) };
    default:
      return { type: 'opaque', value: new Uint8Array(0) };
  }
}

function readTensorField(table: Table, field: number): TensorRef {
  const tensor = table.table(field);
  return tensor === null ? { name: '', dataType: 0, dims: [], storage: { kind: 'none' } } : readTensor(tensor);
}

function readTensor(table: Table): TensorRef {
  table.buffer.budget.countEntry();
  const dims = table.list(TensorTable.dims, 8, (position) => table.buffer.int64(position));
  if (dims.some((dim) => dim < 0 || !Number.isSafeInteger(dim))) throw table.buffer.malformed(table.position);
  return {
    name: table.text(TensorTable.name),
    dataType: table.int32(TensorTable.dataType),
    dims,
    storage: readStorage(table),
  };
}

function readStorage(table: Table): TensorStorage {
  const raw = table.range(TensorTable.rawData, 1);
  if (raw !== null) return { kind: 'raw', range: { file: null, offset: raw.start, length: raw.length } };
  const strings = table.texts(TensorTable.stringData);
  return strings.length > 0 ? { kind: 'strings', values: strings } : { kind: 'none' };
}

function readValue(table: Table): ValueInfo {
  table.buffer.budget.countEntry();
  const type = table.table(ValueTable.type);
  return { name: table.text(ValueTable.name), type: type === null ? { kind: 'unknown' } : readType(type) };
}

function readType(table: Table): ValueType {
  const valueType = table.uint8(TypeTable.valueType);
  const value = table.table(TypeTable.value);
  if (valueType !== TENSOR_TYPE || value === null) return { kind: otherKinds.get(valueType as 2 | 3) ?? 'unknown' };
  const shape = value.table(TensorTypeTable.shape);
  return {
    kind: 'tensor',
    dataType: value.int32(TensorTypeTable.elementType),
    shape: shape === null ? null : shape.tables(4, (dimension) => readDimension(dimension.table(4))),
  };
}

function readDimension(table: Table | null): DimensionRef {
  const type = table?.uint8(DimensionTable.type) ?? 0;
  if (table === null) return null;
  if (type === DIMENSION_VALUE) {
    const value = table.int64(DimensionTable.value);
    return value >= 0 ? value : null;
  }
  return type === DIMENSION_SYMBOL ? table.text(DimensionTable.symbol) || null : null;
}
