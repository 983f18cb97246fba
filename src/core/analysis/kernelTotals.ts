/** Adds traced events up to kernels: one for each node of the optimised graph that ran. */

import { NodeIndex } from '../attribution/fatesWithTrace.js';
import type { Attribution, OptimizedNode } from '../attribution/types.js';
import type { TracedRun, TracedShape, TraceEvent } from '../trace/types.js';
import { medianOf } from './statistics.js';

/** Means over the runs of one group, or of all. */
export interface TracedTotals {
  selfNs: number;
  calls: number;
  nestedGapNs: number;
}

export interface KernelTotals {
  name: string;
  opType: string;
  provider: string;
  /** null: the trace names a node that the optimised graph does not have, or there is no such graph. */
  node: OptimizedNode | null;
  parent: KernelTotals | null;
  /** One entry a group of runs. */
  groups: TracedTotals[];
  /** Of the first call. */
  inputShapes: TracedShape[];
  outputShapes: TracedShape[];
  /** Means of one run; null when a type's size is not known. */
  readBytes: number | null;
  writtenBytes: number | null;
  /** Weights among the bytes read. */
  parameterBytes: number;
}

/** A gap of the trace beyond this many is enough to know the usual one. */
const MAXIMUM_GAPS = 100_000;

/** In the order of execution, parents before what ran inside them. */
export function totalsOf(groups: readonly (readonly TracedRun[])[], attribution: Attribution | null): KernelTotals[] {
  const runs = groups.flat();
  const collector = new Collector(new NodeIndex(attribution?.nodes ?? [], runs), usualGapNs(runs));
  for (const [group, runs] of groups.entries()) for (const run of runs) collector.add(run, group, runs.length);
  return collector.finish(runs.length, groups.length);
}

class Collector {
  private readonly kernels = new Map<string, KernelTotals>();
  private readonly bytes = new Map<readonly TracedShape[], number | null>();

  constructor(
    private readonly index: NodeIndex,
    private readonly gapNs: number,
  ) {}

  add(run: TracedRun, group: number, runsInGroup: number): void {
    const gaps = nestedGaps(run.events, this.gapNs);
    const owners: KernelTotals[] = [];
    for (const [index, event] of run.events.entries()) {
      const kernel = this.kernelOf(event, event.parent === null ? null : owners[event.parent]!);
      owners.push(kernel);
      const totals = (kernel.groups[group] ??= { selfNs: 0, calls: 0, nestedGapNs: 0 });
      totals.selfNs += (event.selfUs * 1000) / runsInGroup;
      totals.calls += 1 / runsInGroup;
      totals.nestedGapNs += gaps[index]! / runsInGroup;
      this.addBytes(kernel, event);
    }
  }

  finish(runCount: number, groupCount: number): KernelTotals[] {
    for (const kernel of this.kernels.values()) {
      for (let group = 0; group < groupCount; group += 1)
        kernel.groups[group] ??= { selfNs: 0, calls: 0, nestedGapNs: 0 };
      if (kernel.readBytes !== null) kernel.readBytes /= runCount;
      if (kernel.writtenBytes !== null) kernel.writtenBytes /= runCount;
      kernel.parameterBytes /= runCount;
    }
    return [...this.kernels.values()];
  }

  private kernelOf(event: TraceEvent, parent: KernelTotals | null): KernelTotals {
    const node = this.index.find(event.name, parent?.name ?? null);
    const key = JSON.stringify([node ? node.graphPath : (parent?.name ?? ''), event.name]);
    let kernel = this.kernels.get(key);
    if (!kernel) {
      const { name, opType, provider, inputShapes, outputShapes } = event;
      kernel = {
        ...{ name, opType, provider, node, parent, inputShapes, outputShapes },
        ...{ groups: [], readBytes: 0, writtenBytes: 0, parameterBytes: 0 },
      };
      this.kernels.set(key, kernel);
    }
    return kernel;
  }

  private addBytes(kernel: KernelTotals, event: TraceEvent): void {
    const [read, written] = [this.bytesOf(event.inputShapes), this.bytesOf(event.outputShapes)];
    kernel.readBytes = kernel.readBytes === null || read === null ? null : kernel.readBytes + read;
    kernel.writtenBytes = kernel.writtenBytes === null || written === null ? null : kernel.writtenBytes + written;
    kernel.parameterBytes += event.parameterBytes ?? 0;
  }

  /** Shapes are shared between events of a trace, so each list is summed once. */
  private bytesOf(shapes: readonly TracedShape[]): number | null {
    let bytes = this.bytes.get(shapes);
    if (bytes === undefined) {
      bytes = shapes.reduce<number | null>((sum, shape) => {
        const one = bytesOfShape(shape);
        return sum === null || one === null ? null : sum + one;
      }, 0);
      this.bytes.set(shapes, bytes);
    }
    return bytes;
  }
}

/** Of one element, by the names that the runtime writes into traces. */
const ELEMENT_BYTES: ReadonlyMap<string, number> = new Map([
  ...['float', 'int32', 'uint32'].map((name) => [name, 4] as const),
  ...['double', 'int64', 'uint64', 'complex64'].map((name) => [name, 8] as const),
  ...['float16', 'bfloat16', 'int16', 'uint16'].map((name) => [name, 2] as const),
  ...['bool', 'int8', 'uint8', 'float8e4m3fn', 'float8e4m3fnuz', 'float8e5m2', 'float8e5m2fnuz'].map(
    (name) => [name, 1] as const,
  ),
  ...['int4', 'uint4', 'float4e2m1'].map((name) => [name, 0.5] as const),
  ['complex128', 16],
]);

/** null where the type's size is not known. */
export function bytesOfShape({ dataType, dims }: TracedShape): number | null {
  const element = ELEMENT_BYTES.get(dataType.toLowerCase());
  if (element === undefined) return null;
  return Math.ceil(dims.reduce((product, dim) => product * Math.max(0, dim), 1) * element);
}

/** The usual time between an event's end and the next one's start: recording, more than dispatch. */
function usualGapNs(runs: readonly TracedRun[]): number {
  const gaps: number[] = [];
  for (const { events } of runs) {
    const last = new Map<number | null, TraceEvent>();
    for (const event of events) {
      const before = last.get(event.parent);
      if (before && gaps.length < MAXIMUM_GAPS) gaps.push(event.startUs - before.startUs - before.durationUs);
      last.set(event.parent, event);
    }
  }
  return gaps.length === 0 ? 0 : Math.max(0, medianOf(gaps)) * 1000;
}

/**
 * For each event, the recording of events directly inside it that fell into its own time: after each of them the
 * usual gap, or what there was.
 */
function nestedGaps(events: readonly TraceEvent[], usualNs: number): number[] {
  const gaps = events.map(() => 0);
  const lastEndUs = new Map<number, number>();
  const close = (parent: number, untilUs: number): void => {
    const endUs = lastEndUs.get(parent);
    if (endUs !== undefined) gaps[parent]! += Math.min(usualNs, Math.max(0, untilUs - endUs) * 1000);
  };
  for (const { parent, startUs, durationUs } of events) {
    if (parent === null) continue;
    close(parent, startUs);
    lastEndUs.set(parent, startUs + durationUs);
  }
  for (const parent of lastEndUs.keys()) close(parent, events[parent]!.startUs + events[parent]!.durationUs);
  return gaps;
}
