/** The order in which a graph's nodes run, and the names that nested graphs take from outside. */

import type { Graph, Node } from '../model/graph.js';

function bodiesOf({ attributes }: Node): Graph[] {
  const bodies: Graph[] = [];
  for (const attribute of attributes) {
    if (attribute.type === 'graph') bodies.push(attribute.value);
    else if (attribute.type === 'graphs') bodies.push(...attribute.value);
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
  return bodies.length === 0 ? node.inputs : [...node.inputs, ...bodies.flatMap((body) => [...capturedNames(body)])];
}

const producersCache = new WeakMap<Graph, ReadonlyMap<string, number>>();

/** Index of the node that makes each tensor. */
export function producers(graph: Graph): ReadonlyMap<string, number> {
  const cached = producersCache.get(graph);
  if (cached) return cached;
  const producer = new Map<string, number>();
  graph.nodes.forEach((node, index) => {
    for (const name of node.outputs) if (name !== '') producer.set(name, index);
  });
  producersCache.set(graph, producer);
  return producer;
}

/** Indices of the nodes, producers first, otherwise as in the file; nodes on a cycle come last. */
export function executionOrder(graph: Graph): number[] {
  const producer = producers(graph);
  const isOrdered = graph.nodes.every((node, index) =>
    readNames(node).every((name) => (producer.get(name) ?? -1) < index),
  );
  return isOrdered ? graph.nodes.map((_, index) => index) : sorted(graph, producer);
}

function sorted(graph: Graph, producer: ReadonlyMap<string, number>): number[] {
  const consumers = new Map<number, number[]>();
  const waiting = new Array<number>(graph.nodes.length).fill(0);
  graph.nodes.forEach((node, index) => {
    for (const name of readNames(node)) {
      const from = producer.get(name);
      if (from === undefined) continue;
      waiting[index] = waiting[index]! + 1;
      const known = consumers.get(from);
      if (known) known.push(index);
      else consumers.set(from, [index]);
    }
  });
  return release(waiting, consumers);
}

function release(waiting: number[], consumers: ReadonlyMap<number, readonly number[]>): number[] {
  const order: number[] = [];
  const ready = waiting.flatMap((count, index) => (count === 0 ? [index] : []));
  const placed = new Set<number>();
  for (let next = 0; next < ready.length; next++) {
    const index = ready[next]!;
    order.push(index);
    placed.add(index);
    for (const consumer of consumers.get(index) ?? []) {
      waiting[consumer] = waiting[consumer]! - 1;
      if (waiting[consumer] === 0) ready.push(consumer);
    }
  }
  waiting.forEach((_, index) => {
    if (!placed.has(index)) order.push(index);
  });
  return order;
}
