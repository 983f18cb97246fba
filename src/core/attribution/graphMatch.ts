/**
 * Which operators of one graph each node of its optimised form runs.
 *
 * An operator that kept its name is its node's. The others are found backwards, last node first: from the tensors that
 * a node makes to the tensors that it reads, all operators between are its own. Layouts of the runtime (NCHWc, inserted
 * transposes and casts) give new names to tensors; which tensor of the file they stand for is learnt from the nodes
 * around them, position by position.
 */

import type { Node } from '../model/graph.js';
import type { EqualTensors } from './equivalence.js';
import { canRun, familyOf } from './families.js';
import type { Operator, OriginalGraph } from './originalGraph.js';
import { walkBack, type WalkContext } from './walkBack.js';

/** Ops that the optimiser inserts to change layout, type or place; their output has their input's meaning. */
const INSERTED: ReadonlySet<string> = new Set([
  'ReorderInput',
  'ReorderOutput',
  'Transpose',
  'Reshape',
  'Squeeze',
  'Unsqueeze',
  'Flatten',
  'Identity',
  'Cast',
  'QuantizeLinear',
  'DequantizeLinear',
  'MemcpyToHost',
  'MemcpyFromHost',
]);
const NCHWC_SUFFIX = '_nchwc';

export class GraphMatch implements WalkContext {
  readonly ownerOf = new Map<Operator, Node>();
  private readonly operatorByName = new Map<string, Operator>();
  private readonly nodesOutput = new Map<string, Node>();
  /** Tensor of the optimised graph to the tensor of the file that it stands for. */
  private readonly meanings = new Map<string, string>();
  /** Representatives of the file's tensors that some node makes or that are inputs or weights of the optimised graph. */
  private readonly made = new Map<string, Node | null>();
  /** Operators that a node is known to run before any walk: by name. */
  private readonly seeds = new Map<Node, Operator[]>();

  constructor(
    readonly original: OriginalGraph,
    private readonly nodes: readonly Node[],
    given: readonly string[],
    private readonly equal: EqualTensors,
  ) {
    for (const operator of original.operators)
      if (operator.id !== '') this.operatorByName.set(operator.node.name, operator);
    for (const name of given) if (original.has(name)) this.made.set(equal.of(name), null);
    for (const node of nodes) for (const output of node.outputs) this.nodesOutput.set(output, node);
    for (const node of nodes) this.seed(node);
    for (const node of nodes) if (this.isInserted(node)) this.passForward(node);
    for (const node of nodes.toReversed()) this.resolve(node);
  }

  /** Whether the optimiser made this node for layout, type or place alone. */
  isInserted(node: Node): boolean {
    return INSERTED.has(node.opType) && !this.operatorByName.has(node.name) && !isExpanded(node);
  }

  /** Each node's operators, in the file's order. */
  operatorsByNode(): ReadonlyMap<Node, Operator[]> {
    const operators = new Map<Node, Operator[]>();
    for (const operator of this.original.operators) {
      const owner = this.ownerOf.get(operator);
      const own = owner && operators.get(owner);
      if (own) own.push(operator);
      else if (owner) operators.set(owner, [operator]);
    }
    return operators;
  }

  private seed(node: Node): void {
    for (const output of node.outputs) if (this.original.has(output)) this.means(output, output, node);
    const named = this.operatorByName.get(node.name);
    if (named) {
      this.claim(named, node);
      return;
    }
    if (this.isInserted(node)) return;
    // Names made by the optimiser: `<node>/LayerNormFusion/`, `<node>_token_1`, `<tensor>_nchwc`.
    const derived = this.operatorByName.get(node.name.replace(/\/.*$|_token_\d+$/, ''));
    const tensor = node.name.endsWith(NCHWC_SUFFIX) ? node.name.slice(0, -NCHWC_SUFFIX.length) : '';
    const seeded = derived ?? this.original.producerOf(tensor);
    if (seeded) this.claim(seeded, node);
  }

  private claim(operator: Operator, node: Node): void {
    if (this.ownerOf.has(operator)) return;
    this.ownerOf.set(operator, node);
    const seeds = this.seeds.get(node);
    if (seeds) seeds.push(operator);
    else this.seeds.set(node, [operator]);
  }

  private means(tensor: string, meaning: string, node: Node | null): void {
    if (this.meanings.has(tensor)) return;
    this.meanings.set(tensor, meaning);
    const representative = this.equal.of(meaning);
    if (!this.made.get(representative)) this.made.set(representative, node);
  }

