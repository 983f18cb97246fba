/**
 * Owners of kernels where only their names are known: somebody else's trace, whose optimised graph nobody saved. A
 * guess as good as names allow, where the walk over both graphs is proof.
 */

import type { Graph, ModelGraph } from '../model/graph.js';
import { walkGraphs, walkNodes, operatorId, type VisitedNode } from '../model/walk.js';

export interface NamedKernel {
  name: string;
  opType: string;
  /** Position of the kernel that it ran in. */
  parent: number | null;
}

export interface NameMatch {
  /** Operator ids of each kernel, in the file's order; empty where no name fits. */
  operatorIds: string[][];
  /** Kernels whose own name, or their tensor's, the file has. */
  named: number;
  /** Of these, those of the node's own type or a fused form of it: names alone are often `node1`, `node2`. */
  ofSameType: number;
}

/** Kernels that the runtime inserts: they belong to nobody. */
export const INSERTED = /^(Reorder(Input|Output)|Memcpy(To|From)Host)$/;
/** What takes its followers in. */
const FUSING = /Conv|Gemm|MatMul|Gelu|LayerNorm|Attention|Fused/;
/** What the optimiser puts behind names: `/Add_1/LayerNormFusion/`, `Conv_3_nchwc`, `fused Conv_3`. */
const MOST_CUTS = 8;

/** `constants`: ids of operators that are computed when the model is loaded. */
export function matchByName(
  model: ModelGraph,
  kernels: readonly NamedKernel[],
  constants: ReadonlySet<string>,
): NameMatch {
  const names = new Names(model, constants);
  const owner = new Map<string, number>();
  const mains = kernels.map((): string | null => null);
  for (const [position, kernel] of kernels.entries()) {
    if (INSERTED.test(kernel.opType)) continue;
    const scope = kernel.parent === null ? null : (mains[kernel.parent] ?? null);
    const found = names.find(kernel, scope, owner);
    if (found === null) continue;
    mains[position] = found;
    owner.set(found, position);
  }
  const types = new Map([...walkNodes(model)].map(({ id, node }) => [id, node.opType]));
  const isSame = ([id, position]: [string, number]): boolean => kinship(types.get(id), kernels[position]?.opType);
  const counts = { named: owner.size, ofSameType: [...owner].filter(isSame).length };
  for (const { graphPath, graph } of walkGraphs(model)) absorb(graph, graphPath, kernels, constants, owner);
  const operatorIds = kernels.map((): string[] => []);
  for (const { id } of walkNodes(model)) {
    const position = owner.get(id);
    if (position !== undefined) operatorIds[position]?.push(id);
  }
  return { operatorIds, ...counts };
}

/** `Conv` and `FusedConv`, `QLinearConv`, `NhwcFusedConv`. */
const kinship = (node = '', kernel = ''): boolean => node !== '' && (kernel.includes(node) || node.includes(kernel));

class Names {
  private readonly byName = new Map<string, VisitedNode[]>();
  private readonly byOutput = new Map<string, VisitedNode[]>();
  /** Of the main graph, without constants: what the runtime numbers. */
  private readonly numbered: VisitedNode[] = [];

  constructor(model: ModelGraph, constants: ReadonlySet<string>) {
    for (const visited of walkNodes(model)) {
      const { id, node, graphPath } = visited;
      if (node.opType === 'Constant') continue;
      if (graphPath === '') this.numbered.push(visited);
      if (constants.has(id)) continue;
      if (node.name !== '') push(this.byName, node.name, visited);
      for (const output of node.outputs) if (output !== '') push(this.byOutput, output, visited);
    }
  }

  find({ name, opType }: NamedKernel, scope: string | null, taken: ReadonlyMap<string, number>): string | null {
    const inScope = (found: readonly VisitedNode[] | undefined): string | null => {
      const free = (found ?? []).filter(({ id }) => !taken.has(id));
      const inside = free.find(({ graphPath }) =>
        scope === null ? graphPath === '' : graphPath.startsWith(`${scope}/`),
      );
      return (inside ?? free[0])?.id ?? null;
    };
    let text = name.replace(/^fused /, '');
    for (let cut = 0; cut <= MOST_CUTS && text !== ''; cut++) {
      const id = inScope(this.byName.get(text)) ?? inScope(this.byOutput.get(text));
      if (id !== null) return id;
      const end = Math.max(text.lastIndexOf('/'), text.lastIndexOf('_'), text.lastIndexOf(' '));
      text = end > 0 ? text.slice(0, end) : '';
    }
    return this.unnamed(name, opType, taken);
  }

  /** A node without a name is called by its type and number. */
  private unnamed(name: string, opType: string, taken: ReadonlyMap<string, number>): string | null {
    const number = name.startsWith(`${opType}_`) ? Number(name.slice(opType.length + 1)) : NaN;
    const visited = Number.isInteger(number) ? this.numbered[number] : undefined;
    return visited?.node.name === '' && visited.node.opType === opType && !taken.has(visited.id) ? visited.id : null;
  }
}

/** What has no kernel of its own was fused into a neighbour's: its producer's, else the one that all its readers share. */
function absorb(
  graph: Graph,
  graphPath: string,
  kernels: readonly NamedKernel[],
  constants: ReadonlySet<string>,
  owner: Map<string, number>,
): void {
  const producers = new Map<string, string>();
  const readers = new Map<string, string[]>();
  const open: { id: string; inputs: string[]; outputs: string[] }[] = [];
  for (const [index, node] of graph.nodes.entries()) {
    const id = operatorId(graphPath, index);
    if (node.opType === 'Constant' || constants.has(id)) continue;
    for (const output of node.outputs) if (output !== '') producers.set(output, id);
    for (const input of node.inputs) if (input !== '') push(readers, input, id);
    if (!owner.has(id)) open.push({ id, inputs: node.inputs, outputs: node.outputs });
  }
  const ownersOf = (ids: readonly (string | undefined)[]): number[] => [
    ...new Set(ids.flatMap((id) => (id === undefined ? [] : (owner.get(id) ?? [])))),
  ];
  const forward = (mayTake: (position: number) => boolean): void => {
    for (const { id, inputs } of open) {
      const found = owner.has(id) ? [] : ownersOf(inputs.map((input) => producers.get(input))).filter(mayTake);
      // Of several, the last to run: only it has all that the operator reads.
      if (found.length > 0) owner.set(id, Math.max(...found));
    }
  };
  forward((position) => FUSING.test(kernels[position]?.opType ?? ''));
  for (const { id, outputs } of open.toReversed()) {
    const found = owner.has(id) ? [] : ownersOf(outputs.flatMap((output) => readers.get(output) ?? []));
    if (found.length === 1) owner.set(id, found[0]!);
  }
  forward(() => true);
}

function push<V>(map: Map<string, V[]>, key: string, value: V): void {
  const known = map.get(key);
  if (known) known.push(value);
  else map.set(key, [value]);
}
