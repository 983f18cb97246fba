/** The analysis of a graph, node by node in the order in which they run, nested graphs inside their node's. */

import type { Graph, ModelGraph, Node, TensorRef, ValueInfo } from '../model/graph.js';
import { countNodes } from '../model/summary.js';
import { nestedGraphs, operatorId } from '../model/walk.js';
import { OMITTED, type TensorNumbers, tensorNumbers } from '../model/tensorNumbers.js';
import { evaluateBodies } from './bodies.js';
import { OperatorCall } from './call.js';
import { CallMemo, type EvaluatedNode } from './callMemo.js';
import { evaluateCost, type EvaluatedOutputs, evaluateOutputs } from './evaluate.js';
import { executionOrder } from './order.js';
import { type Elements, MAXIMUM_FOLDED, type OperatorRule } from './rule.js';
import { product } from './shapes.js';
import { findRule, plainDomain } from './table.js';
import type { AnalysisOptions, NodeAnalysis, TensorInfo, KnownTensors } from './types.js';

/** What is known of a graph's tensors, with what surrounds it. */
export class Scope implements KnownTensors {
  readonly numbers: TensorNumbers;
  /** By tensor number; undefined for what is not known here: of outer graphs, or not made yet. */
  private readonly infos: (TensorInfo | undefined)[];
  /** By tensor number: 1 for what is known before a run. */
  readonly constants: Uint8Array;

  constructor(
    graph: Graph,
    private readonly parent: Scope | null,
  ) {
    this.numbers = tensorNumbers(graph);
    this.infos = new Array<TensorInfo | undefined>(this.numbers.names.length);
    this.constants = new Uint8Array(this.numbers.names.length);
  }

  get(name: string): TensorInfo | undefined {
    const tensor = this.numbers.numberOf(name);
    return tensor === undefined ? undefined : this.infos[tensor];
  }

  at(tensor: number): TensorInfo | null {
    return this.infos[tensor] ?? null;
  }

  set(tensor: number, info: TensorInfo): void {
    this.infos[tensor] = info;
  }

  find(tensor: number): TensorInfo | null {
    const own = this.infos[tensor];
    return own ?? (this.parent && this.parent.named(this.numbers.names[tensor]!));
  }

  isConstant(tensor: number): boolean {
    if (this.constants[tensor] === 1) return true;
    return (
      this.parent !== null && this.infos[tensor] === undefined && this.parent.namesConstant(this.numbers.names[tensor]!)
    );
  }

  private named(name: string): TensorInfo | null {
    return this.get(name) ?? this.parent?.named(name) ?? null;
  }

  /** Whether it is a constant that a nested graph means by the name. */
  private namesConstant(name: string): boolean {
    const tensor = this.numbers.numberOf(name);
    return tensor === undefined ? (this.parent?.namesConstant(name) ?? false) : this.isConstant(tensor);
  }
}

/** A nested graph of a node, and how often it runs for each run of the node: null when only a run knows. */
export interface BodyAnalysis {
  graph: GraphAnalysis;
  trips: number | null;
}

export interface AnalyzedNode extends NodeAnalysis {
  bodies: readonly BodyAnalysis[];
  /** Its first output shows its first input's buffer. */
  view: boolean;
  refused: boolean;
}

export interface GraphAnalysis {
  path: string;
  graph: Graph;
  /** In file order. */
  nodes: AnalyzedNode[];
  order: readonly number[];
  scope: Scope;
  outputs: TensorInfo[];
  /** An operator in it does not fit its inputs: the runtime would refuse these shapes. */
  refused: boolean;
}

const unknownTensor = (): TensorInfo => ({ dataType: 0, shape: null });

/** By name: what the file says of a graph's tensors. */
type Declared = ReadonlyMap<string, ValueInfo>;

const NO_BODIES = { bodies: [], outputs: null } as const;

export class Analyzer {
  private readonly opsets: ReadonlyMap<string, number>;
  private readonly unknowable = new WeakSet<TensorInfo>();
  private readonly memo: CallMemo;
  /** Before IR version 4 all initializers are listed among the inputs, and none may be replaced. */
  private readonly inputsReplaceInitializers: boolean;
  private budget: number;

