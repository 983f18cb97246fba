/**
 * Takes the cost of recording out of traced times.
 *
 * Recording an event costs about the same whatever ran, so it is subtracted, not divided: scaling all times to the
 * median of unprofiled runs would move the time of large kernels to tiny ones. The cost differs between models and
 * thread counts; it is solved from the identity
 *
 *     sum over events of (self time - cost) + an empty call = median of unprofiled runs
 *
 * within bounds. What then remains is scaled.
 */

/** One kernel's traced times: means over the traced runs, of one run of the model. */
export interface TracedKernel {
  /** Without nested kernels. */
  selfNs: number;
  /** Events in one run. */
  calls: number;
  /** Recording of nested events that fell between them, and so into this kernel's own time. */
  nestedGapNs: number;
  /** Index of the kernel that contains this one. */
  parent: number | null;
}

export interface CostBounds {
  lowNs: number;
  highNs: number;
}

export interface CorrectionInput {
  medianNs: number;
  /** A call of a model that does nothing; taken as the time of a run outside every kernel. */
  emptyCallNs: number;
  bounds: CostBounds;
}

export interface CorrectedKernel {
  selfNs: number;
  /** Nested kernels included. */
  timeNs: number;
  /** What recording added to the traced time, nested kernels included; before scaling. */
  removedNs: number;
  /** Events in one run, nested ones included. */
  events: number;
}

export interface Correction {
  eventCostNs: number;
  /** What remains between the corrected sum and the median, as a factor; 1 when the cost was solved. */
  scale: number;
  /** medianNs less the top-level kernels' timeNs. */
  overheadNs: number;
  kernels: CorrectedKernel[];
}

/** Starts and durations are whole microseconds. */
export const QUANTUM_NS = 1000;

/**
 * What chains of tiny ops showed: 1 to 2 µs an event at one thread; with a pool, whose scheduling is recorded too, up
 * to 5 µs. Half a microsecond wider, because times are whole microseconds.
 */
export function defaultCostBounds(threads: number): CostBounds {
  return threads === 1 ? { lowNs: 500, highNs: 2500 } : { lowNs: 1000, highNs: 5500 };
}

/**
 * The event cost at which the corrected times add up to `targetNs`, held within the bounds. No time goes below zero:
 * what a tiny kernel cannot give is taken from the others by a higher cost.
 */
export function solveEventCost(kernels: readonly TracedKernel[], targetNs: number, bounds: CostBounds): number {
  let { lowNs, highNs } = bounds;
  if (sumAt(kernels, lowNs) <= targetNs) return lowNs;
  if (sumAt(kernels, highNs) >= targetNs) return highNs;
  // The sum falls steadily with the cost: 50 halvings leave less than a femtosecond.
  for (let step = 0; step < 50; step += 1) {
    const middle = (lowNs + highNs) / 2;
    if (sumAt(kernels, middle) > targetNs) lowNs = middle;
    else highNs = middle;
  }
  return (lowNs + highNs) / 2;
}

/** Self time less the cost of recording; never below zero. */
export function withoutRecording({ selfNs, calls, nestedGapNs }: Omit<TracedKernel, 'parent'>, costNs: number): number {
  return Math.max(0, selfNs - nestedGapNs - costNs * calls);
}

function sumAt(kernels: readonly TracedKernel[], costNs: number): number {
  return kernels.reduce((sum, kernel) => sum + withoutRecording(kernel, costNs), 0);
}

/** Parents must stand before the kernels inside them. */
export function correctTimes(kernels: readonly TracedKernel[], input: CorrectionInput): Correction {
  const { medianNs, bounds } = input;
  const targetNs = Math.max(0, medianNs - input.emptyCallNs);
  const eventCostNs = solveEventCost(kernels, targetNs, bounds);
  const sum = sumAt(kernels, eventCostNs);
  const isSolved = Math.abs(sum - targetNs) < 1e-6 * medianNs;
  const scale = isSolved || sum === 0 ? 1 : targetNs / sum;
  const corrected = kernels.map((kernel): CorrectedKernel => {
    const selfNs = withoutRecording(kernel, eventCostNs) * scale;
    const removedNs = Math.min(kernel.selfNs, kernel.nestedGapNs + eventCostNs * kernel.calls);
    return { selfNs, timeNs: selfNs, removedNs, events: kernel.calls };
  });
  addNested(kernels, corrected);
  const topNs = kernels.reduce(
    (total, { parent }, index) => total + (parent === null ? corrected[index]!.timeNs : 0),
    0,
  );
  return { eventCostNs, scale, overheadNs: medianNs - topNs, kernels: corrected };
}

/** Adds what nested kernels have to the kernels around them, innermost first. */
function addNested(kernels: readonly TracedKernel[], corrected: readonly CorrectedKernel[]): void {
  for (let index = kernels.length - 1; index >= 0; index -= 1) {
    const { parent } = kernels[index]!;
    if (parent === null) continue;
    const [inner, outer] = [corrected[index]!, corrected[parent]!];
    outer.timeNs += inner.timeNs;
    outer.removedNs += inner.removedNs;
    outer.events += inner.events;
  }
}
