import { medianOf } from '../../src/core/analysis/statistics.js';
import type { LatencyRound, Report } from '../../src/protocol/report.js';
import { realModels } from '../models/index.js';
import type { Benchmark } from './bench.js';
import { bareLoop, profile } from './profiling.js';

const BUDGET_SECONDS = 4;
const LOOP_SECONDS = 0.5;
const PROFILES = 10;
const MOST_PROFILES = 120;
/** By how much a bare loop, the reference kernel, and the handoff between cores may exceed the best of all profiles. */
const LOOP_WITHIN = 1.05;
const REFERENCE_WITHIN = 1.05;
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
  /** The slower of the bare loops before and after. */
  loopMs: number;
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

/** Those that ran while the machine was idle and at its best, by what was read beside them, not by what they gave. */
function whileIdle(turns: readonly Turn[]): Turn[] {
  const all = turns.map((turn) => ({ turn, loopMs: turn.loopMs, ...machineOf(turn.report) }));
  const least = (pick: (one: (typeof all)[number]) => number): number => Math.min(...all.map(pick));
  const loopMs = LOOP_WITHIN * least((one) => one.loopMs);
  const referenceNs = REFERENCE_WITHIN * least((one) => one.referenceNs);
  const handoffNs = HANDOFF_WITHIN * least((one) => one.handoffNs);
  const idle = all.filter(
    (one) =>
      one.loopMs <= loopMs && one.referenceNs <= referenceNs && one.handoffNs <= handoffNs && one.cores <= IDLE_CORES,
  );
  return idle.map(({ turn }) => turn).slice(0, PROFILES);
}

async function takeTurns(): Promise<Turn[]> {
  const turns: Turn[] = [];
  let before = bareLoop(realModels.det, [], LOOP_SECONDS).medianMs;
  while (turns.length < MOST_PROFILES && whileIdle(turns).length < PROFILES) {
    const { report } = await profile(realModels.det, [], BUDGET_SECONDS);
    const after = bareLoop(realModels.det, [], LOOP_SECONDS).medianMs;
    turns.push({ report, loopMs: Math.max(before, after) });
    before = after;
  }
  return turns;
}

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
