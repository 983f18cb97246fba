/**
 * The error of one layer at its own output, taken inside the runtime: beside the integers the float layer runs on the
 * same input, and four means come out instead of two activations.
 */

import { DataTypes } from '../model/dataTypes.js';
import type { Graph, Node, TensorRef } from '../model/graph.js';
import { renameGraph } from '../model/renameGraph.js';
import type { TensorValue } from '../runtime/port.js';
import { NEARLY_ZERO, sqnrOf } from './accuracy.js';
import { bytesOf } from './rewrite/edit.js';

export interface LayerError {
  /** null where the layer gives nearly nothing. */
  sqnrDb: number | null;
  cosine: number | null;
  /** Its float output is nearly zero: a ratio to it says nothing. */
  nearlyZero: boolean;
}

/** Means over the samples of ref², err², candidate² and ref · candidate. */
export class LayerErrorSum {
  private readonly sums = new Float64Array(4);
  private samples = 0;

  add(means: TensorValue | undefined): void {
    if (means?.dataType !== 'float32') return;
    for (let place = 0; place < 4; place++) this.sums[place]! += Number(means.data[place]);
    this.samples += 1;
  }

  result(): LayerError {
    const [signal = 0, error = 0, candidate = 0, product = 0] = this.sums;
    const finite = this.sums.every(Number.isFinite);
    if (this.samples === 0 || !finite) return { sqnrDb: null, cosine: null, nearlyZero: false };
    if (signal / this.samples < NEARLY_ZERO) return { sqnrDb: null, cosine: null, nearlyZero: true };
    const cosine = candidate > 0 ? Math.min(1, product / Math.sqrt(signal * candidate)) : 0;
    return { sqnrDb: sqnrOf([error / signal]), cosine, nearlyZero: false };
  }
}

/** Adds up what the layers give: zeros for all but one. */
export const SUM_NODE: Omit<Node, 'inputs' | 'outputs'> = {
  name: 'layer_sums_total',
  opType: 'Sum',
  domain: '',
  attributes: [],
};

const SUMS = 'layer_sums';

/** `candidate` and the float layer beside it; its outputs: the candidate's, and the means. */
export function withSums(candidate: Graph, float: Graph): Graph {
  const own = new Set(float.nodes.flatMap(({ outputs }) => outputs));
  const beside = renameGraph(float, { tensor: (name) => (own.has(name) ? `${name}_reference` : name) });
  const [reference = '', output = ''] = [beside, candidate].map(({ outputs }) => outputs[0]?.name ?? '');
  const nodes: Node[] = [
    node('Sub', [reference, output], 'layer_difference'),
    ...MEANS.flatMap(([name, left, right]) => {
      const tensors = { reference, output, difference: 'layer_difference' };
      return meanNodes(name, tensors[left], tensors[right]);
    }),
    {
      ...node(
        'Concat',
        MEANS.map(([name]) => `${name}_flat`),
        SUMS,
      ),
      attributes: [int('axis', 0)],
    },
  ];
  return {
    ...candidate,
    nodes: [...beside.nodes.map((each) => ({ ...each, name: `${each.name}_reference` })), ...candidate.nodes, ...nodes],
    initializers: [...candidate.initializers, ONE_DIMENSION],
    outputs: [...candidate.outputs, sumsInfo],
  };
}

/** The float layer alone: zeros for the means. */
export function withoutSums(float: Graph): Graph {
  return {
    ...float,
    nodes: [...float.nodes, node('Identity', [NONE.name], SUMS)],
    initializers: [...float.initializers, NONE],
    outputs: [...float.outputs, sumsInfo],
  };
}

const MEANS = [
  ['layer_signal', 'reference', 'reference'],
  ['layer_error', 'difference', 'difference'],
  ['layer_candidate', 'output', 'output'],
  ['layer_product', 'reference', 'output'],
] as const;

const int = (name: string, value: number) => ({ name, type: 'int', value }) as const;

const node = (opType: string, inputs: string[], output: string): Node => ({
  name: output,
  opType,
  domain: '',
  inputs,
  outputs: [output],
  attributes: [],
});

/** The mean of a product, as a vector of one. */
function meanNodes(name: string, left: string, right: string): Node[] {
  const mean = { ...node('ReduceMean', [`${name}_squares`], `${name}_mean`), attributes: [int('keepdims', 0)] };
  return [
    node('Mul', [left, right], `${name}_squares`),
    mean,
    node('Reshape', [`${name}_mean`, ONE_DIMENSION.name], `${name}_flat`),
  ];
}

const constant = (name: string, dataType: number, dims: number[], values: ArrayBufferView): TensorRef => ({
  name,
  dataType,
  dims,
  storage: { kind: 'bytes', bytes: bytesOf(values) },
});
const ONE_DIMENSION = constant('layer_one_dimension', DataTypes.int64, [1], BigInt64Array.of(1n));
const NONE = constant('layer_no_sums', DataTypes.float32, [4], new Float32Array(4));
const sumsInfo: Graph['outputs'][number] = {
  name: SUMS,
  type: { kind: 'tensor', dataType: DataTypes.float32, shape: [4] },
};
