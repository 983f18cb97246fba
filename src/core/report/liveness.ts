/** Which operators lead to an output of the model; the others are dead weight in the file. */

import type { Graph } from '../model/graph.js';
import { nestedGraphs, operatorId } from '../model/walk.js';

/** Ids of all operators that an output needs, those in the bodies of live ones included. */
export function liveOperators(graph: Graph): ReadonlySet<string> {
  const live = new Set<string>();
  visit(graph, '', live);
  return live;
}

/** Returns the names that the graph takes from around it. */
function visit(graph: Graph, graphPath: string, live: Set<string>): Set<string> {
  const needed = new Set(graph.outputs.map((output) => output.name));
  for (let index = graph.nodes.length - 1; index >= 0; index--) {
    const node = graph.nodes[index]!;
    if (!node.outputs.some((output) => needed.has(output))) continue;
    const id = operatorId(graphPath, index);
    live.add(id);
    for (const input of node.inputs) needed.add(input);
    for (const nested of nestedGraphs(node, id))
      for (const name of visit(nested.graph, nested.graphPath, live)) needed.add(name);
  }
  return needed;
}
