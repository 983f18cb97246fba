import type { Graph, ModelGraph, Node } from './graph.js';

export interface VisitedNode {
  /** `n12`; nested: `n12/then_branch/n3`; in a list of graphs: `n12/name.0/n3`. */
  id: string;
  /** '' or the path of the nested graph: `n12/then_branch`. */
  graphPath: string;
  /** Position in its graph, as written. */
  index: number;
  node: Node;
}

export interface VisitedGraph {
  graphPath: string;
  graph: Graph;
}

/** All nodes of the main graph and of nested graphs in file order, a node before those inside it. */
export function* walkNodes(model: Pick<ModelGraph, 'graph'>): Generator<VisitedNode> {
  yield* walkGraphNodes(model.graph, '');
}

function* walkGraphNodes(graph: Graph, graphPath: string): Generator<VisitedNode> {
  for (let index = 0; index < graph.nodes.length; index++) {
    const node = graph.nodes[index]!;
    const id = operatorId(graphPath, index);
    yield { id, graphPath, index, node };
    for (const nested of nestedGraphs(node, id)) yield* walkGraphNodes(nested.graph, nested.graphPath);
  }
}

/** The main graph and all nested ones, outer before inner. */
export function* walkGraphs(model: Pick<ModelGraph, 'graph'>): Generator<VisitedGraph> {
  yield { graphPath: '', graph: model.graph };
  yield* graphsIn(model.graph, '');
}

function* graphsIn(graph: Graph, graphPath: string): Generator<VisitedGraph> {
  for (let index = 0; index < graph.nodes.length; index++) {
    const node = graph.nodes[index]!;
    if (!hasGraphs(node)) continue;
    const nested = nestedGraphs(node, operatorId(graphPath, index));
    yield* nested;
    for (const inner of nested) yield* graphsIn(inner.graph, inner.graphPath);
  }
}

/** Ids of a main graph's nodes, made once: they are keys of many maps, and the same string is found faster than an equal one. */
const mainIds: string[] = [];

export function operatorId(graphPath: string, index: number): string {
  if (graphPath !== '') return `${graphPath}/n${index}`;
  while (mainIds.length <= index) mainIds.push(`n${mainIds.length}`);
  return mainIds[index]!;
}

const NONE: readonly VisitedGraph[] = [];

/** The graphs in a node's attributes (If, Loop, Scan and what else has bodies). */
export function nestedGraphs(node: Node, id: string): readonly VisitedGraph[] {
  if (!hasGraphs(node)) return NONE;
  const nested: VisitedGraph[] = [];
  for (const attribute of node.attributes) {
    const name = `${id}/${pathSegment(attribute.name)}`;
    if (attribute.type === 'graph') nested.push({ graphPath: name, graph: attribute.value });
    if (attribute.type === 'graphs')
      for (const [index, graph] of attribute.value.entries()) nested.push({ graphPath: `${name}.${index}`, graph });
  }
  return nested;
}

function hasGraphs({ attributes }: Node): boolean {
  for (let index = 0; index < attributes.length; index++) {
    const { type } = attributes[index]!;
    if (type === 'graph' || type === 'graphs') return true;
  }
  return false;
}

/** Attribute names come from the file; a '/' in one must not make two ids equal. */
function pathSegment(name: string): string {
  return name.replaceAll('~', '~0').replaceAll('/', '~1');
}
