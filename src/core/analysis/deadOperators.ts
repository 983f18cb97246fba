/** What a model carries along and nobody uses. */

import type { Graph } from '../model/graph.js';
import { nestedGraphs, operatorId } from '../model/walk.js';
import { readNames } from '../operators/order.js';

/** Ids of operators that lead to no output of their graph, Constant nodes left out; nested ones of live nodes too. */
export function deadOperators(graph: Graph, graphPath = ''): string[] {
  const producer = new Map<string, number>();
  for (const [index, node] of graph.nodes.entries()) {
    for (const name of node.outputs) if (name !== '') producer.set(name, index);
  }
  const live = new Set<number>();
  const pending = graph.outputs.map(({ name }) => name);
  for (let name = pending.pop(); name !== undefined; name = pending.pop()) {
    const index = producer.get(name);
    if (index === undefined || live.has(index)) continue;
    live.add(index);
    pending.push(...readNames(graph.nodes[index]!));
  }
  return graph.nodes.flatMap((node, index) => {
    const id = operatorId(graphPath, index);
    if (!live.has(index)) return node.opType === 'Constant' ? [] : [id];
    return nestedGraphs(node, id).flatMap((nested) => deadOperators(nested.graph, nested.graphPath));
  });
}

/** Inputs of the model that no operator reads and no output passes on. */
export function unusedInputs(graph: Graph): string[] {
  const used = new Set(graph.outputs.map(({ name }) => name));
  for (const node of graph.nodes) for (const name of readNames(node)) used.add(name);
  const weights = new Set(graph.initializers.map(({ name }) => name));
  return graph.inputs.map(({ name }) => name).filter((name) => !used.has(name) && !weights.has(name));
}
