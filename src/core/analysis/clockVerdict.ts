/** What the rounds are worth: which are kept, what must be said about them, and the figures that they give. */

import type { Latency, LatencyRound } from '../../protocol/report.js';
import type { MachineReading } from '../runtime/gauge.js';
import type { Message, TextParameters } from '../../protocol/text.js';
import type { TextCode } from '../../format/text/catalogue.js';
import {
  intervalOverRounds,
  meanOf,
  medianOf,
  SAMPLES_FOR_P90,
  SAMPLES_FOR_P95,
  SAMPLES_FOR_P99,
  standardDeviation,
  supportedPercentile,
} from './statistics.js';

/** A round of ours: somebody else's trace says nothing of the machine's other load. */
export interface MeasuredRound extends LatencyRound, MachineReading {
  otherLoadCores: number;
  referenceNs: number;
  handoffNs: number | null;
}

export const warning = (code: TextCode, params: TextParameters = {}): Message => ({ code, params: { ...params } });

/** The reference kernel's time may rise by this much before it is worth a word. */
const SLOWER_THAN_AT_START = 0.1;
/** It varies by up to 5 % on a quiet machine, and rises by a quarter when another hardware thread shares the core. */
const SLOWER_THAN_BEST = 0.08;
/** The handoff varies from 60 to 120 ns on a quiet machine; between cores that were moved apart it takes 300 to 330. */
const FARTHER_THAN_BEST = 1;
/** Worth a word. */
const FAR_APART = 2;
/** No distance explains this: another process had the core, which the load of others says. */
export const CORE_SHARED = 10;
const SAMPLES_FOR_AN_INTERVAL = 6;
/** A round that ended early (a stop, the end of the budget) with less than this share of the longest one's runs says less
 * than it would weigh: the interval counts all rounds alike. */
const LEAST_OF_LONGEST = 1 / 3;

/**
 * How disturbed each round is; 1 is what may be: by the load of other processes against `limit`, in cores, and by the
 * reference kernel and the handoff between cores against their best. Infinity for one that was cut short.
 */
function disturbances(rounds: readonly MeasuredRound[], limit: number): number[] {
  const best = bestReading(rounds);
  const fewest = LEAST_OF_LONGEST * Math.max(...rounds.map(({ samplesNs }) => samplesNs.length));
  return rounds.map((round) =>
    round.samplesNs.length < fewest ? Infinity : Math.max(round.otherLoadCores / limit, slowness(round, best)),
  );
}

/** The least of each. */
export const bestReading = (readings: readonly MachineReading[]): MachineReading => ({
  referenceNs: Math.min(...readings.map(({ referenceNs }) => referenceNs)),
  handoffNs: readings.reduce<number | null>(
    (least, { handoffNs }) => (handoffNs === null ? least : Math.min(least ?? Infinity, handoffNs)),
    null,
  ),
});

/** How much slower the machine was than at its best; 1 is what may be. */
const slowness = (reading: MachineReading, best: MachineReading): number =>
  Math.max((reading.referenceNs / best.referenceNs - 1) / SLOWER_THAN_BEST, distance(reading, best));

/** The same of the handoff between cores alone; nothing where there is none. */
function distance({ handoffNs }: MachineReading, best: MachineReading): number {
  if (handoffNs === null || best.handoffNs === null) return -Infinity;
  return (handoffNs / best.handoffNs - 1) / FARTHER_THAN_BEST;
}

/** Those during which neither other processes nor a slower machine disturbed. */
export function quietRounds(rounds: readonly MeasuredRound[], limit: number): MeasuredRound[] {
  const disturbance = disturbances(rounds, limit);
  return rounds.filter((_, index) => disturbance[index]! <= 1);
}

/**
 * Keeps the quiet rounds. Where there are fewer than `least`, quiet could not be had: the less disturbed half of all
 * rounds is kept, `least` where there are so many. One that was cut short is not kept: the longest is there instead.
 */