  constructor(
    model: ModelGraph,
    private readonly options: AnalysisOptions,
  ) {
    this.opsets = new Map(model.opsets.map(({ domain, version }) => [plainDomain(domain), version]));
    // Bodies are evaluated again while the shapes that they carry settle; nested ones multiply.
    this.budget = 8 * countNodes(model) + 1000;
    this.inputsReplaceInitializers = model.irVersion >= 4;
    this.memo = new CallMemo(this.readValue);
  }

  /** False once repeated evaluation of bodies would take too long: then carried shapes stay unknown. */
  get mayRepeat(): boolean {
    return this.budget > 0;
  }

  readonly readValue = (info: TensorInfo): Elements => {
    if (info.value) return info.value;
    if (!info.stored) return null;
    const elements = this.readConstant(info.stored);
    if (elements) info.value = elements;
    else info.stored = undefined;
    return elements;
  };

  private readonly readConstant = (tensor: TensorRef): Elements => {
    if (product(tensor.dims) > MAXIMUM_FOLDED) return null;
    try {
      return this.options.constants.readNumbers(tensor, MAXIMUM_FOLDED);
    } catch {
      // A file of weights that is missing: what it would say is unknown, the structure is still worth showing.
      return null;
    }
  };

  /** Marks a tensor as one whose shape only a run knows. */
  markUnknowable(info: TensorInfo): TensorInfo {
    if (info.shape === null) this.unknowable.add(info);
    return info;
  }

  /** `inputs`: of a nested graph's formal inputs; null for the main graph, whose own declarations count. */
  analyzeGraph(graph: Graph, path: string, parent: Scope | null, inputs: readonly TensorInfo[] | null): GraphAnalysis {
    const scope = new Scope(graph, parent);
    const { numbers } = scope;
    for (let index = 0; index < graph.inputs.length; index++) {
      const info = inputs ? inputs[index] : this.declared(graph.inputs[index]!, true);
      scope.set(numbers.inputs[index]!, info ?? unknownTensor());
    }
    for (let index = 0; index < graph.initializers.length; index++)
      this.addInitializer(scope, numbers.initializers[index]!, graph.initializers[index]!);
    const declared = new Map<string, ValueInfo>();
    for (const value of graph.valueInfos) declared.set(value.name, value);
    for (const value of graph.outputs) declared.set(value.name, value);
    const nodes = new Array<AnalyzedNode>(graph.nodes.length);
    const order = executionOrder(graph);
    for (let step = 0; step < order.length; step++) {
      const index = order[step]!;
      nodes[index] = this.analyzeNode(graph.nodes[index]!, path, index, scope, declared);
    }
    const outputs = Array.from(numbers.outputs, (tensor) => scope.find(tensor) ?? unknownTensor());
    this.budget -= graph.nodes.length;
    return { path, graph, nodes, order, scope, outputs, refused: nodes.some(({ refused }) => refused) };
  }

  private addInitializer(scope: Scope, number: number, tensor: TensorRef): void {
    const info: TensorInfo = { dataType: tensor.dataType, shape: tensor.dims, stored: tensor };
    // An initializer that is an input too is a default that a caller may replace.
    const replaceable = this.inputsReplaceInitializers && scope.at(number) !== null;
    scope.set(number, info);
    if (!replaceable) scope.constants[number] = 1;
  }

  /** Shape by declaration, with dimensions bound; unknown when one of them is not. */
  private declared({ name, type }: ValueInfo, input = false): TensorInfo {
    if (type.kind !== 'tensor') return unknownTensor();
    const { bindings } = this.options;
    const shape = type.shape?.map((dim, axis) => {
      const bound = (input ? bindings.get(`${name}:${axis}`) : undefined) ?? dim;
      const size = typeof bound === 'string' ? bindings.get(bound) : bound;
      return size === undefined || size === null || size < 0 ? NaN : size;
    });
    return { dataType: type.dataType, shape: shape?.every((dim) => !Number.isNaN(dim)) ? shape : null };
  }

