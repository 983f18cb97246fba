/** Changes to a graph, collected and then made in one pass; the graph itself stays as it is. */

import { DataTypes } from '../../model/dataTypes.js';
import type { Attribute, Graph, Node, TensorRef } from '../../model/graph.js';
import { nestedGraphs } from '../../model/walk.js';

/** float32 elements to little-endian bytes, as every supported machine has them. */
export const bytesOf = (values: ArrayBufferView): Uint8Array =>
  new Uint8Array(values.buffer, values.byteOffset, values.byteLength);

export class GraphEdit {
  private readonly before = new Map<Node, Node[]>();
  private readonly after = new Map<Node, Node[]>();
  private readonly start: Node[] = [];
  private readonly replaced = new Map<Node, Node>();
  private readonly renamedInputs = new Map<Node, Map<string, string>>();
  private readonly renamedOutputs = new Map<string, string>();
  private readonly added = new Map<string, TensorRef>();
  private readonly names: Set<string>;

  constructor(readonly graph: Graph) {
    this.names = namesOf(graph);
  }

  /** A tensor's or node's name that nothing has yet. */
  fresh(wanted: string): string {
    let name = wanted;
    for (let count = 2; this.names.has(name); count++) name = `${wanted}_${count}`;
    this.names.add(name);
    return name;
  }

  /** Nodes to stand directly before `node`. */
  insertBefore(node: Node, ...nodes: Node[]): void {
    this.before.set(node, [...(this.before.get(node) ?? []), ...nodes]);
  }

  /** Directly after `node`; null: at the graph's start, for what reads its inputs. */
  insertAfter(node: Node | null, ...nodes: Node[]): void {
    if (node) this.after.set(node, [...(this.after.get(node) ?? []), ...nodes]);
    else this.start.push(...nodes);
  }

  replace(node: Node, by: Node): void {
    this.replaced.set(node, by);
  }

  /** Inside `node` one tensor is read in another's place; branches and bodies keep theirs. */
  redirect(node: Node, from: string, to: string): void {
    const renames = this.renamedInputs.get(node) ?? new Map<string, string>();
    this.renamedInputs.set(node, renames.set(from, to));
  }

  renameOutput(from: string, to: string): void {
    this.renamedOutputs.set(from, to);
  }

  tensor(name: string, dataType: number, dims: number[], values: ArrayBufferView): string {
    const own = this.fresh(name);
    this.added.set(own, { name: own, dataType, dims, storage: { kind: 'bytes', bytes: bytesOf(values) } });
    return own;
  }

  scalar(name: string, value: number): string {
    return this.tensor(name, DataTypes.float32, [], Float32Array.of(value));
  }

  node(opType: string, inputs: string[], output: string, options: NodeOptions = {}): Node {
    const { domain = '', attributes = [], outputs = [] } = options;
    return {
      name: this.fresh(`${output}/${opType}`),
      opType,
      domain,
      inputs,
      outputs: [output, ...outputs],
      attributes,
    };
  }

  /** The graph with every change; initializers that nothing reads any more are gone. */
  finish(): Graph {
    const nodes = [...this.start];
    for (const node of this.graph.nodes) {
      nodes.push(...(this.before.get(node) ?? []), this.changed(node), ...(this.after.get(node) ?? []));
    }
    const read = readNames(nodes, this.graph);
    const initializers = [...this.graph.initializers, ...this.added.values()].filter(({ name }) => read.has(name));
    return { ...this.graph, nodes, initializers, valueInfos: [] };
  }

  private changed(node: Node): Node {
    const now = this.replaced.get(node) ?? node;
    const renames = this.renamedInputs.get(node);
    const renamesOutput = node.outputs.some((name) => this.renamedOutputs.has(name));
    if (!renames && !renamesOutput) return now;
    return {
      ...now,
      inputs: now.inputs.map((name) => renames?.get(name) ?? name),
      outputs: now.outputs.map((name) => this.renamedOutputs.get(name) ?? name),
    };
  }
}

export interface NodeOptions {
  domain?: string;
  attributes?: Attribute[];
  /** Outputs beyond the first. */
  outputs?: string[];
}

function namesOf(graph: Graph): Set<string> {
  const names = new Set<string>();
  for (const { name } of [...graph.inputs, ...graph.outputs, ...graph.initializers]) names.add(name);
  for (const node of graph.nodes) {
    for (const name of [node.name, ...node.inputs, ...node.outputs]) names.add(name);
    for (const nested of nestedGraphs(node, '')) for (const name of namesOf(nested.graph)) names.add(name);
  }
  return names;
}

function readNames(nodes: readonly Node[], graph: Graph): Set<string> {
  const read = new Set(graph.outputs.map(({ name }) => name));
  const visit = (all: readonly Node[]): void => {
    for (const node of all) {
      for (const name of node.inputs) read.add(name);
      for (const nested of nestedGraphs(node, '')) {
        for (const { name } of nested.graph.outputs) read.add(name);
        visit(nested.graph.nodes);
      }
    }
  };
  visit(nodes);
  // An initializer with an input's name is that input's default.
  for (const { name } of graph.inputs) read.add(name);
  return read;
}
