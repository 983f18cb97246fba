/** Latency of a scenario: the median with its interval, percentiles or why they are not known, the distribution. */

import type { Latency, LatencyRound } from '../../protocol/report.js';
import type { ScenarioIndex } from './scenarioIndex.js';

/** Samples that a percentile needs for its 95 % interval to lie inside the sample. */
export const SAMPLES_NEEDED = { p90: 44, p95: 90, p99: 459 } as const;
export type PercentileName = keyof typeof SAMPLES_NEEDED;

export interface Percentile {
  name: PercentileName;
  valueNs: number | null;
  /** Runs still needed; 0 when the value is known. */
  missingRuns: number;
}

export interface LatencyView {
  medianNs: number;
  /** Half width of the 95 % interval; null while there is no interval yet. */
  errorNs: number | null;
  confidenceNs: [number, number];
  runs: number;
  rounds: number;
  discardedRounds: number;
  percentiles: Percentile[];
  /** Budget that would support every percentile; null when all are known or it would take more than ten minutes. */
  longerSeconds: number | null;
  sessionCreateNs: number | null;
  firstRunNs: number | null;
  samplesNs: number[];
}

const LONGEST_SECONDS = 600;

export function latencyView(index: ScenarioIndex): LatencyView | null {
  const { latency } = index.scenario;
  if (!latency) return null;
  const kept = latency.rounds.filter((round) => round.kept);
  const samplesNs = kept.flatMap((round) => round.samplesNs);
  const percentiles = percentilesOf(latency, samplesNs.length);
  const needed = percentiles.some((one) => one.valueNs === null) ? SAMPLES_NEEDED.p99 : 0;
  // Warm-up, traces and repeated rounds take about half as long again as the runs themselves.
  const seconds = Math.ceil((needed * latency.medianNs * 1.5) / 1e9);
  const [low, high] = latency.confidenceNs;
  return {
    medianNs: latency.medianNs,
    errorNs: kept.length > 1 && high >= low ? (high - low) / 2 : null,
    confidenceNs: latency.confidenceNs,
    runs: samplesNs.length,
    rounds: kept.length,
    discardedRounds: latency.rounds.length - kept.length,
    percentiles,
    longerSeconds: needed > 0 && seconds <= LONGEST_SECONDS ? Math.max(seconds, 1) : null,
    sessionCreateNs: latency.sessionCreateNs,
    firstRunNs: latency.firstRunNs,
    samplesNs,
  };
}

function percentilesOf(latency: Latency, samples: number): Percentile[] {
  const values = { p90: latency.p90Ns, p95: latency.p95Ns, p99: latency.p99Ns };
  return (['p90', 'p95', 'p99'] as const).map((name) => ({
    name,
    valueNs: values[name],
    missingRuns: values[name] === null ? Math.max(1, SAMPLES_NEEDED[name] - samples) : 0,
  }));
}

export interface Histogram {
  lowNs: number;
  binNs: number;
  counts: number[];
  /** Samples above the last bin: outliers would squeeze all others into one bar. */
  above: number;
}

/** `bins` equal bins from the fastest run to the slowest, or to five times the distance of the third quartile. */
export function histogram(samplesNs: readonly number[], bins: number): Histogram | null {
  if (samplesNs.length === 0) return null;
  const sorted = [...samplesNs].sort((a, b) => a - b);
  const lowNs = sorted[0]!;
  const slowest = sorted[sorted.length - 1]!;
  const typical = sorted[Math.floor((sorted.length - 1) * 0.75)]!;
  const highNs = Math.min(slowest, lowNs + Math.max(typical - lowNs, lowNs * 0.01) * 5);
  const binNs = Math.max((highNs - lowNs) / bins, 1);
  const counts = new Array<number>(bins).fill(0);
  let above = 0;
  for (const sample of sorted) {
    const bin = Math.floor((sample - lowNs) / binNs);
    if (bin < bins) counts[bin]! += 1;
    else if (sample <= highNs) counts[bins - 1]! += 1;
    else above += 1;
  }
  return { lowNs, binNs, counts, above };
}

export interface Quiet {
  /** Cores kept busy by other processes, median over kept rounds. */
  otherLoadCores: number | null;
  /** From one core to another and back, median over kept rounds. */
  handoffNs: number | null;
  /** Reference kernel at the end against the start, less one: 0.14 is 14 % slower; null with fewer than three rounds. */
  drift: number | null;
  disturbedRounds: number;
}

const middle = (values: readonly number[]): number | null =>
  values.length === 0 ? null : [...values].sort((a, b) => a - b)[Math.floor((values.length - 1) / 2)]!;

/** What is known of the machine's quiet during the rounds. */
export function quietOf(rounds: readonly LatencyRound[]): Quiet {
  const kept = rounds.filter((round) => round.kept);
  // One reading is noisy: the first third of the rounds against the last.
  const third = Math.floor(kept.length / 3);
  const reference = (some: readonly LatencyRound[]): number | null =>
    middle(some.flatMap((round) => round.referenceNs ?? []));
  const start = reference(kept.slice(0, third));
  const end = reference(kept.slice(kept.length - third));
  return {
    otherLoadCores: middle(kept.flatMap((round) => round.otherLoadCores ?? [])),
    handoffNs: middle(kept.flatMap((round) => round.handoffNs ?? [])),
    drift: start !== null && end !== null && start > 0 && end > 0 ? end / start - 1 : null,
    disturbedRounds: rounds.length - kept.length,
  };
}

/** The clock's own verdict where the measurement gave one: it knows the machine before the first round too. */
export function driftOf(index: ScenarioIndex): number | null {
  const verdict = index.scenario.warnings.find((warning) => warning.code === 'measure.warning.slowed');
  const percent = verdict?.params['percent'];
  return typeof percent === 'number' ? percent / 100 : quietOf(index.scenario.latency?.rounds ?? []).drift;
}
