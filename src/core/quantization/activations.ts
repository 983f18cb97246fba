/** Which activations must have a range. */

import type { Graph } from '../model/graph.js';
import { GraphIndex } from './graphIndex.js';
import { AROUND_TYPES } from './rewrite/around.js';
import type { Layer } from './types.js';

/** What the layers read and give, and what stands around them. */
export function activationsOf(graph: Graph, layers: readonly Layer[]): string[] {
  const found = new Set(layers.flatMap(({ input, output }) => [input, output]));
  const index = new GraphIndex(graph);
  for (const node of graph.nodes) {
    if (!AROUND_TYPES.has(node.opType) || !node.inputs.some((name) => found.has(name))) continue;
    if (node.inputs.some((name) => index.constant(name) !== null)) continue;
    const next = index.onlyConsumer(node.outputs[0] ?? '');
    const output = (next?.opType === 'Relu' ? next : node).outputs[0] ?? '';
    for (const name of [...node.inputs, output]) found.add(name);
  }
  found.delete('');
  return [...found];
}
