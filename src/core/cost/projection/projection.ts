/**
 * What a run would take on another machine, or with another number of threads: every kernel by the two rooflines,
 *
 *   t' = t × max(F / P', B / W') / max(F / P, B / W)
 *
 * P and W measured through the runtime here, so that the efficiency that a kernel reaches is part of t; P' and W' as
 * ranges. A kernel that is too small for its roofs, or whose traffic is not known, goes with the clock. More or fewer
 * threads change a kernel by what kernels of its kind were measured to gain, which is less than the roofs promise, and
 * by what each of its calls pays for being shared among them.
 */

import type { Range } from '../../../protocol/cost.js';
import type { Kernel, Latency, Scenario } from '../../../protocol/report.js';
import { SHORT_NS, THREAD_FIT, type ThreadFit } from './threadFit.js';

export interface SourceCeilings {
  flopPerSecond: number;
  bytesPerSecond: number;
  threads: number;
}

export interface TargetCeilings {
  /** With `threads` threads. */
  flopPerSecond: Range;
  bytesPerSecond: Range;
  threads: number;
  /** Time of what neither roof bounds, over that of the measuring machine. */
  clockFactor: Range;
}

/** What kernels of one kind have in common when threads are added. */
export type KernelKindOfWork = 'convolution' | 'product' | 'traffic' | 'small';

const CONVOLUTION = /Conv/;
const PRODUCT = /MatMul|Gemm|Attention|LSTM|GRU|RNN|Einsum/;

export function kindOfWork(kernel: Pick<Kernel, 'opType' | 'bound' | 'trusted'>): KernelKindOfWork {
  if (kernel.bound === 'overhead' || !kernel.trusted) return 'small';
  if (CONVOLUTION.test(kernel.opType)) return 'convolution';
  if (PRODUCT.test(kernel.opType)) return 'product';
  return 'traffic';
}

export interface ProjectedTime {
  lowNs: number;
  midNs: number;
  highNs: number;
}

export interface ProjectionRequest {
  scenario: Pick<Scenario, 'kernels' | 'overhead' | 'latency'>;
  source: SourceCeilings;
  target: TargetCeilings;
  fit?: ThreadFit;
}

/** A run's median on the target. null without kernels. */
export function projectRun({ scenario, source, target, fit = THREAD_FIT }: ProjectionRequest): ProjectedTime | null {
  const { kernels, overhead, latency } = scenario;
  if (kernels.length === 0 || !latency) return null;
  let kernelsNs = 0;
  const total: ProjectedTime = { lowNs: 0, midNs: 0, highNs: 0 };
  for (const kernel of kernels) {
    const timeNs = Math.max(0, kernel.selfTimeNs);
    kernelsNs += timeNs;
    const sharing = sharingOf(kernel, source, target, fit.sharingNs);
    addScaled(total, timeNs - Math.min(timeNs / 2, sharing.takenNs), factorOf(kernel, source, target, fit));
    addScaled(total, 1, sharing.addedNs);
  }
  // What no kernel has: dispatch and the call itself.
  const outsideNs = Math.max(0, overhead?.timeNs ?? latency.medianNs - kernelsNs);
  addScaled(total, outsideNs, clockOnly(target, fit.small, source.threads));
  return asSureAs(latency, total);
}

/** An interval that reaches to zero or below is of too few runs to tell how quick one can be. */
const LEAST_OF_MEDIAN = 0.1;

/** What is known of the run here within an interval only is known no better of a run elsewhere. */
function asSureAs({ medianNs, confidenceNs }: Latency, { lowNs, midNs, highNs }: ProjectedTime): ProjectedTime {
  const [low, high] = confidenceNs.map((ns) => ns / medianNs);
  return { lowNs: lowNs * Math.max(LEAST_OF_MEDIAN, Math.min(1, low!)), midNs, highNs: highNs * Math.max(1, high!) };
}

