import { medianOf } from '../../src/core/analysis/statistics.js';
import type { LatencyRound, Report } from '../../src/protocol/report.js';
import { realModels } from '../models/index.js';
import type { Benchmark } from './bench.js';
import { bareLoop, profile } from './profiling.js';

const BUDGET_SECONDS = 4;
const LOOP_SECONDS = 0.5;
const PROFILES = 10;
const MOST_PROFILES = 120;
/** How far apart bare loops, and the reference kernel, may be while the machine has one speed. */
const LOOP_WITHIN = 1.05;
const REFERENCE_WITHIN = 1.05;
/** By how much the handoff between cores may exceed the best of all profiles. */
const HANDOFF_WITHIN = 1.5;
const IDLE_CORES = 0.2;
const ON_TOP = 3;

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

/**
 * Those that ran while nothing else did and the machine had one speed, by what was read beside them, not by what they
 * gave: the most that have bare loops alike. A shared host is slower in one quarter of an hour than in the next.
 */
function whileIdle(turns: readonly Turn[]): Turn[] {
  const all = turns.map((turn) => ({ turn, ...machineOf(turn.report) }));
  const handoffNs = HANDOFF_WITHIN * Math.min(...all.map((one) => one.handoffNs));
  const quiet = all.filter((one) => one.handoffNs <= handoffNs && one.cores <= IDLE_CORES);
  const alike = quiet.map(({ turn: { loopsMs }, referenceNs }) =>
    quiet.filter(
      (one) =>
        one.turn.loopsMs[0] >= loopsMs[0] &&
        one.turn.loopsMs[1] <= LOOP_WITHIN * loopsMs[0] &&
        one.referenceNs <= REFERENCE_WITHIN * referenceNs &&
        referenceNs <= REFERENCE_WITHIN * one.referenceNs,
    ),
  );
  const most = alike.reduce((one, other) => (other.length > one.length ? other : one), []);
  return most.map(({ turn }) => turn).slice(0, PROFILES);
}

async function takeTurns(): Promise<Turn[]> {
  const turns: Turn[] = [];
  let before = bareLoop(realModels.det, [], LOOP_SECONDS).medianMs;
  while (turns.length < MOST_PROFILES && whileIdle(turns).length < PROFILES) {
    const { report } = await profile(realModels.det, [], BUDGET_SECONDS);
    const after = bareLoop(realModels.det, [], LOOP_SECONDS).medianMs;
    turns.push({ report, loopsMs: [Math.min(before, after), Math.max(before, after)] });
    before = after;
  }
  return turns;
}

const loopOf = (turns: readonly Turn[]): number => medianOf(turns.flatMap(({ loopsMs }) => loopsMs));

const benchmark: Benchmark = {
  name: 'ten profiles of the text detector on an idle machine, one after the other',
  run: async () => {
    const turns = await takeTurns();
    const idle = whileIdle(turns);
    const medians = idle.map(({ report }) => medianMs(report));
    const middle = medianOf(medians);
    const farthest = Math.max(...medians.map((one) => Math.abs(one / middle - 1)));
    const counts = new Map<string, number>();
    for (const top of idle.map(({ report }) => kernelsOnTop(report))) counts.set(top, (counts.get(top) ?? 0) + 1);
    return [
      { what: 'profiles, idle or not', value: turns.length, unit: '' },
      { what: 'profiles while the machine was idle', value: idle.length, unit: '', bar: { atLeast: PROFILES } },
      { what: 'a bare loop beside them', value: loopOf(idle), unit: 'ms' },
      { what: 'the fastest bare loop of all', value: Math.min(...turns.map(({ loopsMs }) => loopsMs[0])), unit: 'ms' },
      { what: 'median of their medians', value: middle, unit: 'ms' },
      { what: 'the farthest from it', value: farthest * 100, unit: '%', bar: { atMost: 5 } },
      {
        what: 'with the same three kernels on top',
        value: Math.max(...counts.values()),
        unit: 'of 10',
        bar: { atLeast: 9 },
      },
    ];
  },
};

export default benchmark;
