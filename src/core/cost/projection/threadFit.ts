/**
 * What kernels gain from a second thread, over what the roofs promise: 1 is all of it, above 1 is less. And what each
 * call of a shared kernel pays for being shared, however short it is: t2 = t1 × promised × gain + sharing. Fitted on
 * models other than the ones that it is tried on (the benchmark of the projection fits and tries it again).
 */

import type { Kernel } from '../../../protocol/report.js';
import type { KernelKindOfWork } from './projection.js';

export interface FittedFactor {
  low: number;
  mid: number;
  high: number;
}

export type ThreadFit = Record<KernelKindOfWork, FittedFactor> & {
  /** Nanoseconds of a call, of kernels that are not small. */
  sharingNs: FittedFactor;
};

export const THREAD_FIT: ThreadFit = {
  convolution: { low: 0.9, mid: 1.1, high: 1.4 },
  product: { low: 0.9, mid: 1.1, high: 1.4 },
  traffic: { low: 0.8, mid: 1.1, high: 1.5 },
  small: { low: 0.85, mid: 1, high: 1.25 },
  sharingNs: { low: 0, mid: 1200, high: 2500 },
};

/** A kernel of a model that was profiled with both numbers of threads. */
export interface ThreadPair {
  kind: KernelKindOfWork;
  /** Times of a call. */
  oneNs: number;
  twoNs: number;
  /** What the roofs promise: time with two threads over that with one. */
  promised: number;
}

const LEAST_PAIRS = 3;
/** Of a kernel this short the sharing is a part that can be seen, if the runtime shares it at all. */
export const SHORT_NS = 40e3;

function fittedSharing(pairs: readonly ThreadPair[], otherwise: FittedFactor): FittedFactor {
  const short = pairs.filter(({ kind, oneNs }) => kind !== 'small' && oneNs > 0 && oneNs < SHORT_NS);
  if (short.length < LEAST_PAIRS) return otherwise;
  const paid = short
    .map(({ oneNs, twoNs, promised }) => ({ ratio: Math.max(0, twoNs - oneNs * promised), weight: 1 }))
    .sort((a, b) => a.ratio - b.ratio);
  return { low: weightedQuantile(paid, 0.25), mid: weightedQuantile(paid, 0.5), high: weightedQuantile(paid, 0.75) };
}

/** Weighted by time: the large kernels make the run. Kinds with too few kernels keep what `otherwise` says. */
export function fitThreads(pairs: readonly ThreadPair[], otherwise: ThreadFit = THREAD_FIT): ThreadFit {
  const sharingNs = fittedSharing(pairs, otherwise.sharingNs);
  const fitted = (kind: Exclude<KernelKindOfWork, 'small'>): FittedFactor => {
    const own = pairs.filter((pair) => pair.kind === kind && pair.oneNs > 0 && pair.twoNs > 0);
    if (own.length < LEAST_PAIRS) return otherwise[kind];
    const ratios = own
      .map(({ oneNs, twoNs, promised }) => ({
        ratio: (twoNs - Math.min(sharingNs.mid, twoNs / 2)) / oneNs / promised,
        weight: oneNs,
      }))
      .sort((a, b) => a.ratio - b.ratio);
    return {
      low: weightedQuantile(ratios, 0.1),
      mid: weightedQuantile(ratios, 0.5),
      high: weightedQuantile(ratios, 0.9),
    };
  };
  return {
    convolution: fitted('convolution'),
    product: fitted('product'),
    traffic: fitted('traffic'),
    // Times of small kernels are mostly what recording cost, which differs by threads: no ratio of them tells anything.
    small: otherwise.small,
    sharingNs,
  };
}

function weightedQuantile(ascending: readonly { ratio: number; weight: number }[], share: number): number {
  const total = ascending.reduce((sum, { weight }) => sum + weight, 0);
  let sum = 0;
  for (const { ratio, weight } of ascending) {
    sum += weight;
    if (sum >= share * total) return ratio;
  }
  return ascending.at(-1)?.ratio ?? 1;
}

/** Kernels of the same work in two profiles of a model, by their name. */
export function pairKernels(
  one: readonly Kernel[],
  two: readonly Kernel[],
  promised: (kernel: Kernel) => number,
  kindOf: (kernel: Kernel) => KernelKindOfWork,
): ThreadPair[] {
  const byName = new Map(two.map((kernel) => [`${kernel.opType}\n${kernel.name}`, kernel]));
  return one.flatMap((kernel) => {
    const other = byName.get(`${kernel.opType}\n${kernel.name}`);
    if (!other) return [];
    const [oneNs, twoNs] = [kernel, other].map(({ selfTimeNs, callsPerRun }) => selfTimeNs / Math.max(1, callsPerRun));
    return [{ kind: kindOf(kernel), oneNs: oneNs!, twoNs: twoNs!, promised: promised(kernel) }];
  });
}