export function chooseRounds(rounds: readonly MeasuredRound[], limit: number, least: number): MeasuredRound[] {
  const disturbance = disturbances(rounds, limit);
  const quiet = disturbance.filter((one) => one <= 1).length;
  const whole = disturbance.filter((one) => one < Infinity).length;
  const keep = Math.max(quiet, quiet >= least ? 0 : Math.min(whole, Math.max(least, Math.ceil(rounds.length / 2))));
  const byDisturbance = rounds.map((_, index) => index);
  byDisturbance.sort((a, b) => disturbance[a]! - disturbance[b]! || a - b);
  const chosen = new Set(byDisturbance.slice(0, keep));
  return rounds.map((round, index) => ({ ...round, kept: chosen.has(index) }));
}

/** The segments of a traced session whose runs count: as rounds, but without the load of other processes. */
export const isSlow = (reading: MachineReading, best: MachineReading): boolean => slowness(reading, best) > 1;

/** The cores are farther apart than at best. */
export const areApart = (reading: MachineReading, best: MachineReading): boolean => distance(reading, best) > 1;

/** How much longer the handoff between cores took beside the rounds than at its best. */
function timesApart(rounds: readonly MeasuredRound[], bestNs: number | null): number {
  const handoffs = rounds.flatMap(({ handoffNs }) => handoffNs ?? []);
  return bestNs === null || handoffs.length === 0 ? 1 : medianOf(handoffs) / bestNs;
}

/** Disturbed, slowed, or too few samples. */
export function clockWarnings(rounds: readonly MeasuredRound[], limit: number, start: MachineReading): Message[] {
  const warnings: Message[] = [];
  const kept = rounds.filter((round) => round.kept);
  if (kept.length === 0) return warnings;
  const worst = Math.max(...kept.map((round) => round.otherLoadCores));
  if (worst > limit) warnings.push(warning('measure.warning.disturbed', { cores: Math.round(10 * worst) / 10 }));
  const slower = medianOf(kept.slice(-3).map((round) => round.referenceNs)) / start.referenceNs - 1;
  if (slower > SLOWER_THAN_AT_START)
    warnings.push(warning('measure.warning.slowed', { percent: Math.round(slower * 100) }));
  const apart = timesApart(kept, bestReading([start, ...rounds]).handoffNs);
  if (apart > FAR_APART && apart < CORE_SHARED)
    warnings.push(warning('measure.warning.coresApart', { times: Math.round(apart) }));
  const samples = kept.reduce((sum, round) => sum + round.samplesNs.length, 0);
  if (samples === 1) warnings.push(warning('measure.warning.oneRun'));
  else if (kept.length === 1 && samples < SAMPLES_FOR_AN_INTERVAL)
    warnings.push(warning('measure.warning.fewRuns', { runs: samples }));
  else if (kept.length === 1) warnings.push(warning('measure.warning.oneRound'));
  return warnings;
}

/** Figures of the kept rounds; null when there is none. */
export function latencyOf(
  rounds: readonly LatencyRound[],
  session: { sessionCreateNs: number | null; firstRunNs: number | null },
): Latency | null {
  const kept = rounds.filter((round) => round.kept && round.samplesNs.length > 0).map((round) => round.samplesNs);
  if (kept.length === 0) return null;
  const samples = kept.flat();
  const sorted = [...samples].sort((a, b) => a - b);
  return {
    medianNs: medianOf(samples),
    confidenceNs: intervalOverRounds(kept),
    p90Ns: supportedPercentile(samples, 0.9, SAMPLES_FOR_P90),
    p95Ns: supportedPercentile(samples, 0.95, SAMPLES_FOR_P95),
    p99Ns: supportedPercentile(samples, 0.99, SAMPLES_FOR_P99),
    meanNs: meanOf(samples),
    stdDevNs: standardDeviation(samples),
    minNs: sorted[0] as number,
    maxNs: sorted[sorted.length - 1] as number,
    sessionCreateNs: session.sessionCreateNs,
    firstRunNs: session.firstRunNs,
    rounds: [...rounds],
  };
}
