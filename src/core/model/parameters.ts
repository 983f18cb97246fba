import { elementCount, isFloatingPoint, tensorBytes } from './dataTypes.js';
import type { Attribute, Graph, ModelGraph, Node, TensorRef } from './graph.js';
import { inlineFunctions } from './inline.js';
import { OMITTED, type TensorNumbers, tensorNumbers } from './tensorNumbers.js';
import { nestedGraphs, operatorId } from './walk.js';
import { weightRole, type WeightRole } from './weightRoles.js';

export interface WeightTotals {
  /** Floating-point weight elements, quantized ones by the elements that they stand for. */
  parameterCount: number;
  /** Bytes of all initializers and Constant tensors, whatever their type. */
  weightBytes: number;
}

export interface ParameterCount extends WeightTotals {
  /** By operator id: what an operator is the first to read, so that the sums are the model's but for weights that nobody reads. */
  byOperator: ReadonlyMap<string, WeightTotals>;
}

interface Weight {
  elements: number;
  bytes: number;
  /** Floating point and not a scalar: a parameter, unless each reader uses it as something else. */
  isParameter: boolean;
  firstReader: string | null;
  /** What its readers take it for: the elements that it stands for where it is quantized, and whether for no parameter. */
  quantizedElements: number;
  isStatistic: boolean;
}

/**
 * Parameters and bytes of weights: initializers and Constant tensors, those in branches and loop bodies included,
 * shared ones once. BatchNormalization's running statistics, quantization scales and rank-0 scalars are not
 * parameters, so that published counts come out. Local functions are inlined first; a function's own weights count
 * once, however often it is called.
 */
export function countParameters(model: ModelGraph): ParameterCount {
  const counter = new Counter();
  counter.visit(inlineFunctions(model).graph, '', null);
  return counter.total();
}

/** Weights as a graph's nodes see them: its own hide those of the graphs around it. */
class Scope {
  /** By tensor number; null: the graph's own, and no weight. */
  readonly own: (Weight | null | undefined)[];

  constructor(
    readonly numbers: TensorNumbers,
    private readonly outer: Scope | null,
  ) {
    this.own = new Array<Weight | null | undefined>(numbers.names.length);
  }

  find(tensor: number): Weight | null {
    const own = this.own[tensor];
    return own !== undefined || this.outer === null ? (own ?? null) : this.outer.named(this.numbers.names[tensor]!);
  }

  private named(name: string): Weight | null {
    const tensor = this.numbers.numberOf(name);
    return tensor === undefined ? (this.outer?.named(name) ?? null) : this.find(tensor);
  }
}

class Counter {
  /** By storage: the calls of a local function share it. */
  private readonly weights = new Map<object, Weight>();

  visit(graph: Graph, graphPath: string, outer: Scope | null): void {
    const scope = this.scopeOf(graph, outer);
    for (let index = 0; index < graph.nodes.length; index++) {
      const node = graph.nodes[index]!;
      const id = operatorId(graphPath, index);
      if (this.weights.size > 0) readInputs(node, index, id, scope);
      const nested = nestedGraphs(node, id);
      for (let body = 0; body < nested.length; body++) this.visit(nested[body]!.graph, nested[body]!.graphPath, scope);
    }
  }

  total(): ParameterCount {
    const byOperator = new Map<string, WeightTotals>();
    const total = { parameterCount: 0, weightBytes: 0 };
    for (const weight of this.weights.values()) {
      const parameters = parametersOf(weight);
      add(total, parameters, weight.bytes);
      if (weight.firstReader === null) continue;
      const own = byOperator.get(weight.firstReader) ?? { parameterCount: 0, weightBytes: 0 };
      add(own, parameters, weight.bytes);
      byOperator.set(weight.firstReader, own);
    }
    return { ...total, byOperator };
  }

  private scopeOf(graph: Graph, outer: Scope | null): Scope {
    const numbers = tensorNumbers(graph);
    const scope = new Scope(numbers, outer);
    const { own } = scope;
    for (const tensor of numbers.inputs) own[tensor] = null;
    for (let index = 0; index < graph.initializers.length; index++)
      own[numbers.initializers[index]!] = this.weightOf(graph.initializers[index]!);
    for (const { values } of graph.sparseInitializers ?? []) {
      const weight = this.weightOf(values);
      const tensor = numbers.numberOf(values.name);
      if (tensor !== undefined) own[tensor] = weight;
    }
    for (let index = 0; index < graph.nodes.length; index++) this.addOutputs(graph.nodes[index]!, index, scope);
    return scope;
  }

  private addOutputs(node: Node, index: number, { own, numbers }: Scope): void {
    const { makes, makesFrom } = numbers;
    const constant = constantOf(node);
    for (let at = makesFrom[index]!; at < makesFrom[index + 1]!; at++)
      if (makes[at] !== OMITTED) own[makes[at]!] = null;
    if (constant === null) return;
    const weight = this.constantWeight(constant);
    if (node.outputs.length > 0) own[makes[makesFrom[index]!]!] = weight;
  }

  private weightOf({ dims, dataType, storage }: TensorRef): Weight {
    const isParameter = isFloatingPoint(dataType) && dims.length > 0;
    return this.weight(storage, elementCount(dims), tensorBytes(dataType, dims) ?? 0, isParameter);
  }

  private constantWeight(attribute: Attribute): Weight {
    if (attribute.type === 'tensor') return this.weightOf(attribute.value);
    const elements = Array.isArray(attribute.value) ? attribute.value.length : 1;
    const isFloat = attribute.type === 'floats' || attribute.type === 'float';
    const bytesEach = isFloat ? 4 : attribute.type === 'ints' || attribute.type === 'int' ? 8 : 0;
    return this.weight(attribute, elements, elements * bytesEach, attribute.type === 'floats');
  }

  private weight(storage: object, elements: number, bytes: number, isParameter: boolean): Weight {
    const known = this.weights.get(storage);
    if (known !== undefined) return known;
    const weight = { elements, bytes, isParameter, firstReader: null, quantizedElements: 0, isStatistic: true };
    this.weights.set(storage, weight);
    return weight;
  }
}

/** The attribute that holds a Constant node's value; null for other nodes. */
function constantOf(node: Node): Attribute | null {
  if (node.opType !== 'Constant' || node.domain !== '') return null;
  return node.attributes.find(({ name }) => name.startsWith('value')) ?? null;
}

function readInputs(node: Node, index: number, id: string, scope: Scope): void {
  const { reads, readsFrom } = scope.numbers;
  const first = readsFrom[index]!;
  for (let position = 0; position < node.inputs.length; position++) {
    const weight = scope.find(reads[first + position]!);
    if (weight !== null) read(weight, id, weightRole(node, position, weight.elements));
  }
}

function read(weight: Weight, operator: string, role: WeightRole): void {
  weight.firstReader ??= operator;
  if (role.kind === 'quantized') weight.quantizedElements = Math.max(weight.quantizedElements, role.elements);
  if (role.kind !== 'notParameter') weight.isStatistic = false;
}

function parametersOf({ elements, isParameter, quantizedElements, isStatistic, firstReader }: Weight): number {
  if (quantizedElements > 0) return quantizedElements;
  return isParameter && (firstReader === null || !isStatistic) ? elements : 0;
}

function add(totals: WeightTotals, parameters: number, bytes: number): void {
  totals.parameterCount += parameters;
  totals.weightBytes += bytes;
}
