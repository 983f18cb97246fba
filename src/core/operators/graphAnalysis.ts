/** The analysis of a graph, node by node in the order in which they run, nested graphs inside their node's. */

import type { Graph, ModelGraph, Node, TensorRef, ValueInfo } from '../model/graph.js';
import { countNodes } from '../model/summary.js';
import { nestedGraphs, operatorId } from '../model/walk.js';
import { evaluateBodies } from './bodies.js';
import { OperatorCall } from './call.js';
import { evaluateCost, type EvaluatedOutputs, evaluateOutputs } from './evaluate.js';
import { executionOrder } from './order.js';
import { type Elements, MAXIMUM_FOLDED, type OperatorRule } from './rule.js';
import { product } from './shapes.js';
import { findRule, plainDomain } from './table.js';
import type { AnalysisOptions, NodeAnalysis, TensorInfo } from './types.js';

/** What is known of a graph's tensors, with what surrounds it. */
export class Scope {
  readonly tensors = new Map<string, TensorInfo>();
  readonly constants = new Set<string>();

  constructor(private readonly parent: Scope | null) {}

  find(name: string): TensorInfo | null {
    return this.tensors.get(name) ?? this.parent?.find(name) ?? null;
  }

  isConstant(name: string): boolean {
    if (this.constants.has(name)) return true;
    return this.parent !== null && !this.tensors.has(name) && this.parent.isConstant(name);
  }
}

/** A nested graph of a node, and how often it runs for each run of the node: null when only a run knows. */
export interface BodyAnalysis {
  graph: GraphAnalysis;
  trips: number | null;
}

export interface AnalyzedNode {
  analysis: NodeAnalysis;
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

const NO_BODIES = { bodies: [], outputs: null } as const;

export class Analyzer {
  private readonly opsets: ReadonlyMap<string, number>;
  /** Tensors whose elements lie in the file; read when a rule asks. */
  private readonly stored = new WeakMap<TensorInfo, TensorRef>();
  private readonly unknowable = new WeakSet<TensorInfo>();
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
  }

  /** False once repeated evaluation of bodies would take too long: then carried shapes stay unknown. */
  get mayRepeat(): boolean {
    return this.budget > 0;
  }

  readonly readValue = (info: TensorInfo): Elements => {
    if (info.value) return info.value;
    const tensor = this.stored.get(info);
    if (!tensor) return null;
    const elements = this.readConstant(tensor);
    if (elements) info.value = elements;
    else this.stored.delete(info);
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
    const scope = new Scope(parent);
    for (const [index, input] of graph.inputs.entries()) {
      const info = inputs ? inputs[index] : this.declared(input, true);
      scope.tensors.set(input.name, info ?? unknownTensor());
    }
    for (const tensor of graph.initializers) this.addInitializer(scope, tensor);
    const declared = new Map<string, ValueInfo>();
    for (const value of [...graph.valueInfos, ...graph.outputs]) declared.set(value.name, value);
    const nodes = new Array<AnalyzedNode>(graph.nodes.length);
    const order = executionOrder(graph);
    for (const index of order) nodes[index] = this.analyzeNode(graph.nodes[index]!, path, index, scope, declared);
    const outputs = graph.outputs.map(({ name }) => scope.find(name) ?? unknownTensor());
    this.budget -= graph.nodes.length;
    return { path, graph, nodes, order, scope, outputs, refused: nodes.some(({ refused }) => refused) };
  }

  private addInitializer(scope: Scope, tensor: TensorRef): void {
    const info: TensorInfo = { dataType: tensor.dataType, shape: tensor.dims };
    this.stored.set(info, tensor);
    // An initializer that is an input too is a default that a caller may replace.
    const replaceable = this.inputsReplaceInitializers && scope.tensors.has(tensor.name);
    scope.tensors.set(tensor.name, info);
    if (!replaceable) scope.constants.add(tensor.name);
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

  private analyzeNode(
    node: Node,
    path: string,
    index: number,
    scope: Scope,
    declared: ReadonlyMap<string, ValueInfo>,
  ): AnalyzedNode {
    const id = operatorId(path, index);
    const opset = this.opsets.get(plainDomain(node.domain)) ?? Number.MAX_SAFE_INTEGER;
    const rule = findRule(node.domain, node.opType, opset);
    const inputs = node.inputs.map((name) => (name === '' ? null : (scope.find(name) ?? unknownTensor())));
    const nested = nestedGraphs(node, id);
    const { bodies, outputs: bodyOutputs } =
      nested.length > 0 ? evaluateBodies(this, node, inputs, nested, scope) : NO_BODIES;
    const call = new OperatorCall(node, opset, inputs, node.outputs.length, this.readValue);
    const evaluated = bodyOutputs ?? this.evaluate(rule, call);
    const dataDependent = rule !== null && this.isDataDependent(evaluated, inputs);
    const outputs = node.outputs.map((name, output) => {
      const info = evaluated.outputs[output] ?? unknownTensor();
      if (name === '') return null;
      const value = info.shape === null || info.dataType === 0 ? declared.get(name) : undefined;
      if (value) this.completeFrom(info, value);
      if (dataDependent) this.markUnknowable(info);
      scope.tensors.set(name, info);
      return info;
    });
    const constant = rule !== null && rule.random !== true && nested.length === 0 && isConstant(node, scope);
    if (constant) for (const name of node.outputs) if (name !== '') scope.constants.add(name);
    call.outputs = outputs;
    const cost = rule && evaluateCost(rule, call);
    const hasRule = rule !== null;
    const analysis = {
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
    };
    const refused =
      (hasRule && evaluated.stop === 'mismatch') || bodies.some(({ trips, graph }) => trips === 1 && graph.refused);
    return { analysis, bodies, view: rule?.view === true, refused };
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

function isConstant(node: Node, scope: Scope): boolean {
  return node.inputs.every((name) => name === '' || scope.isConstant(name));
}
