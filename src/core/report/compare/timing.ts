/** What two runs give to a test: times with their spread, and what the machine itself may have changed between them. */

import type { Kernel, Latency, LatencyRound, Scenario } from '../../../protocol/report.js';
import { meanHalfWidth, meanOf, medianOf, percentile } from '../../analysis/statistics.js';
import { keptRounds } from './rounds.js';
import { relativeVariance, type Timing } from './significance.js';

const Z_975 = 1.96;

/** Self time of each kernel, by round. */
export function selfRounds(scenario: Scenario): ReadonlyMap<string, readonly number[]> {
  const rounds = new Map(scenario.kernels.map(({ id, roundTimesNs }) => [id, [...roundTimesNs]]));
  for (const { parentId, roundTimesNs } of scenario.kernels) {
    const parent = parentId === null ? undefined : rounds.get(parentId);
    if (parent) for (const [at, timeNs] of roundTimesNs.entries()) parent[at] = Math.max(0, (parent[at] ?? 0) - timeNs);
  }
  return rounds;
}

/** Kernels of one group and side: their times add up round by round, what is common to them adds up as it is. */
export function timingOf(kernels: readonly Kernel[], rounds: ReadonlyMap<string, readonly number[]>): Timing {
  const timeNs = kernels.reduce((sum, { selfTimeNs }) => sum + selfTimeNs, 0);
  const lists = kernels.map(({ id }) => rounds.get(id) ?? []);
  const count = lists.length === 0 ? 0 : Math.min(...lists.map(({ length }) => length));
  const roundsNs = Array.from({ length: count }, (_, at) => lists.reduce((sum, list) => sum + (list[at] ?? 0), 0));
  const sharedNs = kernels.reduce((sum, kernel) => {
    const spreadNs = meanHalfWidth(rounds.get(kernel.id) ?? []);
    return sum + Math.sqrt(Math.max(0, kernel.errorNs ** 2 - spreadNs ** 2)) / Z_975;
  }, 0);
  return { timeNs, roundsNs, sharedDeviation: timeNs > 0 ? sharedNs / timeNs : 0 };
}

/** The whole model, by the medians of its rounds. */
export const latencyTiming = ({ latency }: Scenario): Timing | null =>
  latency && timingOfRounds(latency, latency.medianNs, medianOf);

/** The 95th percentile, by those of its rounds; null where a round is too short for one of its own. */
export function tailTiming({ latency }: Scenario): Timing | null {
  if (!latency || latency.p95Ns === null) return null;
  const fewest = Math.min(...keptRounds(latency).map(({ samplesNs }) => samplesNs.length));
  return fewest < LEAST_FOR_A_TAIL
    ? null
    : timingOfRounds(latency, latency.p95Ns, (samples) => percentile(samples, 0.95));
}

/** Runs that have one beyond the 95th percentile. */
const LEAST_FOR_A_TAIL = 20;
/**
 * Of what the rounds of a run, kept or not, vary by. Where a machine is that unsteady its moods outlast a round, and
 * another run may meet others: seen, 0.2 to 0.6.
 */
const OUTLASTS_ROUNDS = 0.5;

function timingOfRounds(latency: Latency, timeNs: number, figureOf: (samplesNs: readonly number[]) => number): Timing {
  const figures = (rounds: readonly LatencyRound[]): number[] => rounds.map(({ samplesNs }) => figureOf(samplesNs));
  const all = relativeVariance(figures(latency.rounds.filter(({ samplesNs }) => samplesNs.length > 0)));
  return {
    timeNs,
    roundsNs: figures(keptRounds(latency)),
    sharedDeviation: OUTLASTS_ROUNDS * Math.sqrt(all.variance),
  };
}

