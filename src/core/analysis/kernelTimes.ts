/** Corrected times of kernels, how sure they are, and which of them are too small to trust. */

import type { Overhead } from '../../protocol/report.js';
import type { TracedRun } from '../trace/types.js';
import { type CorrectedKernel, correctTimes, type Correction, QUANTUM_NS, withoutRecording } from './correction.js';
import type { CostBounds } from './correction.js';
import type { KernelTotals, TracedTotals } from './kernelTotals.js';
import { meanHalfWidth } from './statistics.js';

export interface ClockInput {
  /** Of unprofiled runs. */
  medianNs: number;
  /** Half width of its 95 % interval. */
  medianErrorNs: number;
  /** One call of a model that does nothing. */
  emptyCallNs: number;
  bounds: CostBounds;
}

export interface KernelTime {
  /** Index of the kernel that contains this one; null at top level. */
  parent: number | null;
  callsPerRun: number;
  timeNs: number;
  selfTimeNs: number;
  errorNs: number;
  groupTimesNs: number[];
  trusted: boolean;
}

/** Of its time: a kernel known no better is not trusted. */
const LARGEST_TRUSTED_ERROR = 0.5;
/** With fewer runs in a round all of them count. */
const LEAST_RUNS_TO_TRIM = 8;
/**
 * By how much the interquartile mean of normal values is less sure than the spread of the middle half alone says:
 * 1.1 / sqrt(n) against 0.38 / sqrt(n / 2) standard deviations, rounded up.
 */
const TRIMMED_SPREAD = 2.2;

/** The independent units: rounds; the runs where there is one round only. Of each round the middle runs. */
export function groupsOf(rounds: readonly (readonly TracedRun[])[]): readonly (readonly TracedRun[])[] {
  const filled = rounds.filter((runs) => runs.length > 0).map(middleRuns);
  return filled.length > 1 ? filled : filled.flat().map((run) => [run]);
}

/**
 * The middle half by duration: what they take is compared with a median, and a run that was interrupted would count
 * against whichever kernel it happened to hit. Their mean, not a median of each event: times are whole microseconds.
 */
export function middleRuns(runs: readonly TracedRun[]): readonly TracedRun[] {
  if (runs.length < LEAST_RUNS_TO_TRIM) return runs;
  const quarter = Math.floor(runs.length / 4);
  const byDuration = [...runs].sort((first, second) => first.durationUs - second.durationUs);
  const kept = new Set(byDuration.slice(quarter, runs.length - quarter));
  return runs.filter((run) => kept.has(run));
}

/** One entry for each of `totals`, which were taken of `groups`. */
export function timeKernels(
  totals: readonly KernelTotals[],
  groups: readonly (readonly TracedRun[])[],
  input: ClockInput,
): { times: KernelTime[]; overhead: Overhead } {
  const positions = new Map(totals.map((kernel, index) => [kernel, index]));
  const traced = totals.map((kernel) => ({
    ...meanTotals(kernel.groups, groups),
    parent: kernel.parent === null ? null : (positions.get(kernel.parent) ?? null),
  }));
  const correction = correctTimes(traced, input);
  const groupTimesNs = timesByGroup(
    totals,
    traced.map(({ parent }) => parent),
    correction,
  );
  const runCount = groups.flat().length;
  const isOneRound = groups.every(({ length }) => length === 1) && runCount * 2 >= LEAST_RUNS_TO_TRIM;
  const spread = isOneRound ? TRIMMED_SPREAD : 1;
  const times = traced.map(({ parent, calls }, index): KernelTime => {
    const corrected = correction.kernels[index]!;
    return {
      parent,
      callsPerRun: calls,
      timeNs: corrected.timeNs,
      selfTimeNs: corrected.selfNs,
      // How a single run would vary is not known: by anything up to what it shows.
      errorNs: errorOf(
        corrected,
        runCount > 1 ? meanHalfWidth(groupTimesNs[index]!) * spread : corrected.timeNs,
        runCount,
        input,
      ),
      groupTimesNs: groupTimesNs[index]!,
      trusted: false,
    };
  });
  limitErrors(times, input);
  for (const [index, time] of times.entries()) time.trusted = isTrusted(time, correction.kernels[index]!);
  const { overheadNs, scale, eventCostNs } = correction;
  return { times, overhead: { timeNs: overheadNs, scale, eventCostNs } };
}

/** Over all runs: groups weigh by how many runs they have. */
function meanTotals(totals: readonly TracedTotals[], groups: readonly (readonly TracedRun[])[]): TracedTotals {
  const runCount = groups.flat().length;
  const mean = { selfNs: 0, calls: 0, nestedGapNs: 0 };
  for (const [group, one] of totals.entries()) {
    const weight = groups[group]!.length / runCount;
    mean.selfNs += one.selfNs * weight;
    mean.calls += one.calls * weight;
    mean.nestedGapNs += one.nestedGapNs * weight;
  }
  // Sums of shares come out as 1.0000000000000002 where every run made one call.
  mean.calls = Math.round(mean.calls * 1e9) / 1e9;
  return mean;
}

/** Nested kernels included; they stand after their parents. */
function timesByGroup(
  totals: readonly KernelTotals[],
  parents: readonly (number | null)[],
  { eventCostNs, scale }: Correction,
): number[][] {
  const times = totals.map(({ groups }) => groups.map((one) => withoutRecording(one, eventCostNs) * scale));
  for (let index = times.length - 1; index >= 0; index -= 1) {
    const parent = parents[index] ?? null;
    if (parent !== null) for (const [group, timeNs] of times[index]!.entries()) times[parent]![group]! += timeNs;
  }
  return times;
}

/**
 * Half width of the 95 % interval, from independent parts: how the time varies over the groups, the interval of the
 * median, and the correction: its cost is known to half the bounds' width an event, and each traced time to half a
 * microsecond, less by the root of how many there are.
 */
function errorOf(
  corrected: CorrectedKernel,
  variationNs: number,
  runCount: number,
  { medianNs, medianErrorNs, bounds }: ClockInput,
): number {
  const scaledNs = medianNs > 0 ? (corrected.timeNs * medianErrorNs) / medianNs : 0;
  const costNs = ((bounds.highNs - bounds.lowNs) / 2) * corrected.events;
  const quantumNs = ((QUANTUM_NS / 2) * corrected.events) / Math.sqrt(Math.max(1, corrected.events * runCount));
  return Math.hypot(variationNs, scaledNs, costNs, quantumNs);
}

/** All top-level times and the overhead make the median: none is less certain than that and all others together. */
function limitErrors(times: readonly KernelTime[], { medianErrorNs, emptyCallNs }: ClockInput): void {
  const top = times.filter(({ parent }) => parent === null);
  const sum = top.reduce((total, { errorNs }) => total + errorNs, 0);
  for (const time of top) {
    const othersNs = sum - time.errorNs;
    time.errorNs = Math.min(time.errorNs, othersNs + medianErrorNs + emptyCallNs / 2);
  }
}

/**
 * Not trusted when what was taken off for recording, with half a microsecond for rounding, is as large as what is left;
 * except when the error is below a quarter of the time all the same (an If that holds nearly all of a run). Never when
 * the interval reaches from half the time to one and a half: the machine was not quiet enough to tell.
 */
function isTrusted({ timeNs, errorNs }: KernelTime, { removedNs }: CorrectedKernel): boolean {
  if (!(timeNs > 0) || errorNs >= timeNs * LARGEST_TRUSTED_ERROR) return false;
  return timeNs > removedNs + QUANTUM_NS / 2 || errorNs < timeNs / 4;
}
