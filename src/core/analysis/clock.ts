/**
 * The clock: latency of one session in rounds, watched for what disturbs it.
 *
 * Warm-up runs are discarded until their times settle. Then come rounds of runs; the interval of the median is taken
 * over rounds, and measuring ends when it is narrow enough or the budget is spent. A round during which other
 * processes used the CPU, or the machine itself was slower or its cores farther apart than at best, is repeated, and
 * the next one waits a while for the machine to be at its best.
 */

import { setImmediate as nextTurn } from 'node:timers/promises';

import type { PackagePower } from '../../protocol/report.js';
import type { Message } from '../../protocol/text.js';
import type { LoadGauge, MachineReading } from '../runtime/gauge.js';
import { type EnergyReading, packagePower, type PowerMeter } from '../runtime/packagePower.js';
import { chooseRounds, clockWarnings, type MeasuredRound, quietRounds } from './clockVerdict.js';
import { MachineWatch } from './machineWatch.js';
import { intervalOverRounds, medianOf, relativeHalfWidth } from './statistics.js';

export interface ClockOptions {
  /** For everything, warm-up included. */
  budgetNs: number;
  now(): number;
  stopRequested(): boolean;
  gauge: LoadGauge;
  /** Read during the rounds, not while the clock waits between them. */
  power?: PowerMeter;
}

export interface ClockProgress {
  stage: 'warmUp' | 'rounds';
  /** Runs done, and about how many there will be. */
  runs: number;
  expectedRuns: number | null;
  round: { index: number; total: number } | null;
  remainingNs: number | null;
}

export interface ClockResult {
  /** The first run of the session; null when stopped before it. */
  firstRunNs: number | null;
  warmUpRuns: number;
  rounds: MeasuredRound[];
  /** During the kept rounds; null where it cannot be read. */
  power: PackagePower | null;
  warnings: Message[];
}

export const TARGET_HALF_WIDTH = 0.02;
const ENOUGH_ROUNDS = 5;
const LEAST_ROUNDS = 3;
const MOST_ROUNDS = 40;
const LEAST_WARM_UP_RUNS = 5;
/** That need not settle any more. */
const MOST_WARM_UP_RUNS = 100;
/** The code around the runs is compiled, and the machine gets up to speed, by time: seen, 3 to 5 % in a first round of
 * 0.2 s that came before it. */
const LEAST_WARM_UP_NS = 400e6;
const WARM_UP_SHARE = 0.2;
const STEADY_RUNS = 5;
const STEADY_WITHIN = 0.1;
/** The operating system counts CPU time in ticks of 10 to 16 ms: a shorter round says little of the load. */
const LEAST_ROUND_NS = 250e6;
const ROUND_SHARE = 1 / 8;
/** A round whose runs turn out slower than the warm-up's is cut here, so that there are several all the same. */
const LONGEST_ROUND_SHARE = 1 / 5;
/** Five rounds of this many support p99. */
const RUNS_FOR_P99 = 92;
const MOST_RUNS_IN_ROUND = 2000;
const PROGRESS_EVERY_NS = 100e6;

/** Runs once and gives the wall time in nanoseconds. */
export type TimedRun = () => Promise<number>;

function settled(samples: readonly number[]): boolean {
  const last = samples.slice(-STEADY_RUNS);
  if (last.length < STEADY_RUNS) return false;
  const middle = medianOf(last);
  return last.every((sample) => Math.abs(sample - middle) <= STEADY_WITHIN * middle);
}

/** Discards runs for a while, then until five in a row lie within 10 % of their median; at most for a fifth of the budget. */
async function* warmUp(run: TimedRun, options: ClockOptions): AsyncGenerator<ClockProgress, number[]> {
  const samples: number[] = [];
  const start = options.now();
  const deadline = start + options.budgetNs * WARM_UP_SHARE;
  while (!options.stopRequested()) {
    samples.push(await run());
    await nextTurn();
    yield { stage: 'warmUp', runs: samples.length, expectedRuns: null, round: null, remainingNs: null };
    const now = options.now();
    if (now >= deadline) break;
    if (now - start < LEAST_WARM_UP_NS || samples.length < LEAST_WARM_UP_RUNS) continue;
    if (samples.length >= MOST_WARM_UP_RUNS || settled(samples)) break;
  }
  return samples;
}

/** Long enough to gauge the load, short enough for several rounds; p99's runs where the time allows. */
export function runsPerRound(runNs: number, budgetNs: number): number {
  const time = Math.max(1, runNs);
  const affordable = Math.floor((budgetNs * ROUND_SHARE) / time);
  const wanted = Math.max(RUNS_FOR_P99, Math.ceil(LEAST_ROUND_NS / time));
  return Math.max(1, Math.min(affordable, wanted, MOST_RUNS_IN_ROUND));
}