  /** The file's tensor that a tensor of the optimised graph stands for; null when not (yet) known. */
  private meaningOf(tensor: string): string | null {
    if (tensor === '') return null;
    return this.meanings.get(tensor) ?? (this.original.has(tensor) ? tensor : null);
  }

  private learn(tensor: string | undefined, meaning: string | undefined): void {
    if (!tensor || !meaning || this.meaningOf(tensor) !== null) return;
    const maker = this.nodesOutput.get(tensor);
    if (maker) this.means(tensor, meaning, maker);
  }

  private passForward(node: Node): void {
    const meaning = this.meaningOf(node.inputs[0] ?? '');
    if (meaning !== null) this.learn(node.outputs[0], meaning);
  }

  private resolve(node: Node): void {
    if (this.isInserted(node)) {
      const [input = '', output = ''] = [node.inputs[0], node.outputs[0]];
      const meaning = this.meaningOf(output);
      if (this.meaningOf(input) === null && meaning !== null) this.learn(input, meaning);
      if (this.sameMeaning(input, output)) return;
    }
    const targets = node.outputs.map((output) => this.meaningOf(output)).filter((meaning) => meaning !== null);
    const seeds = this.seeds.get(node) ?? [];
    for (const seed of seeds) this.learnFromAnchor(node, seed);
    if (targets.length === 0) targets.push(...seeds.flatMap((seed) => seed.node.outputs));
    const walk = walkBack(this, {
      node,
      seeds,
      inputs: this.knownInputs(node),
      hasUnknownInputs: this.unknownInputs(node).length > 0,
      targets,
    });
    for (const operator of walk.region) this.claim(operator, node);
    if (seeds.length === 0) for (const operator of walk.region) this.learnFromAnchor(node, operator);
    this.learnFromFrontier(node, walk.frontier);
  }

  private sameMeaning(first: string, second: string): boolean {
    const [one, other] = [this.meaningOf(first), this.meaningOf(second)];
    return one !== null && other !== null && this.equal.of(one) === this.equal.of(other);
  }

  private knownInputs(node: Node): string[] {
    return node.inputs.map((input) => this.meaningOf(input)).filter((meaning) => meaning !== null);
  }

  private unknownInputs(node: Node): string[] {
    return node.inputs.filter((input) => this.nodesOutput.has(input) && this.meaningOf(input) === null);
  }

  /** The same op, or its fused or quantized form, reads the same tensors in the same places, its weights apart. */
  private learnFromAnchor(node: Node, operator: Operator): void {
    const same = node.opType === operator.node.opType;
    const family = familyOf(operator.node.opType);
    const related = canRun(node.opType, operator.node.opType) && family !== 'other' && family !== 'attention';
    if (!same && !related) return;
    const count = same && family === 'other' ? node.inputs.length : 1;
    for (let index = 0; index < count; index += 1)
      this.learn(node.inputs[index], this.asRead(node, operator.node.inputs[index] ?? ''));
  }

  /** A quantized op reads what the file's DequantizeLinear reads. */
  private asRead(node: Node, tensor: string): string {
    const producer = this.original.producerOf(tensor);
    const isInside = producer?.node.opType === 'DequantizeLinear' && node.opType.startsWith('QLinear');
    return isInside ? (producer.node.inputs[0] ?? tensor) : tensor;
  }

  private learnFromFrontier(node: Node, frontier: readonly string[]): void {
    const known = new Set(this.knownInputs(node).map((meaning) => this.equal.of(meaning)));
    const open = [...new Set(frontier)].filter((tensor) => !known.has(this.equal.of(tensor)));
    const unknown = this.unknownInputs(node);
    if (open.length === 1 && unknown.length === 1) this.learn(unknown[0], open[0]);
  }

  representative(tensor: string): string {
    return this.equal.of(tensor);
  }

  madeByOther(tensor: string, node: Node): boolean {
    const maker = this.made.get(this.equal.of(tensor));
    return maker !== undefined && maker !== node;
  }
}

/** Part of an operator that ONNX defines as a function and the runtime runs as several nodes. */
function isExpanded({ name, inputs, outputs }: Node): boolean {
  return [name, ...inputs, ...outputs].some((text) => text.startsWith('_inlfunc_'));
}