/** The reference kernel varies by this much on a quiet machine. */
const QUIET_REFERENCE = 0.03;
/** Cores that other processes may use before it is worth a word, and before nothing is said of single kernels. */
export const BUSY_CORES = 0.2;
/** Cores that something always uses. */
const QUIET_LOAD = 0.1;
/** A model may lose more than the reference kernel does, which waits for no memory: seen, 1.6 against 1.2 times. */
const MORE_THAN_REFERENCE = 2;
/** So many times longer may the handoff between cores take without meaning: it varies by 1.4 on a quiet machine. */
const QUIET_HANDOFF = 1.4;
/** What a run on several threads may lose with it, as a share of its logarithm: seen, 0.14 for large kernels to 0.44. */
const FOR_HANDOFF = 0.8;
/** Beyond it a core was shared, which the load of others counts. */
const FARTHEST_HANDOFF = 8;
/** By how much the time may rise, as a logarithm, for each of the model's threads that another process takes: they wait
 * for each other. */
const FOR_EACH_THREAD_TAKEN = 2.5;
/** It hits single kernels harder than their sum. */
const KERNELS_HIT_HARDER = 2;

export interface Drift {
  /** How much slower the reference kernel ran beside the newer one: 1.1 for ten percent; null on different machines. */
  reference: number | null;
  /** How many times longer one core waited for another beside the newer one; null where unknown. */
  handoff: number | null;
  /** Cores that other processes used, the larger of both. */
  otherLoadCores: number;
  /** What both together may explain, as a logarithm: of the whole run, and of one kernel. */
  ofRun: number;
  ofKernel: number;
}

export function driftBetween(base: Scenario, next: Scenario, sameMachine: boolean): Drift {
  const [before, now] = [surroundingsOf(base), surroundingsOf(next)];
  const known = sameMachine && before && now;
  const reference = known ? now.referenceNs / before.referenceNs : null;
  const handoff = known && before.handoffNs && now.handoffNs ? now.handoffNs / before.handoffNs : null;
  const otherLoadCores = Math.max(0, ...[before, now].map((one) => one?.otherLoadCores ?? 0));
  const threads = Math.max(1, Math.min(base.run.threads, next.run.threads));
  const taken = (Math.max(0, otherLoadCores - QUIET_LOAD) / threads) * FOR_EACH_THREAD_TAKEN;
  const best = known ? now.bestReferenceNs / before.bestReferenceNs : null;
  const speeds = Math.max(
    ...[reference, best].map((ratio) => (ratio !== null && ratio > 0 ? Math.abs(Math.log(ratio)) : 0)),
  );
  const slower = Math.max(0, speeds - QUIET_REFERENCE) * MORE_THAN_REFERENCE;
  const apart = handoff === null ? 0 : forHandoff(Math.max(handoff, 1 / handoff));
  const ofRun = slower + apart + taken;
  return { reference, handoff, otherLoadCores, ofRun, ofKernel: slower + apart + taken * KERNELS_HIT_HARDER };
}

const forHandoff = (times: number): number =>
  Math.max(0, Math.log(Math.min(times, FARTHEST_HANDOFF) / QUIET_HANDOFF)) * FOR_HANDOFF;

interface Surroundings {
  referenceNs: number;
  bestReferenceNs: number;
  handoffNs: number | null;
  otherLoadCores: number;
}

/** The load is that of all rounds: where many had to be repeated, the ones that were kept were not quiet either. */
function surroundingsOf({ latency }: Scenario): Surroundings | null {
  const known = (values: readonly (number | null)[]): number[] => values.filter((value) => value !== null);
  const references = latency ? known(keptRounds(latency).map(({ referenceNs }) => referenceNs)) : [];
  if (!latency || references.length === 0) return null;
  const handoffs = known(keptRounds(latency).map(({ handoffNs }) => handoffNs ?? null));
  const loads = known(latency.rounds.map(({ otherLoadCores }) => otherLoadCores));
  return {
    referenceNs: medianOf(references),
    bestReferenceNs: Math.min(...references),
    handoffNs: handoffs.length === 0 ? null : medianOf(handoffs),
    otherLoadCores: loads.length === 0 ? 0 : meanOf(loads),
  };
}
