/**
 * Activations alive over a run: sizes as measured, order as executed, lifetimes by who reads what in the optimised graph.
 *
 * A graph's inputs count until they were last read, its outputs to the end; weights do not count. A view shares its
 * input's buffer. While a nested graph runs, its own peak is added to what lives around it. A runtime that works in
 * place needs less.
 */

import type { Graph, Node } from '../model/graph.js';
import { tensorBytes } from '../model/dataTypes.js';
import { nestedGraphs } from '../model/walk.js';
import { readNames } from '../model/tensorNumbers.js';
import { findRule } from '../operators/table.js';
import type { MemoryPoint } from '../../protocol/report.js';
import type { TracedRun, TraceEvent } from '../trace/types.js';
import { alignShapes, tracedType } from './operatorCosts.js';

export interface MemoryTimeline {
  timeline: MemoryPoint[];
  peakBytes: number;
}

interface Step {
  node: Node;
  /** Sizes of its outputs, by name. */
  written: Map<string, number>;
  /** Peak of the graphs that ran inside it. */
  innerBytes: number;
  name: string;
}

function writtenBytes(node: Node, event: TraceEvent): Map<string, number> {
  const written = new Map<string, number>();
  const shapes = alignShapes(node.outputs, event.outputShapes) ?? [];
  for (const [position, name] of node.outputs.entries()) {
    const shape = shapes[position];
    // Strings have no size that a shape tells; they count as nothing.
    if (name !== '' && shape) written.set(name, tensorBytes(tracedType(shape.dataType), shape.dims) ?? 0);
  }
  return written;
}

interface Lifetimes {
  /** Name of the buffer that a name shows. */
  owner: ReadonlyMap<string, string>;
  /** Step after which a buffer is free; never for what the graph gives out. */
  lastUse: ReadonlyMap<string, number>;
}

function lifetimesOf(graph: Graph, steps: readonly Step[], inputs: Iterable<string>): Lifetimes {
  const owner = new Map<string, string>();
  const lastUse = new Map<string, number>();
  const use = (name: string, step: number): void => {
    const buffer = owner.get(name);
    if (buffer !== undefined) lastUse.set(buffer, step);
  };
  for (const name of inputs) owner.set(name, name);
  for (const [index, { node, written }] of steps.entries()) {
    const isView = findRule(node.domain, node.opType, Number.MAX_SAFE_INTEGER)?.view === true;
    for (const name of written.keys()) owner.set(name, (isView ? owner.get(node.inputs[0] ?? '') : undefined) ?? name);
    for (const name of [...readNames(node), ...node.outputs]) use(name, index);
  }
  for (const { name } of graph.outputs) use(name, Infinity);
  return { owner, lastUse };
}

/** Live bytes during each step. */
function liveBytes(graph: Graph, steps: readonly Step[], inputs: ReadonlyMap<string, number>): number[] {
  const { owner, lastUse } = lifetimesOf(graph, steps, inputs.keys());
  const freed = new Map<number, number>();
  let live = 0;
  const hold = (name: string, bytes: number): void => {
    const step = lastUse.get(name);
    if (owner.get(name) !== name || step === undefined) return;
    live += bytes;
    freed.set(step, (freed.get(step) ?? 0) + bytes);
  };
  for (const [name, bytes] of inputs) hold(name, bytes);
  return steps.map(({ written, innerBytes }, index) => {
    const before = live;
    for (const [name, bytes] of written) hold(name, bytes);
    const during = Math.max(live, before + innerBytes);
    live -= freed.get(index) ?? 0;
    return during;
  });
}

/** What ran directly in one graph, each node once: a body that ran several times is taken at its first. */
function stepsOf(graph: Graph, events: readonly number[], run: TracedRun, children: Children): Step[] {
  const nodes = new Map(graph.nodes.map((node) => [node.name, node]));
  const steps: Step[] = [];
  for (const index of events) {
    const event = run.events[index]!;
    const node = nodes.get(event.name);
    if (!node) continue;
    nodes.delete(event.name);
    const bodies = nestedGraphs(node, node.name);
    const inner = bodies.map(({ graph: body }) => {
      const bodySteps = stepsOf(body, children.get(index) ?? [], run, children);
      return Math.max(0, ...liveBytes(body, bodySteps, new Map()));
    });
    steps.push({ node, name: event.name, written: writtenBytes(node, event), innerBytes: Math.max(0, ...inner) });
  }
  return steps;
}

type Children = ReadonlyMap<number | null, readonly number[]>;

function childrenOf(run: TracedRun): Children {
  const children = new Map<number | null, number[]>();
  for (const [index, { parent }] of run.events.entries()) {
    const siblings = children.get(parent);
    if (siblings) siblings.push(index);
    else children.set(parent, [index]);
  }
  // Events come parents first; what counts is the order of execution.
  for (const siblings of children.values())
    siblings.sort((a, b) => run.events[a]!.startUs - run.events[b]!.startUs || a - b);
  return children;
}

/**
 * Live bytes while each top-level kernel runs. `optimized` is the graph that the run executed, `inputBytes` the sizes of
 * its inputs by name, `kernelIdOf` finds a kernel by its node's name; null when nothing of the run is in the graph.
 */
export function memoryTimeline(
  optimized: Graph,
  run: TracedRun,
  inputBytes: ReadonlyMap<string, number>,
  kernelIdOf: (nodeName: string) => string | undefined,
): MemoryTimeline | null {
  const children = childrenOf(run);
  const steps = stepsOf(optimized, children.get(null) ?? [], run, children);
  if (steps.length === 0) return null;
  const live = liveBytes(optimized, steps, inputBytes);
  const timeline: MemoryPoint[] = [];
  for (const [step, { name }] of steps.entries()) {
    const kernelId = kernelIdOf(name);
    if (kernelId !== undefined) timeline.push({ step, kernelId, liveBytes: live[step]! });
  }
  return { timeline, peakBytes: live.reduce((peak, bytes) => Math.max(peak, bytes), 0) };
}
