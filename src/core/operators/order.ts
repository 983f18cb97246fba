/** The order in which a graph's nodes run. */

import { type TensorNumbers, tensorNumbers } from '../model/tensorNumbers.js';
import type { Graph } from '../model/graph.js';

/** Indices of the nodes, producers first, otherwise as in the file; nodes on a cycle come last. */
export function executionOrder(graph: Graph): number[] {
  const numbers = tensorNumbers(graph);
  if (!isOrdered(numbers)) return sorted(graph.nodes.length, numbers);
  const order = new Array<number>(graph.nodes.length);
  for (let index = 0; index < order.length; index++) order[index] = index;
  return order;
}

function isOrdered({ reads, readsFrom, producers }: TensorNumbers): boolean {
  for (let node = 0; node + 1 < readsFrom.length; node++)
    for (let at = readsFrom[node]!; at < readsFrom[node + 1]!; at++) if (producers[reads[at]!]! >= node) return false;
  return true;
}

function sorted(nodeCount: number, { reads, readsFrom, producers }: TensorNumbers): number[] {
  const consumers = new Map<number, number[]>();
  const waiting = new Array<number>(nodeCount).fill(0);
  for (let node = 0; node < nodeCount; node++) {
    for (let at = readsFrom[node]!; at < readsFrom[node + 1]!; at++) {
      const from = producers[reads[at]!]!;
      if (from === -1) continue;
      waiting[node] = waiting[node]! + 1;
      const known = consumers.get(from);
      if (known) known.push(node);
      else consumers.set(from, [node]);
    }
  }
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
