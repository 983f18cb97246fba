/**
 * Peak of the activations alive at once, by shapes and order of nodes: before each node the tensors that it or a later
 * node reads, and its outputs. A graph's inputs count until they were last read, its outputs to the end; weights and what
 * is computed at load do not. A view shares its input's buffer, which lives as long as any of them. While a nested graph
 * runs, its own peak is added. Runtimes that work in place stay below this figure.
 */

import type { AnalyzedNode, GraphAnalysis } from './graphAnalysis.js';
import { knownBytes } from './evaluate.js';
import { readNames } from './order.js';
import type { TensorInfo } from './types.js';

interface Buffer {
  /** null: its tensor's size is not known. */
  bytes: number | null;
  /** Steps of the order: before the first is -1; in use to the end of the graph is Infinity. */
  first: number;
  last: number;
}

/** The buffers of a graph as its nodes make and use them, step by step. */
class Buffers {
  readonly all: Buffer[] = [];
  /** The buffer that each name shows; constants and names from outside have none. */
  private readonly shown = new Map<string, Buffer>();

  make(name: string, info: TensorInfo | null, step: number): void {
    const buffer = { bytes: info && knownBytes(info), first: step, last: step };
    this.shown.set(name, buffer);
    this.all.push(buffer);
  }

  use(name: string, step: number): void {
    const buffer = this.shown.get(name);
    if (buffer) buffer.last = step;
  }

  /** A view of something outside the graph takes no room here either. */
  view(name: string, source: string): void {
    const buffer = this.shown.get(source);
    if (buffer) this.shown.set(name, buffer);
  }
}

function runNode({ analysis, view }: AnalyzedNode, step: number, buffers: Buffers): void {
  const { node, constant, outputs } = analysis;
  for (const name of readNames(node)) buffers.use(name, step);
  if (constant) return;
  for (let output = 0; output < outputs.length; output++) {
    const name = node.outputs[output]!;
    if (name === '') continue;
    if (view && output === 0) buffers.view(name, node.inputs[0] ?? '');
    else buffers.make(name, outputs[output]!, step);
  }
}

/** `countInputs` false: they belong to whoever calls the nested graph. */
function buffersOf({ graph, nodes, order, scope }: GraphAnalysis, countInputs: boolean): Buffer[] {
  const buffers = new Buffers();
  for (const { name } of graph.inputs)
    if (!scope.constants.has(name)) buffers.make(name, scope.tensors.get(name) ?? null, -1);
  const inputs = new Set(buffers.all);
  for (let step = 0; step < order.length; step++) runNode(nodes[order[step]!]!, step, buffers);
  for (const { name } of graph.outputs) buffers.use(name, Infinity);
  // An input that nobody reads takes no room in a run.
  return inputs.size === 0
    ? buffers.all
    : buffers.all.filter((one) => !inputs.has(one) || (countInputs && one.last >= 0));
}

/** Bytes; null when a tensor's size is not known. `countInputs` false: they belong to whoever calls the nested graph. */
export function peakActivationBytes(analysis: GraphAnalysis, countInputs = true): number | null {
  const { nodes, order } = analysis;
  // By step, that before the first in front.
  const made = new Float64Array(order.length + 1);
  const freed = new Float64Array(order.length + 1);
  for (const { bytes, first, last } of buffersOf(analysis, countInputs)) {
    if (bytes === null) return null;
    made[first + 1]! += bytes;
    if (last !== Infinity) freed[last + 1]! += bytes;
  }
  let live = made[0]!;
  let peak = live;
  for (let step = 1; step <= order.length; step++) {
    const { bodies, analysis: node } = nodes[order[step - 1]!]!;
    const before = live;
    live += made[step]!;
    peak = Math.max(peak, live);
    for (const { graph, trips } of bodies) {
      if (trips === 0 || node.constant) continue;
      const inner = peakActivationBytes(graph, false);
      if (inner === null) return null;
      peak = Math.max(peak, before + inner);
    }
    live -= freed[step]!;
  }
  return peak;
}
