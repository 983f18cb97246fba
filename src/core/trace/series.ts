/** Times of each kernel over many runs, in memory that grows with what is distinct, not with the file. */

import type { TracedRun, TracedShape, TraceEvent } from './types.js';

export interface KernelSeries {
  name: string;
  opType: string;
  provider: string;
  /** The If, Loop or Scan that it ran in. */
  parent: KernelSeries | null;
  /** Of its first call. */
  inputShapes: TracedShape[];
  outputShapes: TracedShape[];
  /** Its inputs or outputs had other shapes in other calls. */
  shapesVary: boolean;
  /** Positions of the runs in which it ran, ascending; the arrays below have one entry for each. */
  runs: number[];
  totalUs: number[];
  selfUs: number[];
  calls: number[];
}

/** Distinct kernels that are kept: far more than any model has. */
const MOST_KERNELS = 200_000;

export class SeriesCollector {
  /** Of the runs, in the file's order. */
  readonly runs: { startUs: number; durationUs: number }[] = [];
  /** Events of kernels beyond those that are kept. */
  beyond = 0;
  private readonly byParent = new Map<KernelSeries | null, Map<string, KernelSeries>>();
  private readonly ordered: KernelSeries[] = [];

  add({ startUs, durationUs, events }: TracedRun): void {
    const run = this.runs.length;
    this.runs.push({ startUs, durationUs });
    const owners: (KernelSeries | null)[] = [];
    for (const event of events) {
      const kernel = this.kernelOf(event, event.parent === null ? null : (owners[event.parent] ?? null));
      owners.push(kernel);
      if (kernel) addEvent(kernel, event, run);
      else this.beyond += 1;
    }
  }

  /** In the order of their first execution, parents before what ran inside them. */
  get kernels(): readonly KernelSeries[] {
    return this.ordered;
  }

  private kernelOf(event: TraceEvent, parent: KernelSeries | null): KernelSeries | null {
    let inside = this.byParent.get(parent);
    if (!inside) this.byParent.set(parent, (inside = new Map<string, KernelSeries>()));
    // A name may be empty: then the op type tells kernels apart.
    const key = `${event.opType} ${event.name}`;
    const known = inside.get(key);
    if (known || this.ordered.length >= MOST_KERNELS) return known ?? null;
    const { name, opType, provider, inputShapes, outputShapes } = event;
    const times = { shapesVary: false, runs: [], totalUs: [], selfUs: [], calls: [] };
    const kernel = { name, opType, provider, parent, inputShapes, outputShapes, ...times };
    inside.set(key, kernel);
    this.ordered.push(kernel);
    return kernel;
  }
}

function addEvent(kernel: KernelSeries, event: TraceEvent, run: number): void {
  // Equal shapes are one array: the reader shares them.
  if (event.outputShapes !== kernel.outputShapes || event.inputShapes !== kernel.inputShapes) kernel.shapesVary = true;
  const last = kernel.runs.length - 1;
  if (kernel.runs[last] === run) {
    kernel.totalUs[last]! += event.durationUs;
    kernel.selfUs[last]! += event.selfUs;
    kernel.calls[last]! += 1;
    return;
  }
  kernel.runs.push(run);
  kernel.totalUs.push(event.durationUs);
  kernel.selfUs.push(event.selfUs);
  kernel.calls.push(1);
}
