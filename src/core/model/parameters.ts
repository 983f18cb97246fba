import { elementCount, isFloatingPoint, tensorBytes } from './dataTypes.js';
import type { Attribute, Graph, ModelGraph, Node, TensorRef } from './graph.js';
import { inlineFunctions } from './inline.js';
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
  counter.visit(inlineFunctions(model).graph, '', new Map());
  return counter.total();
}

type Scope = ReadonlyMap<string, Weight>;

class Counter {
  /** By storage: the calls of a local function share it. */
  readonly #weights = new Map<object, Weight>();

  visit(graph: Graph, graphPath: string, outer: Scope): void {
    const scope = this.#scopeOf(graph, outer);
    for (let index = 0; index < graph.nodes.length; index++) {
      const node = graph.nodes[index]!;
      const id = operatorId(graphPath, index);
      if (scope.size > 0) readInputs(node, id, scope);
      for (const nested of nestedGraphs(node, id)) this.visit(nested.graph, nested.graphPath, scope);
    }
  }

  total(): ParameterCount {
    const byOperator = new Map<string, WeightTotals>();
    const total = { parameterCount: 0, weightBytes: 0 };
    for (const weight of this.#weights.values()) {
      const parameters = parametersOf(weight);
      add(total, parameters, weight.bytes);
      if (weight.firstReader === null) continue;
      const own = byOperator.get(weight.firstReader) ?? { parameterCount: 0, weightBytes: 0 };
      add(own, parameters, weight.bytes);
      byOperator.set(weight.firstReader, own);
    }
    return { ...total, byOperator };
  }

  /** Weights by name as the graph's nodes see them: its own hide those of the graphs around it. */
  #scopeOf(graph: Graph, outer: Scope): Scope {
    const scope = new Map(outer);
    for (const { name } of graph.inputs) scope.delete(name);
    for (const tensor of graph.initializers) scope.set(tensor.name, this.#weightOf(tensor));
    for (const { values } of graph.sparseInitializers ?? []) scope.set(values.name, this.#weightOf(values));
    for (const node of graph.nodes) {
      const constant = constantOf(node);
      for (let position = 0; position < node.outputs.length; position++) {
        const name = node.outputs[position]!;
        if (constant !== null && position === 0) scope.set(name, this.#constantWeight(constant));
        else if (name !== '') scope.delete(name);
      }
    }
    return scope;
  }

  #weightOf(tensor: TensorRef): Weight {
    const { dims, dataType, storage } = tensor;
    const weight = {
      elements: elementCount(dims),
      bytes: tensorBytes(dataType, dims) ?? 0,
      isParameter: isFloatingPoint(dataType) && dims.length > 0,
    };
    return this.#share(storage, weight);
  }

  #constantWeight(attribute: Attribute): Weight {
    if (attribute.type === 'tensor') return this.#weightOf(attribute.value);
    const elements = Array.isArray(attribute.value) ? attribute.value.length : 1;
    const isFloat = attribute.type === 'floats' || attribute.type === 'float';
    const bytesEach = isFloat ? 4 : attribute.type === 'ints' || attribute.type === 'int' ? 8 : 0;
    return this.#share(attribute, {
      elements,
      bytes: elements * bytesEach,
      isParameter: attribute.type === 'floats',
    });
  }

  #share(key: object, weight: Pick<Weight, 'elements' | 'bytes' | 'isParameter'>): Weight {
    const known = this.#weights.get(key);
    if (known !== undefined) return known;
    const fresh: Weight = { ...weight, firstReader: null, quantizedElements: 0, isStatistic: true };
    this.#weights.set(key, fresh);
    return fresh;
  }
}

/** The attribute that holds a Constant node's value; null for other nodes. */
function constantOf(node: Node): Attribute | null {
  if (node.opType !== 'Constant' || node.domain !== '') return null;
  return node.attributes.find(({ name }) => name.startsWith('value')) ?? null;
}

function readInputs(node: Node, id: string, scope: Scope): void {
  for (let position = 0; position < node.inputs.length; position++) {
    const weight = scope.get(node.inputs[position]!);
    if (weight !== undefined) read(weight, id, weightRole(node, position, weight.elements));
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
