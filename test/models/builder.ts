/** A small language to write models down: each call adds a node and gives its output's name. */

import { DataTypes, elementCount, tensorBytes } from '../../src/core/model/dataTypes.js';
import { numberToHalf } from '../../src/core/model/elements.js';
import type {
  Attribute,
  AttributeValue,
  DimensionRef,
  Graph,
  LocalFunction,
  ModelGraph,
  Node,
  OpsetImport,
  TensorRef,
  ValueInfo,
} from '../../src/core/model/graph.js';
import { Random } from './random.js';

/** Whole numbers are int, lists of them ints; `float(x)` and `floats([...])` for the others. */
export type AttributeLiteral =
  | number
  | string
  | readonly number[]
  | readonly string[]
  | { float: number }
  | { floats: readonly number[] }
  | { tensor: TensorRef }
  | { graph: Graph }
  | { graphs: readonly Graph[] }
  /** In a function's body: the call's attribute. */
  | { reference: string; type: 'int' | 'float' | 'ints' | 'string' };

export interface NodeOptions {
  name?: string;
  domain?: string;
  /** Number of outputs (1), or their names; '' for an omitted one. */
  outputs?: number | readonly string[];
  attributes?: Readonly<Record<string, AttributeLiteral>>;
}

export interface ModelOptions {
  opset?: number;
  opsets?: readonly OpsetImport[];
  irVersion?: number;
  producer?: string;
  metadata?: Record<string, string>;
  functions?: LocalFunction[];
}

export type DataTypeName = keyof typeof DataTypes;

/** 'random': He-like values in memory. 'zeros': in a sparse file beside the model, which takes no room on disk. */
export type WeightsKind = 'random' | 'zeros';

/** Rounded to what the file holds. */
export const float = (value: number): { float: number } => ({ float: Math.fround(value) });
export const floats = (values: readonly number[]): { floats: readonly number[] } => ({
  floats: values.map(Math.fround),
});

/** Name of the file that `WeightsKind` 'zeros' refers to. */
export const zerosFile = 'zeros.bin';

/** What a model and its nested graphs have in common. */
class Shared {
  zeroBytes = 0;
  names = 0;

  constructor(
    readonly random: Random,
    readonly weights: WeightsKind,
  ) {}
}

export class GraphBuilder {
  readonly nodes: Node[] = [];
  readonly initializers: TensorRef[] = [];
  readonly inputs: ValueInfo[] = [];
  readonly outputs: ValueInfo[] = [];
  /** Stands before the names of what is added: '/encoder/layer.0/'. */
  prefix = '';
  readonly #shared: Shared;

  constructor(options: { seed?: number; weights?: WeightsKind; within?: GraphBuilder } = {}) {
    const { within, seed = 1, weights = 'random' } = options;
    this.#shared = within === undefined ? new Shared(new Random(seed), weights) : within.#shared;
  }

  get random(): Random {
    return this.#shared.random;
  }

  /** A builder for a body of If, Loop or Scan; names stay apart from the outer graph's. */
  nested(): GraphBuilder {
    return new GraphBuilder({ within: this });
  }

  /** Bytes that the file of zeros must have. */
  get zeroBytes(): number {
    return this.#shared.zeroBytes;
  }

  input(name: string, shape: DimensionRef[] | null, dataType: DataTypeName = 'float32'): string {
    this.inputs.push({ name, type: { kind: 'tensor', dataType: DataTypes[dataType], shape } });
    return name;
  }

  output(name: string, shape: DimensionRef[] | null, dataType: DataTypeName = 'float32'): string {
    this.outputs.push({ name, type: { kind: 'tensor', dataType: DataTypes[dataType], shape } });
    return name;
  }

  /** Adds a node with one output; its name. */
  add(opType: string, inputs: readonly string[], options: NodeOptions = {}): string {
    return this.addMany(opType, inputs, options)[0]!;
  }

  addMany(opType: string, inputs: readonly string[], options: NodeOptions = {}): string[] {
    const name = options.name ?? this.#name(opType);
    const { outputs: wanted = 1 } = options;
    const outputs =
      typeof wanted === 'number'
        ? Array.from({ length: wanted }, (_, index) => `${name}_output_${index}`)
        : [...wanted];
    const attributes = Object.entries(options.attributes ?? {}).map(([key, value]) => attribute(key, value));
    this.nodes.push({ name, opType, domain: options.domain ?? '', inputs: [...inputs], outputs, attributes });
    return outputs;
  }

  /** A weight with deviation `scale`, by default that of He for `fanIn`, the elements that one output adds up. */
  weight(dims: number[], options: { name?: string; scale?: number; fanIn?: number } = {}): string {
    const fanIn = options.fanIn ?? elementCount(dims.slice(1));
    const scale = options.scale ?? Math.sqrt(2 / Math.max(1, fanIn));
    return this.#initializer(options.name ?? this.#name('weight'), dims, () => this.random.normal() * scale);
  }

  /** A weight of one value throughout. */
  filled(dims: number[], value: number, name = this.#name('filled')): string {
    return this.#initializer(name, dims, () => value);
  }

  /** Values written into the model as an initializer. */
  values(
    values: readonly (number | bigint)[],
    options: { dims?: number[]; dataType?: DataTypeName; name?: string } = {},
  ): string {
    const name = options.name ?? this.#name('value');
    this.initializers.push(tensorOf(values, { ...options, name }));
    return name;
  }

  ints(values: readonly number[], dims?: number[]): string {
    return this.values(values, { dataType: 'int64', ...(dims === undefined ? {} : { dims }) });
  }

