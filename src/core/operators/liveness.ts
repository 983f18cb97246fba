/**
 * Peak of the activations alive at once, by shapes and order of nodes: before each node the tensors that it or a later
 * node reads, and its outputs. A graph's inputs count until they were last read, its outputs to the end; weights and what
 * is computed at load do not. A view shares its input's buffer, which lives as long as any of them. While a nested graph
 * runs, its own peak is added. Runtimes that work in place stay below this figure.
 */

import { OMITTED, type TensorNumbers, tensorNumbers } from '../model/tensorNumbers.js';
import type { AnalyzedNode, GraphAnalysis } from './graphAnalysis.js';
import { knownBytes } from './evaluate.js';
import type { TensorInfo } from './types.js';

/** The buffers of a graph as its nodes make and use them, step by step. Steps of the order: before the first is -1. */
class Buffers {
  /** NaN: its tensor's size is not known. */
  readonly bytes: Float64Array;
  readonly first: Int32Array;
  /** The last step that uses it. */
  readonly last: Int32Array;
  count = 0;
  /** The buffer that each tensor shows, from 1; constants and tensors from outside have none. */
  private readonly shown: Int32Array;

  constructor({ names, inputs, makes }: TensorNumbers) {
    const most = inputs.length + makes.length;
    this.bytes = new Float64Array(most);
    this.first = new Int32Array(most);
    this.last = new Int32Array(most);
    this.shown = new Int32Array(names.length);
  }

  make(tensor: number, info: TensorInfo | null, step: number): void {
    const buffer = this.count++;
    this.bytes[buffer] = (info && knownBytes(info)) ?? NaN;
    this.first[buffer] = step;
    this.last[buffer] = step;
    this.shown[tensor] = buffer + 1;
  }

  use(tensor: number, step: number): void {
    const buffer = this.shown[tensor]!;
    if (buffer > 0) this.last[buffer - 1] = step;
  }

  /** A view of something outside the graph takes no room here either. */
  view(tensor: number, source: number): void {
    const buffer = this.shown[source]!;
    if (buffer > 0) this.shown[tensor] = buffer;
  }
}

function runNode(node: AnalyzedNode, numbers: TensorNumbers, step: number, buffers: Buffers): void {
  const { index, constant, inputs, outputs, view } = node;
  const { reads, readsFrom, makes, makesFrom } = numbers;
  for (let at = readsFrom[index]!; at < readsFrom[index + 1]!; at++) buffers.use(reads[at]!, step);
  if (constant) return;
  for (let output = 0; output < outputs.length; output++) {
    const tensor = makes[makesFrom[index]! + output]!;
    if (tensor === OMITTED) continue;
    if (view && output === 0) buffers.view(tensor, inputs.length > 0 ? reads[readsFrom[index]!]! : OMITTED);
    else buffers.make(tensor, outputs[output]!, step);
  }
}

/** Bytes that come before each step, that before the first in front, and that go after it. */
interface Flow {
  made: Float64Array;
  freed: Float64Array;
}

/** null when a tensor's size is not known. `countInputs` false: they belong to whoever calls the nested graph. */
function flowOf({ graph, nodes, order, scope }: GraphAnalysis, countInputs: boolean): Flow | null {
  const numbers = tensorNumbers(graph);
  const buffers = new Buffers(numbers);
  for (const tensor of numbers.inputs) if (scope.constants[tensor] === 0) buffers.make(tensor, scope.at(tensor), -1);
  const inputCount = buffers.count;
  for (let step = 0; step < order.length; step++) runNode(nodes[order[step]!]!, numbers, step, buffers);
  for (const tensor of numbers.outputs) buffers.use(tensor, order.length);
  const { bytes, first, last, count } = buffers;
  const made = new Float64Array(order.length + 1);
  // What is used to the end goes after the last step.
  const freed = new Float64Array(order.length + 2);
  for (let buffer = 0; buffer < count; buffer++) {
    // An input that nobody reads takes no room in a run.
    if (buffer < inputCount && !(countInputs && last[buffer]! >= 0)) continue;
    if (Number.isNaN(bytes[buffer])) return null;
    made[first[buffer]! + 1]! += bytes[buffer]!;
    freed[last[buffer]! + 1]! += bytes[buffer]!;
  }
  return { made, freed };
}

/** Bytes; null when a tensor's size is not known. `countInputs` false: they belong to whoever calls the nested graph. */
export function peakActivationBytes(analysis: GraphAnalysis, countInputs = true): number | null {
  const { nodes, order } = analysis;
  const flow = flowOf(analysis, countInputs);
  if (!flow) return null;
  const { made, freed } = flow;
  let live = made[0]!;
  let peak = live;
  for (let step = 1; step <= order.length; step++) {
    const { bodies, constant } = nodes[order[step - 1]!]!;
    const before = live;
    live += made[step]!;
    peak = Math.max(peak, live);
    for (let body = 0; body < bodies.length; body++) {
      const { graph, trips } = bodies[body]!;
      if (trips === 0 || constant) continue;
      const inner = peakActivationBytes(graph, false);
      if (inner === null) return null;
      peak = Math.max(peak, before + inner);
    }
    live -= freed[step]!;
  }
  return peak;
}
