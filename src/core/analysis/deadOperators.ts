/** What a model carries along and nobody uses. */

import type { Attribute, Graph, TensorRef } from '../model/graph.js';
import { feedInputs } from '../model/openDimensions.js';
import { readNames, tensorNumbers } from '../model/tensorNumbers.js';
import { nestedGraphs, operatorId } from '../model/walk.js';

const liveCache = new WeakMap<Graph, Uint8Array>();

/** 1 for each node that leads to an output of the graph, which must not change any more. */
function liveNodes(graph: Graph): Uint8Array {
  const live = liveCache.get(graph) ?? findLiveNodes(graph);
  liveCache.set(graph, live);
  return live;
}

function findLiveNodes(graph: Graph): Uint8Array {
  const { outputs, producers, reads, readsFrom } = tensorNumbers(graph);
  const live = new Uint8Array(graph.nodes.length);
  const pending = [...outputs];
  for (let tensor = pending.pop(); tensor !== undefined; tensor = pending.pop()) {
    const node = producers[tensor]!;
    if (node === -1 || live[node] === 1) continue;
    live[node] = 1;
    for (let at = readsFrom[node]!; at < readsFrom[node + 1]!; at++) pending.push(reads[at]!);
  }
  return live;
}

/** Ids of operators that lead to no output of their graph, Constant nodes left out; nested ones of live nodes too. */
export function deadOperators(graph: Graph, graphPath = ''): string[] {
  const live = liveNodes(graph);
  const dead: string[] = [];
  for (let index = 0; index < graph.nodes.length; index++) {
    const node = graph.nodes[index]!;
    const id = operatorId(graphPath, index);
    if (live[index] === 0) {
      if (node.opType !== 'Constant') dead.push(id);
      continue;
    }
    const nested = nestedGraphs(node, id);
    for (let body = 0; body < nested.length; body++)
      dead.push(...deadOperators(nested[body]!.graph, nested[body]!.graphPath));
  }
  return dead;
}

/** Weights of `graph`, those in Constant nodes included, that lead to no output; nested graphs of live nodes too. */
export function deadWeights(graph: Graph): TensorRef[] {
  const live = liveNodes(graph);
  const { names, initializers, outputs, reads, readsFrom } = tensorNumbers(graph);
  const used = new Uint8Array(names.length);
  for (const output of outputs) used[output] = 1;
  const dead: TensorRef[] = [];
  for (let index = 0; index < graph.nodes.length; index++) {
    const node = graph.nodes[index]!;
    if (live[index] === 0) {
      if (node.opType === 'Constant') dead.push(...node.attributes.flatMap(tensorsOf));
      continue;
    }
    for (let at = readsFrom[index]!; at < readsFrom[index + 1]!; at++) used[reads[at]!] = 1;
    for (const nested of nestedGraphs(node, '')) dead.push(...deadWeights(nested.graph));
  }
  dead.push(...graph.initializers.filter((_, index) => used[initializers[index]!] === 0));
  return dead;
}

const tensorsOf = (attribute: Attribute): TensorRef[] => (attribute.type === 'tensor' ? [attribute.value] : []);

/** Inputs of the model that no operator reads and no output passes on. */
export function unusedInputs(graph: Graph): string[] {
  const unused = new Set(feedInputs({ graph }).map(({ name }) => name));
  for (const { name } of graph.outputs) unused.delete(name);
  for (const node of graph.nodes) {
    if (unused.size === 0) break;
    for (const name of readNames(node)) unused.delete(name);
  }
  return [...unused];
}
