/**
 * Peak of the activations alive at once, by shapes and order of nodes: before each node the tensors that it or a later
 * node reads, and its outputs. A graph's inputs count until they were last read, its outputs to the end; weights and what
 * is computed at load do not. A view shares its input's buffer, which lives as long as any of them. While a nested graph
 * runs, its own peak is added. Runtimes that work in place stay below this figure.
 */

import type { GraphAnalysis } from './graphAnalysis.js';
import { knownBytes } from './evaluate.js';
import { readNames } from './order.js';

/** Name of the buffer that each name of the graph shows; constants and names from outside have none. */
function buffers({ graph, nodes, order, scope }: GraphAnalysis): Map<string, string> {
  const owner = new Map<string, string>();
  for (const { name } of graph.inputs) if (!scope.constants.has(name)) owner.set(name, name);
  for (const index of order) {
    const { node, constant } = nodes[index]!.analysis;
    if (constant) continue;
    const isView = nodes[index]!.view;
    node.outputs.forEach((name, output) => {
      if (name === '') return;
      const shown = isView && output === 0 ? owner.get(node.inputs[0] ?? '') : undefined;
      // A view of something outside the graph takes no room here either.
      if (shown !== undefined || !isView || output > 0) owner.set(name, shown ?? name);
    });
  }
  return owner;
}

/** Step after which each buffer is free; outputs of the graph never are. */
function lastUses({ graph, order }: GraphAnalysis, owner: ReadonlyMap<string, string>): Map<string, number> {
  const last = new Map<string, number>();
  order.forEach((index, step) => {
    const node = graph.nodes[index]!;
    for (const name of [...readNames(node), ...node.outputs]) {
      const buffer = owner.get(name);
      if (buffer !== undefined) last.set(buffer, step);
    }
  });
  for (const { name } of graph.outputs) {
    const buffer = owner.get(name);
    if (buffer !== undefined) last.set(buffer, Infinity);
  }
  return last;
}

/** Bytes; null when a tensor's size is not known. `countInputs` false: they belong to whoever calls the nested graph. */
export function peakActivationBytes(analysis: GraphAnalysis, countInputs = true): number | null {
  const owner = buffers(analysis);
  const last = lastUses(analysis, owner);
  const freed = new Map<number, number>();
  let live = 0;
  /** False when the size is not known. */
  const hold = (name: string): boolean => {
    const info = analysis.scope.tensors.get(name);
    const bytes = info ? knownBytes(info) : null;
    if (bytes === null) return false;
    live += bytes;
    const step = last.get(name);
    if (step !== undefined) freed.set(step, (freed.get(step) ?? 0) + bytes);
    return true;
  };
  if (countInputs) {
    for (const { name } of analysis.graph.inputs) if (last.has(name) && !hold(name)) return null;
  }
  let peak = live;
  for (const [step, index] of analysis.order.entries()) {
    const { analysis: node, bodies } = analysis.nodes[index]!;
    if (node.constant) continue;
    const inner = bodies.filter(({ trips }) => trips !== 0).map(({ graph }) => peakActivationBytes(graph, false));
    if (inner.includes(null)) return null;
    const before = live;
    for (const name of node.node.outputs) if (name !== '' && owner.get(name) === name && !hold(name)) return null;
    peak = Math.max(peak, live, ...inner.map((bytes) => before + (bytes ?? 0)));
    live -= freed.get(step) ?? 0;
  }
  return peak;
}