  scalar(value: number, dataType: DataTypeName = 'float32'): string {
    return this.values([value], { dims: [], dataType });
  }

  /** Values in a Constant node, as Paddle exports its weights. */
  constant(values: readonly number[], options: { dims?: number[]; dataType?: DataTypeName } = {}): string {
    return this.add('Constant', [], { attributes: { value: { tensor: tensorOf(values, options) } } });
  }

  graph(name = 'graph'): Graph {
    return {
      name,
      nodes: this.nodes,
      initializers: this.initializers,
      inputs: this.inputs,
      outputs: this.outputs,
      valueInfos: [],
    };
  }

  model(options: ModelOptions = {}): ModelGraph {
    return {
      format: 'onnx',
      path: '',
      fileBytes: 0,
      irVersion: options.irVersion ?? 8,
      opsets: [{ domain: '', version: options.opset ?? 17 }, ...(options.opsets ?? [])],
      producerName: options.producer ?? 'test-generator',
      producerVersion: '1.0',
      domain: '',
      modelVersion: 0,
      docString: '',
      metadata: options.metadata ?? {},
      graph: this.graph('main'),
      functions: options.functions ?? [],
    };
  }

  #name(kind: string): string {
    return `${this.prefix}${kind}_${this.#shared.names++}`;
  }

  #initializer(name: string, dims: number[], value: () => number): string {
    const count = elementCount(dims);
    if (this.#shared.weights === 'zeros') {
      const range = { file: zerosFile, offset: this.#shared.zeroBytes, length: count * 4 };
      this.#shared.zeroBytes += range.length;
      this.initializers.push({ name, dataType: DataTypes.float32, dims, storage: { kind: 'raw', range } });
      return name;
    }
    const elements = Float32Array.from({ length: count }, value);
    const bytes = new Uint8Array(elements.buffer);
    this.initializers.push({ name, dataType: DataTypes.float32, dims, storage: { kind: 'bytes', bytes } });
    return name;
  }
}

/** A tensor in memory. */
export function tensorOf(
  values: readonly (number | bigint)[],
  options: { dims?: number[]; dataType?: DataTypeName; name?: string } = {},
): TensorRef {
  const { dims = [values.length], dataType = 'float32', name = '' } = options;
  const number = DataTypes[dataType];
  const bytes = new Uint8Array(tensorBytes(number, dims) ?? 0);
  const view = new DataView(bytes.buffer);
  for (const [index, value] of values.entries()) writeElement(view, index, value, number);
  return { name, dataType: number, dims, storage: { kind: 'bytes', bytes } };
}

export function stringTensor(values: string[], name = ''): TensorRef {
  return { name, dataType: DataTypes.string, dims: [values.length], storage: { kind: 'strings', values } };
}

function writeElement(view: DataView, index: number, value: number | bigint, dataType: number): void {
  switch (dataType) {
    case DataTypes.float32:
      view.setFloat32(index * 4, Number(value), true);
      return;
    case DataTypes.float64:
      view.setFloat64(index * 8, Number(value), true);
      return;
    case DataTypes.float16:
      view.setUint16(index * 2, numberToHalf(Number(value)), true);
      return;
    case DataTypes.int64:
    case DataTypes.uint64:
      view.setBigInt64(index * 8, BigInt(value), true);
      return;
    case DataTypes.int32:
    case DataTypes.uint32:
      view.setInt32(index * 4, Number(value), true);
      return;
    case DataTypes.int4:
    case DataTypes.uint4: {
      const at = index >> 1;
      view.setUint8(at, view.getUint8(at) | ((Number(value) & 15) << ((index & 1) * 4)));
      return;
    }
    default:
      view.setUint8(index, Number(value) & 255);
  }
}

/** An attribute as the model holds it. */
export function attribute(name: string, literal: AttributeLiteral): Attribute {
  if (typeof literal === 'object' && 'reference' in literal) {
    const empty = { int: 0, float: 0, ints: [] as number[], string: '' };
    return { name, reference: literal.reference, type: literal.type, value: empty[literal.type] } as Attribute;
  }
  return { name, ...attributeValue(literal) };
}

function attributeValue(literal: Exclude<AttributeLiteral, { reference: string }>): AttributeValue {
  if (typeof literal === 'number') return { type: 'int', value: literal };
  if (typeof literal === 'string') return { type: 'string', value: literal };
  if (isList(literal)) {
    const isText = (list: readonly number[] | readonly string[]): list is readonly string[] =>
      typeof list[0] === 'string';
    return isText(literal) ? { type: 'strings', value: [...literal] } : { type: 'ints', value: [...literal] };
  }
  if ('float' in literal) return { type: 'float', value: literal.float };
  if ('floats' in literal) return { type: 'floats', value: [...literal.floats] };
  if ('tensor' in literal) return { type: 'tensor', value: literal.tensor };
  if ('graph' in literal) return { type: 'graph', value: literal.graph };
  return { type: 'graphs', value: [...literal.graphs] };
}

function isList(literal: object): literal is readonly number[] | readonly string[] {
  return Array.isArray(literal);
}

/** A local function written down with a builder; its inputs are the formal names that the body uses. */
export function localFunction(
  domain: string,
  name: string,
  parts: Pick<LocalFunction, 'inputs' | 'outputs'> & Partial<LocalFunction>,
  write: (body: GraphBuilder) => void,
): LocalFunction {
  const body = new GraphBuilder();
  write(body);
  return {
    ...{ domain, name, overload: '', attributeNames: [], attributeDefaults: [] },
    opsets: [{ domain: '', version: 17 }],
    ...parts,
    nodes: body.nodes,
  };
}
