import { medianOf } from '../../src/core/analysis/statistics.js';
import type { LatencyRound, Report } from '../../src/protocol/report.js';
import { realModels } from '../models/index.js';
import type { Benchmark, Figure } from './bench.js';
import { bareLoop, profile } from './profiling.js';

/** What a profile takes that nobody set anything for. */
const BUDGET_SECONDS = 10;
const LOOP_SECONDS = 0.5;
const PROFILES = 10;
const MOST_PROFILES = 40;
/**
 * How far bare loops and the reference kernel may lie apart while the machine is the same: the bar itself. A neighbour on
 * the host that takes memory bandwidth slows the loop by a tenth and the reference not at all.
 */
const ALIKE_WITHIN = 1.05;
/** The same for the handoff between cores: it varies by that much while they stay where they are. */
const HANDOFF_WITHIN = 2;
const IDLE_CORES = 0.2;
const ON_TOP = 3;
/** The runtime's default, and one: a shared host may lend a second core that another machine works on. */
const THREADS = [0, 1];

const medianMs = ({ scenarios }: Report): number => (scenarios[0]?.latency?.medianNs ?? NaN) / 1e6;

/** By the operators that they run: the optimiser names its own nodes anew in each session. */
function kernelsOnTop({ scenarios }: Report): string {
  const kernels = (scenarios[0]?.kernels ?? []).filter(({ parentId }) => parentId === null);
  const largest = [...kernels].sort((a, b) => b.timeNs - a.timeNs).slice(0, ON_TOP);
  return largest
    .map(({ operatorIds, opType }) => operatorIds.join('+') || opType)
    .sort()
    .join(' ');
}

interface Turn {
  report: Report;
  /** The bare loops before and after, the faster one first. */
  loopsMs: readonly [number, number];
}

/** What the machine was like beside the rounds that count. */
function machineOf({ scenarios }: Report): { referenceNs: number; handoffNs: number; cores: number } {
  const rounds = (scenarios[0]?.latency?.rounds ?? []).filter(({ kept }) => kept);
  const middle = (pick: (round: LatencyRound) => number | null | undefined): number =>
    medianOf(rounds.map((round) => pick(round) ?? 0));
  return {
    referenceNs: middle(({ referenceNs }) => referenceNs),
    handoffNs: middle(({ handoffNs }) => handoffNs),
    cores: middle(({ otherLoadCores }) => otherLoadCores),
  };
}

interface Witness {
  turn: Turn;
  loopsMs: readonly [number, number];
  referenceNs: number;
}

/** Those beside which nothing else had the CPU and the cores lay together. */
function undisturbed(turns: readonly Turn[]): Witness[] {
  const all = turns.map((turn) => ({ turn, loopsMs: turn.loopsMs, ...machineOf(turn.report) }));
  const bestHandoffNs = Math.min(...all.map(({ handoffNs }) => handoffNs));
  return all.filter(({ handoffNs, cores }) => handoffNs <= HANDOFF_WITHIN * bestHandoffNs && cores <= IDLE_CORES);
}

const isWithin = (value: number, least: number): boolean => value >= least && value <= ALIKE_WITHIN * least;

/**
 * The most that ran on an idle machine of one speed: by the bare loops around them and the reference kernel beside them,
 * not by what they gave. A shared host changes the speed of its cores by up to a third, for minutes; of several speeds
 * with as many profiles it is the highest.
 */
function whileIdle(turns: readonly Turn[]): Turn[] {
  const witnesses = undisturbed(turns);
  const speeds = [...witnesses].sort((a, b) => a.loopsMs[0] - b.loopsMs[0]);
  let most: Witness[] = [];
  for (const { loopsMs } of speeds)
    for (const { referenceNs } of speeds) {
      const alike = witnesses.filter(
        (one) =>
          isWithin(one.loopsMs[0], loopsMs[0]) &&
          isWithin(one.loopsMs[1], loopsMs[0]) &&
          isWithin(one.referenceNs, referenceNs),
      );
      if (alike.length > most.length) most = alike;
    }
  return most.map(({ turn }) => turn).slice(0, PROFILES);
}

const loopMs = (threads: number): number => bareLoop(realModels.det, [], LOOP_SECONDS, threads).medianMs;

/** For whoever waits: a turn takes half a minute. */
function tell({ report, loopsMs }: Turn, idle: number): void {
  const { referenceNs, handoffNs, cores } = machineOf(report);
  const figures = [
    `profile ${medianMs(report).toFixed(2)} ms`,
    `loops ${loopsMs.map((ms) => ms.toFixed(2)).join(' and ')} ms`,
    `reference ${(referenceNs / 1000).toFixed(0)} µs`,
    `handoff ${handoffNs.toFixed(0)} ns`,
    `others ${cores.toFixed(2)} cores`,
  ];
  console.error(`     ${figures.join(' · ')} · ${idle} alike`);
}

async function takeTurns(threads: number): Promise<Turn[]> {
  const turns: Turn[] = [];
  let before = loopMs(threads);
  while (turns.length < MOST_PROFILES && whileIdle(turns).length < PROFILES) {
    const { report } = await profile(realModels.det, [], BUDGET_SECONDS, threads);
    const after = loopMs(threads);
    const turn: Turn = { report, loopsMs: [Math.min(before, after), Math.max(before, after)] };
    turns.push(turn);
    tell(turn, whileIdle(turns).length);
    before = after;
  }
  return turns;
}

async function repeated(threads: number): Promise<Figure[]> {
  const turns = await takeTurns(threads);
  const idle = whileIdle(turns);
  const loops = turns.flatMap(({ loopsMs }) => loopsMs);
  const at = threads === 1 ? 'one thread' : 'default threads';
  const counts: Figure[] = [
    { what: `${at}: profiles, idle or not`, value: turns.length, unit: '' },
    { what: `${at}: quickest bare loop beside them`, value: Math.min(...loops), unit: 'ms' },
    { what: `${at}: slowest`, value: Math.max(...loops), unit: 'ms' },
    // Of a machine that was not idle this alone is shown.
    { what: `${at}: the farthest of all profiles, idle or not`, value: farthestPercent(turns), unit: '%' },
    { what: `${at}: profiles while idle, at one speed`, value: idle.length, unit: '', bar: { atLeast: PROFILES } },
  ];
  return idle.length === 0 ? counts : [...counts, ...agreement(idle, at)];
}

/** From the median of their medians. */
function farthestPercent(turns: readonly Turn[]): number {
  const medians = turns.map(({ report }) => medianMs(report));
  const middle = medianOf(medians);
  return 100 * Math.max(...medians.map((one) => Math.abs(one / middle - 1)));
}

function agreement(idle: readonly Turn[], at: string): Figure[] {
  const tops = idle.map(({ report }) => kernelsOnTop(report));
  const same = Math.max(...tops.map((top) => tops.filter((other) => other === top).length));
  return [
    { what: `${at}: median of their medians`, value: medianOf(idle.map(({ report }) => medianMs(report))), unit: 'ms' },
    { what: `${at}: the farthest from it`, value: farthestPercent(idle), unit: '%', bar: { atMost: 5 } },
    {
      what: `${at}: with the same three kernels on top`,
      value: (100 * same) / idle.length,
      unit: '%',
      bar: { atLeast: 90 },
    },
  ];
}

const benchmark: Benchmark = {
  name: 'ten profiles of the text detector on an idle machine, one after the other',
  run: async function* () {
    for (const threads of THREADS) yield* await repeated(threads);
  },
};

export default benchmark;
