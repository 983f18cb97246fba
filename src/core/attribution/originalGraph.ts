/** One graph of the file, main or nested, prepared for walking from tensors back to the operators that make them. */

import type { Graph, ModelGraph, Node, TensorRef } from '../model/graph.js';
import { nestedGraphs } from '../model/walk.js';

export interface Operator {
  /** '' for a stand-in that is no operator of the file. */
  id: string;
  node: Node;
  /** Everything that it computes follows from weights alone. */
  constant: boolean;
  /** Leads to an output of its graph, or into a nested graph that is used. */
  live: boolean;
  bodies: { attribute: string; graph: OriginalGraph }[];
}

const RANDOM = /^(Random|Bernoulli$|Multinomial$)/;

export class OriginalGraph {
  /** Constant nodes are not among them. */
  readonly operators: Operator[] = [];
  private readonly producers = new Map<string, Operator>();
  /** null: a constant without a tensor (Constant nodes that hold a number). */
  private readonly constants = new Map<string, TensorRef | null>();
  private readonly others = new Set<string>();
  private captured: readonly string[] | null = null;

  constructor(
    readonly graph: Graph,
    private readonly outer: OriginalGraph | null,
    private readonly builder: Builder,
  ) {
    this.takeInputs();
    for (const node of graph.nodes) this.takeNode(node);
    this.markLive();
  }

  /** The operator of this very graph that makes the tensor; null for inputs, weights and outer tensors. */
  producerOf(tensor: string): Operator | null {
    return this.producers.get(tensor) ?? null;
  }

  /** Known here or in a graph around. */
  has(tensor: string): boolean {
    if (tensor === '') return false;
    const here = this.producers.has(tensor) || this.constants.has(tensor) || this.others.has(tensor);
    return here || (this.outer?.has(tensor) ?? false);
  }

  isConstant(tensor: string): boolean {
    if (this.constants.has(tensor)) return true;
    const producer = this.producers.get(tensor);
    if (producer) return producer.constant;
    return !this.others.has(tensor) && (this.outer?.isConstant(tensor) ?? false);
  }

  /** The weights or the Constant node's tensor of this name, here or in a graph around. */
  constantTensor(tensor: string): TensorRef | null {
    const here = this.constants.get(tensor);
    if (here !== undefined || this.producers.has(tensor) || this.others.has(tensor)) return here ?? null;
    return this.outer?.constantTensor(tensor) ?? null;
  }

  /** Names of tensors that a node reads: its inputs, and what its bodies take from around them. */
  reads(operator: Operator): string[] {
    const inputs = operator.node.inputs.filter((input) => input !== '');
    return [...inputs, ...operator.bodies.flatMap(({ graph }) => graph.captures())];
  }

  private takeInputs(): void {
    for (const input of this.graph.inputs) this.others.add(input.name);
    for (const weight of this.graph.initializers) {
      // Since IR version 4 a weight that is also an input can be replaced by the caller.
      if (!this.others.has(weight.name) || this.builder.inputsAreWeights) this.constants.set(weight.name, weight);
    }
    for (const { values } of this.graph.sparseInitializers ?? []) this.constants.set(values.name, null);
  }

  private takeNode(node: Node): void {
    if (node.opType === 'Constant' && node.domain === '') {
      for (const output of node.outputs) this.constants.set(output, valueOf(node));
      return;
    }
    const id = this.builder.idOf(node);
    const operator: Operator = { id, node, constant: false, live: false, bodies: [] };
    this.operators.push(operator);
    operator.bodies = nestedGraphs(node, '').map(({ graphPath, graph }) => ({
      attribute: graphPath.slice(1),
      graph: new OriginalGraph(graph, this, this.builder),
    }));
    const reads = this.reads(operator);
    operator.constant = !RANDOM.test(node.opType) && reads.length > 0 && reads.every((name) => this.isConstant(name));
    for (const output of node.outputs) if (output !== '') this.producers.set(output, operator);
  }

  private captures(): readonly string[] {
    this.captured ??= this.findCaptures();
    return this.captured;
  }

  private findCaptures(): string[] {
    const found = this.operators.flatMap((operator) => this.reads(operator));
    const outputs = this.graph.outputs.map((output) => output.name);
    const isOwn = (name: string): boolean =>
      this.producers.has(name) || this.constants.has(name) || this.others.has(name);
    return [...new Set([...found, ...outputs])].filter((name) => !isOwn(name));
  }

  private markLive(): void {
    const pending = this.graph.outputs.map((output) => output.name);
    for (let name = pending.pop(); name !== undefined; name = pending.pop()) {
      const operator = this.producers.get(name);
      if (!operator || operator.live) continue;
      operator.live = true;
      pending.push(...this.reads(operator));
    }
  }
}

function valueOf(node: Node): TensorRef | null {
  const attribute = node.attributes.find(({ name }) => name === 'value');
  return attribute?.type === 'tensor' ? attribute.value : null;
}

/** What the graphs of one model share while they are built. */
export interface Builder {
  idOf(node: Node): string;
  inputsAreWeights: boolean;
}

export function originalGraphOf(model: ModelGraph, operatorIdByNodeName: ReadonlyMap<string, string>): OriginalGraph {
  const builder: Builder = {
    idOf: (node) => {
      if (node.name === '') return '';
      const id = operatorIdByNodeName.get(node.name);
      if (id === undefined) throw new Error(`node '${node.name}' has no operator id`);
      return id;
    },
    inputsAreWeights: model.irVersion > 0 && model.irVersion < 4,
  };
  return new OriginalGraph(model.graph, null, builder);
}

/** All operators, nested ones after the operator that contains them. */
export function* allOperators(graph: OriginalGraph): Generator<Operator> {
  for (const operator of graph.operators) {
    yield operator;
    for (const body of operator.bodies) yield* allOperators(body.graph);
  }
}
