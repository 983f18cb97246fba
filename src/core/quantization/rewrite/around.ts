/** What stands between quantized layers and has an int8 form: taken along, it spares the conversions around it. */

import type { Node } from '../../model/graph.js';
import type { GraphIndex } from '../graphIndex.js';
import type { Layer, Range } from '../types.js';

export interface AroundNode {
  node: Node;
  /** The Relu that follows and is computed with it, or the node itself. */
  last: Node;
  inputs: string[];
  output: string;
  /** The input whose scale the output has, for operators that only move values. */
  sameAs: string | null;
}

const COMPUTING: ReadonlySet<string> = new Set(['Add', 'Mul', 'Concat', 'GlobalAveragePool', 'AveragePool']);
/** What may be taken along. */
export const AROUND_TYPES: ReadonlySet<string> = new Set([...COMPUTING, 'MaxPool']);
/** int8 from opset 12 on. */
const MAX_POOL_OPSET = 12;

/** Nodes that read at least one tensor of a quantized layer, and only tensors with a known range. */
export function aroundNodes(
  index: GraphIndex,
  layers: readonly Layer[],
  options: { ranges: ReadonlyMap<string, Range>; opset: number },
): AroundNode[] {
  const integer = new Set(layers.map(({ output }) => output));
  const found: AroundNode[] = [];
  for (const node of index.graph.nodes) {
    const moving = node.opType === 'MaxPool' && options.opset >= MAX_POOL_OPSET && node.outputs.length === 1;
    if (node.domain !== '' || !(COMPUTING.has(node.opType) || moving)) continue;
    const inputs = [...new Set(node.inputs)];
    const next = index.onlyConsumer(node.outputs[0] ?? '');
    const last = !moving && next?.opType === 'Relu' ? next : node;
    const output = last.outputs[0] ?? '';
    const ranged = [...inputs, output].every((name) => options.ranges.has(name));
    if (!ranged || !inputs.some((name) => integer.has(name))) continue;
    integer.add(output);
    found.push({ node, last, inputs, output, sameAs: moving ? (inputs[0] ?? null) : null });
  }
  return found;
}
