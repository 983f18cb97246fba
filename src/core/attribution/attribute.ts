/** The whole model: every graph of the file against its optimised form, then a fate for every operator. */

import { FileConstants } from '../model/constants.js';
import type { Graph, ModelGraph, Node } from '../model/graph.js';
import { nestedGraphs, walkNodes } from '../model/walk.js';
import { constantKeys } from './constantKeys.js';
import { EqualTensors, isPassThrough } from './equivalence.js';
import { GraphMatch } from './graphMatch.js';
import { allOperators, type Operator, type OriginalGraph, originalGraphOf } from './originalGraph.js';
import { takeKnownBranches } from './takenBranches.js';
import type { Attribution, Fate, OptimizedNode } from './types.js';

/**
 * `original` has its local functions inlined and safe names (`withSafeNames`), `optimized` is what the runtime saved
 * of it at any optimisation level.
 */
export function attribute(
  original: ModelGraph,
  operatorIdByNodeName: ReadonlyMap<string, string>,
  optimized: ModelGraph,
): Attribution {
  const taken = takeKnownBranches(original.graph, optimized.graph);
  const root = originalGraphOf({ ...original, graph: taken.graph }, operatorIdByNodeName);
  const constants = new FileConstants(original);
  try {
    const matcher = new ModelMatcher(constants);
    matcher.matchGraph(root, optimized.graph, '', null);
    const fates = matcher.finish(root);
    const idOf = (node: Node): string => operatorIdByNodeName.get(node.name) ?? '';
    for (const node of taken.dissolved) fates.set(idOf(node), { fate: 'folded', node: null });
    for (const graph of taken.neverTaken)
      for (const { node } of walkNodes({ graph }))
        if (!isConstantNode(node)) fates.set(idOf(node), { fate: 'notTaken', node: null });
    return { nodes: matcher.nodes, fates };
  } finally {
    constants.close();
  }
}

class ModelMatcher {
  readonly nodes: OptimizedNode[] = [];
  private readonly nodeOf = new Map<Operator, OptimizedNode>();
  private readonly duplicateOf = new Map<Operator, Operator>();

  constructor(private readonly constants: FileConstants) {}

  matchGraph(original: OriginalGraph, optimized: Graph, graphPath: string, parent: string | null): void {
    const equal = new EqualTensors(original, constantKeys(original, this.constants));
    const given = [...optimized.inputs, ...optimized.initializers].map(({ name }) => name);
    const nodes = optimized.nodes.filter((node) => !isConstantNode(node));
    const match = new GraphMatch(original, nodes, given, equal);
    const described = new Map<Node, OptimizedNode>();
    const operatorsOf = match.operatorsByNode();
    for (const node of nodes) {
      const own = operatorsOf.get(node) ?? [];
      described.set(node, this.describe(node, own, match.isInserted(node), graphPath, parent));
      this.matchBodies(node, own, graphPath);
    }
    for (const operator of original.operators) {
      if (match.ownerOf.has(operator)) continue;
      const kept = equal.equalTo(operator).find((other) => match.ownerOf.has(other));
      if (kept) this.duplicateOf.set(operator, kept);
    }
    this.fillSplitOperators(original, nodes, described);
    nameServed(nodes, described);
  }

  private describe(
    node: Node,
    own: readonly Operator[],
    isInserted: boolean,
    graphPath: string,
    parent: string | null,
  ): OptimizedNode {
    const described: OptimizedNode = {
      name: node.name,
      opType: node.opType,
      domain: node.domain,
      graphPath,
      parent,
      kind: own.length > 0 || !isInserted ? 'compute' : /^(Memcpy|Cast$)/.test(node.opType) ? 'copy' : 'layout',
      operatorIds: own.map(({ id }) => id),
      serves: null,
    };
    this.nodes.push(described);
    for (const operator of own) this.nodeOf.set(operator, described);
    return described;
  }

