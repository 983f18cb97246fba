/** Who makes and who reads each tensor of one graph. */

import type { Graph, Node, TensorRef } from '../model/graph.js';
import { nestedGraphs } from '../model/walk.js';

export class GraphIndex {
  private readonly producers = new Map<string, Node>();
  private readonly readers = new Map<string, Node[]>();
  private readonly constants: ReadonlyMap<string, TensorRef>;
  private readonly outputs: ReadonlySet<string>;
  /** Read inside a branch or body of this graph. */
  private readonly captured = new Set<string>();

  constructor(readonly graph: Graph) {
    this.constants = new Map(graph.initializers.map((tensor) => [tensor.name, tensor]));
    this.outputs = new Set(graph.outputs.map(({ name }) => name));
    for (const node of graph.nodes) {
      for (const output of node.outputs) if (output !== '') this.producers.set(output, node);
      for (const input of new Set(node.inputs)) this.addReader(input, node);
      for (const nested of nestedGraphs(node, '')) this.addCaptured(nested.graph);
    }
  }

  producer(tensor: string): Node | null {
    return this.producers.get(tensor) ?? null;
  }

  /** Nodes of this graph, each once. */
  consumers(tensor: string): readonly Node[] {
    return this.readers.get(tensor) ?? [];
  }

  constant(tensor: string): TensorRef | null {
    return this.constants.get(tensor) ?? null;
  }

  isOutput(tensor: string): boolean {
    return this.outputs.has(tensor);
  }

  /** The one node that reads it, where nothing else does. */
  onlyConsumer(tensor: string): Node | null {
    const nodes = this.consumers(tensor);
    return nodes.length === 1 && !this.isOutput(tensor) && !this.captured.has(tensor) ? (nodes[0] ?? null) : null;
  }

  isCaptured(tensor: string): boolean {
    return this.captured.has(tensor);
  }

  private addReader(tensor: string, node: Node): void {
    if (tensor === '') return;
    const readers = this.readers.get(tensor);
    if (readers) readers.push(node);
    else this.readers.set(tensor, [node]);
  }

  /** A name that an inner graph makes itself is taken as captured too: that only costs a rewrite. */
  private addCaptured(graph: Graph): void {
    for (const { name } of graph.outputs) this.captured.add(name);
    for (const node of graph.nodes) {
      for (const input of node.inputs) this.captured.add(input);
      for (const nested of nestedGraphs(node, '')) this.addCaptured(nested.graph);
    }
  }
}