interface Round {
  runs: number;
  /** Of the rounds before: what the progress counts from. */
  runsBefore: number;
  index: number;
  total: number;
  deadline: number;
  before: MachineReading;
}

interface RoundResult {
  measured: MeasuredRound;
  after: MachineReading;
  energy: EnergyReading | null;
}

/** One round; shorter after a stop, or when the deadline passes in a slow one. null when nothing was measured. */
async function* measureRound(
  run: TimedRun,
  round: Round,
  options: ClockOptions,
): AsyncGenerator<ClockProgress, RoundResult | null> {
  const endLoad = options.gauge.begin();
  const power = options.power?.begin();
  const samplesNs: number[] = [];
  let reportedAt = options.now();
  const endsBy = Math.min(round.deadline, reportedAt + LONGEST_ROUND_SHARE * options.budgetNs);
  while (samplesNs.length < round.runs && !options.stopRequested()) {
    samplesNs.push(await run());
    await nextTurn();
    const now = options.now();
    if (now - reportedAt >= PROGRESS_EVERY_NS) {
      reportedAt = now;
      power?.sample();
      yield {
        stage: 'rounds',
        runs: round.runsBefore + samplesNs.length,
        expectedRuns: round.total * round.runs,
        round: { index: round.index, total: round.total },
        remainingNs: Math.max(0, round.deadline - now),
      };
    }
    if (now >= endsBy) break;
  }
  const otherLoadCores = endLoad();
  const energy = power?.end() ?? null;
  if (samplesNs.length === 0) return null;
  const after = await options.gauge.read();
  const measured = { samplesNs, otherLoadCores, ...readingOfRound(round.before, after), kept: true };
  return { measured, after, energy };
}

/** The speed of a core varies about a mean; the handoff is near or far, and far at one end is enough to disturb. */
const readingOfRound = (before: MachineReading, after: MachineReading): MachineReading => ({
  referenceNs: (before.referenceNs + after.referenceNs) / 2,
  handoffNs:
    before.handoffNs === null || after.handoffNs === null
      ? (before.handoffNs ?? after.handoffNs)
      : Math.max(before.handoffNs, after.handoffNs),
});

/** Cores that others may use before a round counts as disturbed: a tenth of the machine, 0.2 to 1. */
export const disturbedAbove = (logicalCores: number): number => Math.min(1, Math.max(0.2, 0.1 * logicalCores));

function narrowEnough(rounds: readonly MeasuredRound[], limit: number): boolean {
  const quiet = quietRounds(rounds, limit);
  if (quiet.length < ENOUGH_ROUNDS) return false;
  return relativeHalfWidth(intervalOverRounds(quiet.map((round) => round.samplesNs))) <= TARGET_HALF_WIDTH;
}

/**
 * Latency of a session whose `run` executes once. Rounds in the result carry `kept`; there is none only after a stop.
 * A model slower than the whole budget still gets one run after its first.
 */
export async function* measureLatency(
  run: TimedRun,
  options: ClockOptions,
): AsyncGenerator<ClockProgress, ClockResult> {
  const { gauge } = options;
  const limit = disturbedAbove(gauge.logicalCores);
  const deadline = options.now() + options.budgetNs;
  const watch = new MachineWatch(options);
  const start = await watch.look();
  const discarded = yield* warmUp(run, options);
  const rounds: MeasuredRound[] = [];
  const energies: (EnergyReading | null)[] = [];
  const runs = runsPerRound(medianOf(discarded.length > 0 ? discarded.slice(-STEADY_RUNS) : [1]), options.budgetNs);
  let runsBefore = 0;
  let lastNs = 0;
  /** What is left must hold most of a round: a cut one says less than it would weigh. */
  const endsSoon = (): boolean => rounds.length > 0 && options.now() + lastNs / 2 >= deadline;
  while (!options.stopRequested() && rounds.length < MOST_ROUNDS) {
    const total = Math.max(ENOUGH_ROUNDS, rounds.length + 1);
    const before = await watch.whenAtBest();
    if (endsSoon()) break;
    const round = { runs, runsBefore, index: rounds.length + 1, total, deadline, before };
    const startedAt = options.now();
    const result = yield* measureRound(run, round, options);
    if (result) {
      rounds.push(result.measured);
      energies.push(result.energy);
      runsBefore += result.measured.samplesNs.length;
      watch.note(result.after);
    }
    if (narrowEnough(rounds, limit)) break;
    lastNs = options.now() - startedAt;
    if (endsSoon()) break;
  }
  const kept = chooseRounds(rounds, limit, LEAST_ROUNDS);
  return {
    firstRunNs: discarded[0] ?? null,
    warmUpRuns: discarded.length,
    rounds: kept,
    power: packagePower(energies.filter((_, index) => kept[index]?.kept)),
    warnings: clockWarnings(kept, limit, start),
  };
}