  private matchBodies(node: Node, own: readonly Operator[], graphPath: string): void {
    for (const { graphPath: path, graph } of nestedGraphs(node, node.name)) {
      const attribute = path.slice(node.name.length + 1);
      const body = own.flatMap(({ bodies }) => bodies).find((candidate) => candidate.attribute === attribute);
      const inner = graphPath === '' ? path : `${graphPath}/${path}`;
      if (body) this.matchGraph(body.graph, graph, inner, node.name);
      else this.describeUnknown(graph, own, inner, node.name);
    }
  }

  /** A body that the runtime made: all of it belongs to the operator that it stands for. */
  private describeUnknown(graph: Graph, own: readonly Operator[], graphPath: string, parent: string): void {
    for (const node of graph.nodes.filter((candidate) => !isConstantNode(candidate))) {
      const described = this.describe(node, [], false, graphPath, parent);
      described.operatorIds = own.map(({ id }) => id);
      for (const nested of nestedGraphs(node, node.name))
        this.describeUnknown(nested.graph, own, `${graphPath}/${nested.graphPath}`, node.name);
    }
  }

  /** The runtime expands some operators into several nodes: each belongs to the operator whose output it makes or leads to. */
  private fillSplitOperators(
    original: OriginalGraph,
    nodes: readonly Node[],
    described: ReadonlyMap<Node, OptimizedNode>,
  ): void {
    const consumers = consumersOf(nodes);
    for (const node of nodes.toReversed()) {
      const open = described.get(node);
      if (!open || open.operatorIds.length > 0 || open.kind !== 'compute') continue;
      // One of several outputs has a node of its own: the operator is already with the node of another.
      const made = node.outputs.flatMap((output) => original.producerOf(output)?.id ?? []).filter((id) => id !== '');
      const users = consumers(node).flatMap((user) => described.get(user)?.operatorIds ?? []);
      open.operatorIds = [...made, ...users].slice(0, 1);
    }
  }

  finish(root: OriginalGraph): Map<string, Fate> {
    const fates = new Map<string, Fate>();
    for (const operator of allOperators(root)) if (operator.id !== '') fates.set(operator.id, this.fateOf(operator));
    for (const [duplicate, first] of this.duplicateOf) {
      const node = this.nodeOf.get(first);
      if (!node || !duplicate.live) continue;
      fates.set(duplicate.id, { fate: 'folded', node });
      node.operatorIds.push(duplicate.id);
    }
    return fates;
  }

  private fateOf(operator: Operator): Fate {
    const node = this.nodeOf.get(operator);
    if (node) return { fate: 'run', node };
    const runsNever = !operator.live && !operator.constant && !isPassThrough(operator.node);
    return { fate: runsNever ? 'dead' : 'folded', node: null };
  }
}

const isConstantNode = (node: Node): boolean => node.opType === 'Constant' && node.domain === '';

function consumersOf(nodes: readonly Node[]): (node: Node) => Node[] {
  const readers = new Map<string, Node[]>();
  for (const node of nodes)
    for (const input of node.inputs) {
      const known = readers.get(input);
      if (known) known.push(node);
      else readers.set(input, [node]);
    }
  return (node) => node.outputs.flatMap((output) => (output === '' ? [] : (readers.get(output) ?? [])));
}

/** An inserted node serves the node that reads it, what follows an inserted one; at the end the one before. */
function nameServed(nodes: readonly Node[], described: ReadonlyMap<Node, OptimizedNode>): void {
  const consumers = consumersOf(nodes);
  const producers = new Map(nodes.flatMap((node) => node.outputs.map((output) => [output, node] as const)));
  const served = (node: Node): OptimizedNode | null => {
    const one = described.get(node) ?? null;
    return one?.kind === 'compute' ? one : (one?.serves ?? null);
  };
  const open = (node: Node): OptimizedNode | null => {
    const one = described.get(node);
    return one && one.kind !== 'compute' && one.serves === null ? one : null;
  };
  for (const node of nodes.toReversed()) {
    const one = node.opType === 'ReorderOutput' ? null : open(node);
    if (one)
      one.serves =
        consumers(node)
          .map(served)
          .find((found) => found !== null) ?? null;
  }
  for (const node of nodes) {
    const one = open(node);
    const producer = producers.get(node.inputs[0] ?? '');
    if (one && producer) one.serves = served(producer);
  }
}