/** What is in a kernel's time for being shared here, and what it will pay there. */
function sharingOf(
  kernel: Kernel,
  source: SourceCeilings,
  { threads, clockFactor }: TargetCeilings,
  { low, mid, high }: Factor,
): { takenNs: number; addedNs: Factor } {
  const isShared = kindOfWork(kernel) !== 'small';
  const calls = isShared ? Math.max(1, kernel.callsPerRun) : 0;
  const takenNs = source.threads > 1 ? calls * mid : 0;
  const paying = threads > 1 ? calls : 0;
  // Known better where it is in the time already: then only the clock changes it.
  const known = takenNs > 0 ? Math.min(Math.max(0, kernel.selfTimeNs) / 2, takenNs) / mid : paying;
  const [least, most] = takenNs > 0 ? [mid, mid] : [low, high];
  const times = paying > 0 ? known : 0;
  return {
    takenNs,
    addedNs: {
      low: times * least * clockFactor[0],
      mid: times * mid * Math.sqrt(clockFactor[0] * clockFactor[1]),
      high: times * most * clockFactor[1],
    },
  };
}

interface Factor {
  low: number;
  mid: number;
  high: number;
}

function addScaled(total: ProjectedTime, timeNs: number, { low, mid, high }: Factor): void {
  total.lowNs += timeNs * low;
  total.midNs += timeNs * mid;
  total.highNs += timeNs * high;
}

function factorOf(kernel: Kernel, source: SourceCeilings, target: TargetCeilings, fit: ThreadFit): Factor {
  const kind = kindOfWork(kernel);
  const bytes =
    kernel.readBytes === null || kernel.writtenBytes === null ? null : kernel.readBytes + kernel.writtenBytes;
  const flop = 2 * (kernel.macs ?? 0);
  if (kind === 'small' || ((bytes ?? 0) === 0 && flop === 0)) return clockOnly(target, fit.small, source.threads);
  const needs = (peak: number, rate: number): number => Math.max(flop / peak, (bytes ?? 0) / rate);
  const here = needs(source.flopPerSecond, source.bytesPerSecond);
  const [slowFlop, fastFlop] = target.flopPerSecond;
  const [slowBytes, fastBytes] = target.bytesPerSecond;
  const gain = gainOf(fit[kind], source.threads, target.threads);
  const isRethreaded = source.threads !== target.threads;
  const unshared = isRethreaded && mayStayUnshared(kernel) ? clockOnly(target, fit.small, source.threads) : null;
  return {
    low: Math.min((needs(fastFlop, fastBytes) / here) * gain.low, unshared?.low ?? Infinity),
    mid: (needs(Math.sqrt(slowFlop * fastFlop), Math.sqrt(slowBytes * fastBytes)) / here) * gain.mid,
    high: Math.max((needs(slowFlop, slowBytes) / here) * gain.high, unshared?.high ?? 0),
  };
}

/** The runtime shares no kernel of little work; from where on it does differs by operator. */
const mayStayUnshared = ({ selfTimeNs, callsPerRun }: Kernel): boolean =>
  selfTimeNs < SHORT_NS * Math.max(1, callsPerRun);

function clockOnly({ clockFactor, threads }: TargetCeilings, fit: Factor, sourceThreads: number): Factor {
  const gain = gainOf(fit, sourceThreads, threads);
  return {
    low: clockFactor[0] * gain.low,
    mid: Math.sqrt(clockFactor[0] * clockFactor[1]) * gain.mid,
    high: clockFactor[1] * gain.high,
  };
}

/**
 * The fit holds for one doubling; more of them multiply. Towards fewer threads its inverse holds: what was lost when
 * they were added is won back.
 */
function gainOf(fit: Factor, from: number, to: number): Factor {
  const doublings = Math.log2(Math.max(1, to) / Math.max(1, from));
  if (doublings >= 0) return { low: fit.low ** doublings, mid: fit.mid ** doublings, high: fit.high ** doublings };
  return { low: fit.high ** doublings, mid: fit.mid ** doublings, high: fit.low ** doublings };
}
