/**
 * A graph's tensors by number. Analyses look every name of a graph up, each for itself; in a large graph that is most of
 * what they do. Here each name is looked up once, and what they keep of a tensor lies in an array.
 */

import type { Graph, Node } from './graph.js';

/** The number of '', which stands for an omitted input or output. */
export const OMITTED = 0;

export interface TensorNumbers {
  /** By number. A name that is read and that no part of the graph declares has a number too. */
  names: readonly string[];
  /** Of `graph.inputs`, `graph.initializers` and `graph.outputs`, in their order. */
  inputs: Int32Array;
  initializers: Int32Array;
  outputs: Int32Array;
  /** What node `n` reads: from `readsFrom[n]` to `readsFrom[n + 1]`. Its inputs, then what its bodies take from outside. */
  reads: Int32Array;
  readsFrom: Int32Array;
  /** What node `n` makes, in the order of its outputs: from `makesFrom[n]` to `makesFrom[n + 1]`. */
  makes: Int32Array;
  makesFrom: Int32Array;
  /** By number: index of the last node that makes the tensor, -1 where none does. */
  producers: Int32Array;
  /** undefined for a name that does not occur in the graph, and for ''. */
  numberOf: (name: string) => number | undefined;
}

const cache = new WeakMap<Graph, TensorNumbers>();

/** Made once for a graph, which must not change any more. */
export function tensorNumbers(graph: Graph): TensorNumbers {
  const cached = cache.get(graph);
  if (cached) return cached;
  const numbers = new Numbering().of(graph);
  cache.set(graph, numbers);
  return numbers;
}

class Numbering {
  private readonly names: string[] = [''];
  private readonly byName = new Map<string, number>();

  of(graph: Graph): TensorNumbers {
    const { names, byName } = this;
    const inputs = this.named(graph.inputs);
    const initializers = this.named(graph.initializers);
    const [makes, makesFrom] = this.each(graph.nodes, ({ outputs }) => outputs);
    const [reads, readsFrom] = this.each(graph.nodes, readNames);
    const outputs = this.named(graph.outputs);
    const producers = producersOf(makes, makesFrom, names.length);
    const numberOf = (name: string): number | undefined => byName.get(name);
    return { names, inputs, initializers, outputs, reads, readsFrom, makes, makesFrom, producers, numberOf };
  }

  private named(values: readonly { name: string }[]): Int32Array {
    const numbers = new Int32Array(values.length);
    for (let index = 0; index < values.length; index++) numbers[index] = this.number(values[index]!.name);
    return numbers;
  }

  /** The numbers of all nodes' lists in a row, and where each list starts. */
  private each(nodes: readonly Node[], namesOf: (node: Node) => readonly string[]): [Int32Array, Int32Array] {
    const from = new Int32Array(nodes.length + 1);
    for (let index = 0; index < nodes.length; index++) from[index + 1] = from[index]! + namesOf(nodes[index]!).length;
    const numbers = new Int32Array(from[nodes.length]!);
    for (let index = 0; index < nodes.length; index++) {
      const names = namesOf(nodes[index]!);
      for (let at = 0; at < names.length; at++) numbers[from[index]! + at] = this.number(names[at]!);
    }
    return [numbers, from];
  }

  private number(name: string): number {
    if (name === '') return OMITTED;
    const known = this.byName.get(name);
    if (known !== undefined) return known;
    const fresh = this.names.length;
    this.names.push(name);
    this.byName.set(name, fresh);
    return fresh;
  }
}

function producersOf(makes: Int32Array, makesFrom: Int32Array, count: number): Int32Array {
  const producers = new Int32Array(count).fill(-1);
  for (let node = 0; node + 1 < makesFrom.length; node++)
    for (let at = makesFrom[node]!; at < makesFrom[node + 1]!; at++)
      if (makes[at] !== OMITTED) producers[makes[at]!] = node;
  return producers;
}

/** null for a node without nested graphs, as nearly all are. */
function bodiesOf({ attributes }: Node): Graph[] | null {
  let bodies: Graph[] | null = null;
  for (let index = 0; index < attributes.length; index++) {
    const attribute = attributes[index]!;
    if (attribute.type === 'graph') (bodies ??= []).push(attribute.value);
    else if (attribute.type === 'graphs') (bodies ??= []).push(...attribute.value);
  }
  return bodies;
}

const capturedCache = new WeakMap<Graph, ReadonlySet<string>>();

/** Names that a nested graph reads and does not define. */
export function capturedNames(graph: Graph): ReadonlySet<string> {
  const cached = capturedCache.get(graph);
  if (cached) return cached;
  const defined = new Set([...graph.inputs, ...graph.initializers].map(({ name }) => name));
  for (const node of graph.nodes) for (const name of node.outputs) defined.add(name);
  const captured = new Set<string>();
  const take = (name: string): void => {
    if (name !== '' && !defined.has(name)) captured.add(name);
  };
  for (const node of graph.nodes) readNames(node).forEach(take);
  for (const { name } of graph.outputs) take(name);
  capturedCache.set(graph, captured);
  return captured;
}

/** What a node reads: its inputs and what its bodies take from around them. '' is an omitted input. */
export function readNames(node: Node): readonly string[] {
  const bodies = bodiesOf(node);
  return bodies === null ? node.inputs : [...node.inputs, ...bodies.flatMap((body) => [...capturedNames(body)])];
}
