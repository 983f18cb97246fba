/** The walk back from the tensors that one node makes to those that it reads: the operators between are its own. */

import type { Node } from '../model/graph.js';
import { isPassThrough } from './equivalence.js';
import { canRun, familyOf } from './families.js';
import type { Operator, OriginalGraph } from './originalGraph.js';

/** How far a node's own operators may lie from its output when the way back to them is looked for. */
const MAXIMUM_REGION_DEPTH = 64;

export interface WalkContext {
  readonly original: OriginalGraph;
  readonly ownerOf: ReadonlyMap<Operator, Node>;
  /** The name that stands for all tensors of this value. */
  representative(tensor: string): string;
  /** Whether another node makes it, or it is an input or a weight of the optimised graph. */
  madeByOther(tensor: string, node: Node): boolean;
}

export interface WalkStart {
  node: Node;
  /** Operators known to be the node's. */
  seeds: readonly Operator[];
  /** Tensors of the file that the node reads, as far as known. */
  inputs: readonly string[];
  hasUnknownInputs: boolean;
  /** Tensors of the file that it makes. */
  targets: readonly string[];
}

export interface WalkResult {
  region: ReadonlySet<Operator>;
  /** Tensors at which the walk stopped, weights left out. */
  frontier: readonly string[];
}

export function walkBack(context: WalkContext, start: WalkStart): WalkResult {
  const walk = new Walk(context, start);
  const pending: Step[] = start.targets.map((tensor) => ({ tensor, past: false }));
  for (let step = pending.pop(); step !== undefined; step = pending.pop()) pending.push(...walk.enter(step));
  return walk;
}

interface Step {
  tensor: string;
  /** One of the seeds lies between it and the targets. */
  past: boolean;
}

class Walk implements WalkResult {
  readonly region = new Set<Operator>();
  readonly frontier: string[] = [];
  private readonly inputs: ReadonlySet<string>;
  private readonly stops: ReadonlySet<string>;
  private readonly targets: ReadonlySet<string>;
  private readonly seeds: ReadonlySet<Operator>;
  /** With inputs of unknown meaning, only the way to the node's own operators is safe. */
  private readonly guided: boolean;

  constructor(
    private readonly context: WalkContext,
    private readonly start: WalkStart,
  ) {
    this.inputs = new Set(start.inputs);
    this.stops = new Set(start.inputs.map((tensor) => context.representative(tensor)));
    this.targets = new Set(start.targets.map((tensor) => context.representative(tensor)));
    this.seeds = new Set(start.seeds);
    this.guided = start.seeds.length > 0 && start.hasUnknownInputs;
  }

  /** Takes the operator that makes the tensor; what is to be entered next. */
  enter({ tensor, past }: Step): Step[] {
    const operator = this.context.original.producerOf(tensor);
    if (operator && this.region.has(operator)) return [];
    const owner = operator === null ? null : this.context.ownerOf.get(operator);
    if (operator === null || (owner && owner !== this.start.node)) return this.stopAt(tensor);
    if (operator.constant && familyOf(operator.node.opType) !== 'quantization' && !this.seeds.has(operator)) return [];
    if (isPassThrough(operator.node)) return this.next(operator, past, false);
    this.region.add(operator);
    return this.next(operator, past || this.seeds.has(operator), this.isAnchor(operator));
  }

  private stopAt(tensor: string): [] {
    if (!this.context.original.isConstant(tensor)) this.frontier.push(tensor);
    return [];
  }

  private next(operator: Operator, past: boolean, isAnchor: boolean): Step[] {
    const next: Step[] = [];
    const reads = this.context.original.reads(operator);
    for (const read of reads) {
      const leadsAway = isAnchor || (this.guided && !past && reads.length > 1 && !this.leadsHome(read));
      // Behind weights there are at most the nodes that dequantize them.
      if (this.isStop(read) || (leadsAway && !this.context.original.isConstant(read))) this.stopAt(read);
      else next.push({ tensor: read, past });
    }
    return next;
  }

  private isStop(tensor: string): boolean {
    if (this.inputs.has(tensor)) return true;
    const representative = this.context.representative(tensor);
    if (this.targets.has(representative)) return false;
    return this.stops.has(representative) || this.context.madeByOther(tensor, this.start.node);
  }

  /** Behind a node's main operator there is nothing of its own; needed only where its inputs are not known. */
  private isAnchor({ node }: Operator): boolean {
    const family = familyOf(node.opType);
    // A BatchNormalization becomes a convolution of its own where none comes before it.
    if (node.opType === 'BatchNormalization' && familyOf(this.start.node.opType) === 'convolution') {
      const before = this.context.original.producerOf(node.inputs[0] ?? '');
      return this.start.hasUnknownInputs && familyOf(before?.node.opType ?? '') !== 'convolution';
    }
    const isMain = family === 'convolution' || family === 'transposedConvolution' || family === 'matmul';
    return (
      this.start.hasUnknownInputs && (isMain || family === 'pooling') && canRun(this.start.node.opType, node.opType)
    );
  }

  private leadsHome(tensor: string): boolean {
    const seen = new Set<Operator>();
    let level = [tensor];
    for (let depth = 0; depth < MAXIMUM_REGION_DEPTH && level.length > 0; depth += 1) {
      const next: string[] = [];
      for (const name of level) {
        const operator = this.context.original.producerOf(name);
        if (!operator || seen.has(operator) || this.isStop(name)) continue;
        if (this.seeds.has(operator)) return true;
        seen.add(operator);
        if (!this.context.ownerOf.has(operator)) next.push(...this.context.original.reads(operator));
      }
      level = next;
    }
    return false;
  }
}
