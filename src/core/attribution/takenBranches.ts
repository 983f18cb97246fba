/**
 * The optimiser replaces an If whose condition is known at load by the branch that it takes, under new names: a tensor
 * `t` of the branch becomes `_if_then_branch_t`, with `_token_N` behind it where that is taken. Doing the same to the
 * file's graph lets the two be compared.
 */

import type { Graph, Node } from '../model/graph.js';
import { renameGraph } from '../model/renameGraph.js';

type BranchName = 'then_branch' | 'else_branch';

export interface TakenBranches {
  graph: Graph;
  /** Ifs that are gone. */
  dissolved: Node[];
  /** Branches that can never run. */
  neverTaken: Graph[];
}

export function takeKnownBranches(original: Graph, optimized: Graph): TakenBranches {
  const result: TakenBranches = { graph: original, dissolved: [], neverTaken: [] };
  result.graph = new BranchTaker(optimized, result).rewrite(original);
  return result;
}

class BranchTaker {
  private readonly nodes: ReadonlyMap<string, Node>;
  /** Tensors of the optimised graph by the name before `_token_N`. */
  private readonly tensors = new Map<string, string[]>();
  private readonly folded: ReadonlySet<string>;

  constructor(
    optimized: Graph,
    private readonly result: TakenBranches,
  ) {
    this.nodes = new Map(optimized.nodes.map((node) => [node.name, node]));
    this.folded = new Set(optimized.initializers.map(({ name }) => name));
    for (const name of [...this.folded, ...optimized.nodes.flatMap(({ outputs }) => outputs)]) {
      if (!name.startsWith('_if_')) continue;
      const base = name.replace(/_token_\d+$/, '');
      const known = this.tensors.get(base);
      if (known) known.push(name);
      else this.tensors.set(base, [name]);
    }
  }

  rewrite(graph: Graph): Graph {
    let { initializers } = graph;
    const nodes: Node[] = [];
    const pending = graph.nodes.toReversed();
    for (let node = pending.pop(); node; node = pending.pop()) {
      const branch = this.takenBranch(node);
      if (!branch) {
        nodes.push(this.rewriteBodies(node));
        continue;
      }
      this.result.dissolved.push(node);
      const other = graphOf(node, branch === 'then_branch' ? 'else_branch' : 'then_branch');
      if (other) this.result.neverTaken.push(other);
      const taken = this.dissolve(node, graphOf(node, branch)!, branch);
      initializers = [...initializers, ...taken.initializers];
      // Branches may hold Ifs of the same kind.
      pending.push(...taken.nodes.toReversed());
    }
    return { ...graph, nodes, initializers };
  }

  private takenBranch(node: Node): BranchName | null {
    if (node.opType !== 'If' || node.domain !== '' || this.nodes.has(node.name)) return null;
    if (node.outputs.some((output) => this.folded.has(output))) return null;
    const votes = (branch: BranchName): number => {
      const graph = graphOf(node, branch);
      const own = graph ? ownTensors(graph) : [];
      return own.filter((tensor) => this.tensors.has(prefixed(branch, tensor))).length;
    };
    const [then, otherwise] = [votes('then_branch'), votes('else_branch')];
    if (then === 0 && otherwise === 0) return null;
    return then >= otherwise ? 'then_branch' : 'else_branch';
  }

  /** The branch's nodes under the optimiser's names; what gives the branch's outputs gives the If's. */
  private dissolve(node: Node, branch: Graph, name: BranchName): Graph {
    const names = new Map<string, string>();
    for (const tensor of ownTensors(branch)) {
      const base = prefixed(name, tensor);
      names.set(tensor, this.tensors.get(base)?.shift() ?? base);
    }
    const produced = new Set(branch.nodes.flatMap(({ outputs }) => outputs));
    const passedOn: Node[] = [];
    for (const [index, { name: output }] of branch.outputs.entries()) {
      const outer = node.outputs[index] ?? '';
      if (outer === '') continue;
      if (produced.delete(output)) names.set(output, outer);
      else passedOn.push({ ...identity, inputs: [names.get(output) ?? output], outputs: [outer] });
    }
    const renamed = renameGraph(branch, { tensor: (tensor) => names.get(tensor) ?? tensor });
    return { ...renamed, nodes: [...renamed.nodes, ...passedOn] };
  }

  /** Bodies of the Ifs, Loops and Scans that stayed. */
  private rewriteBodies(node: Node): Node {
    const counterpart = this.nodes.get(node.name);
    if (!counterpart || !node.attributes.some(({ type }) => type === 'graph')) return node;
    const attributes = node.attributes.map((attribute) => {
      if (attribute.type !== 'graph') return attribute;
      const optimized = graphOf(counterpart, attribute.name);
      return optimized
        ? { ...attribute, value: new BranchTaker(optimized, this.result).rewrite(attribute.value) }
        : attribute;
    });
    return { ...node, attributes };
  }
}

/** Stands for an output of a branch that is a weight or an outer tensor as it is; no operator of the file. */
const identity = { name: '', opType: 'Identity', domain: '', attributes: [] };

const prefixed = (branch: BranchName, tensor: string): string => `_if_${branch}_${tensor}`;

function ownTensors(graph: Graph): string[] {
  const outputs = graph.nodes.flatMap((node) => node.outputs).filter((output) => output !== '');
  return [...graph.initializers.map(({ name }) => name), ...outputs];
}

function graphOf(node: Node, attributeName: string): Graph | null {
  const attribute = node.attributes.find(({ name }) => name === attributeName);
  return attribute?.type === 'graph' ? attribute.value : null;
}