  private analyzeNode(node: Node, path: string, index: number, scope: Scope, declared: Declared): AnalyzedNode {
    const id = operatorId(path, index);
    const opset = this.opsets.get(plainDomain(node.domain)) ?? Number.MAX_SAFE_INTEGER;
    const rule = findRule(node.domain, node.opType, opset);
    const inputs = inputsOf(node, index, scope);
    const nested = nestedGraphs(node, id);
    const { bodies, outputs: bodyOutputs } =
      nested.length > 0 ? evaluateBodies(this, node, inputs, nested, scope) : NO_BODIES;
    const repeats = rule !== null && nested.length === 0 && !node.outputs.includes('');
    const found =
      (repeats ? this.memo.find(rule, node, inputs) : null) ??
      this.evaluateNode(node, rule, new OperatorCall(node, opset, inputs, node.outputs.length, this.readValue), {
        bodyOutputs,
        declared,
        repeats,
      });
    const constant = rule !== null && rule.random !== true && nested.length === 0 && isConstant(node, index, scope);
    declare(found.outputs, index, constant, scope);
    const { outputs, cost, dataDependent } = found;
    const hasRule = rule !== null;
    const view = rule?.view === true;
    const refused =
      (hasRule && found.stop === 'mismatch') || bodies.some(({ trips, graph }) => trips === 1 && graph.refused);
    return {
      id,
      node,
      graphPath: path,
      index,
      inputs,
      outputs,
      cost,
      hasRule,
      dataDependent,
      constant,
      trips: 1,
      bodies,
      view,
      refused,
    };
  }

  private evaluateNode(
    node: Node,
    rule: OperatorRule | null,
    call: OperatorCall,
    { bodyOutputs, declared, repeats }: { bodyOutputs: EvaluatedOutputs | null; declared: Declared; repeats: boolean },
  ): EvaluatedNode {
    const evaluated = bodyOutputs ?? this.evaluate(rule, call);
    const { stop } = evaluated;
    const dataDependent = rule !== null && this.isDataDependent(evaluated, call.inputs);
    // What the file has to complete is each tensor's own.
    const isComplete = stop === null && evaluated.outputs.every(({ dataType }) => dataType !== 0);
    const outputs = node.outputs.map((name, output) => {
      const info = evaluated.outputs[output] ?? unknownTensor();
      if (name === '') return null;
      const value = info.shape === null || info.dataType === 0 ? declared.get(name) : undefined;
      if (value) this.completeFrom(info, value);
      if (dataDependent) this.markUnknowable(info);
      return info;
    });
    call.outputs = outputs;
    const found = { outputs, cost: rule && evaluateCost(rule, call), stop, dataDependent };
    if (rule && repeats && isComplete) this.memo.add(rule, node, call, found);
    return found;
  }

  private evaluate(rule: OperatorRule | null, call: OperatorCall): EvaluatedOutputs {
    if (rule) return evaluateOutputs(rule, call, this.readConstant);
    return { outputs: Array.from({ length: call.outputCount }, unknownTensor), stop: 'mismatch' };
  }

  /** The file's own word on a tensor, for what the rules cannot tell. */
  private completeFrom(info: TensorInfo, value: ValueInfo): void {
    const declared = this.declared(value);
    info.shape ??= declared.shape;
    if (info.dataType === 0) info.dataType = declared.dataType;
  }

  /** Not by a missing rule, a wrong graph or a dimension that nobody bound: by values of a run. */
  private isDataDependent({ outputs, stop }: EvaluatedOutputs, inputs: readonly (TensorInfo | null)[]): boolean {
    if (stop === null || stop === 'mismatch' || outputs.every((info) => info.shape !== null)) return false;
    return inputs.every((info) => info === null || info.shape !== null || this.unknowable.has(info));
  }
}

function inputsOf(node: Node, index: number, scope: Scope): (TensorInfo | null)[] {
  const { reads, readsFrom } = scope.numbers;
  const inputs = new Array<TensorInfo | null>(node.inputs.length);
  for (let input = 0; input < inputs.length; input++) {
    const tensor = reads[readsFrom[index]! + input]!;
    inputs[input] = tensor === OMITTED ? null : (scope.find(tensor) ?? unknownTensor());
  }
  return inputs;
}

function declare(outputs: EvaluatedNode['outputs'], index: number, constant: boolean, scope: Scope): void {
  const { makes, makesFrom } = scope.numbers;
  for (let output = 0; output < outputs.length; output++) {
    const info = outputs[output];
    const tensor = makes[makesFrom[index]! + output]!;
    if (!info) continue;
    scope.set(tensor, info);
    if (constant) scope.constants[tensor] = 1;
  }
}

function isConstant(node: Node, index: number, scope: Scope): boolean {
  const { reads, readsFrom } = scope.numbers;
  for (let input = 0; input < node.inputs.length; input++) {
    const tensor = reads[readsFrom[index]! + input]!;
    if (tensor !== OMITTED && !scope.isConstant(tensor)) return false;
  }
  return true;
}
