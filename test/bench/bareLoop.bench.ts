import { medianOf } from '../../src/core/analysis/statistics.js';
import type { DimensionRequest } from '../../src/protocol/worker.js';
import { fixture, realModels } from '../models/index.js';
import type { Benchmark, Figure } from './bench.js';
import { bareLoop, profile } from './profiling.js';

/** Room for a whole warm-up: a fifth of the part that measures latency. */
const BUDGET_SECONDS = 5;
/** As long as most profiles measure latency: until the interval is narrow. */
const LOOP_SECONDS = 1.8;
const TURNS = 9;
const MOST_TURNS = 25;
const IDLE_WITHIN = 1.05;

const side = (axis: number): DimensionRequest => ({
  name: `p2o.DynamicDimension.${axis}`,
  values: [320],
  source: 'flag',
});
const models: { name: string; file: () => string; dimensions: DimensionRequest[] }[] = [
  { name: 'text detector at 320×320', file: () => realModels.det, dimensions: [side(1), side(2)] },
  { name: 'text recognizer', file: () => realModels.rec, dimensions: [] },
  { name: 'text classifier', file: () => realModels.cls, dimensions: [] },
  { name: 'voice detector (v5)', file: () => realModels.sileroV5, dimensions: [] },
  { name: 'transformer encoder', file: () => fixture('encoder'), dimensions: [] },
];

interface Turn {
  /** Of the profile, relative to the mean of the loops before and after it. */
  ratio: number;
  slowerLoopMs: number;
  fasterLoopMs: number;
}

/**
 * Each profile between two loops: a shared host changes its speed by more than the bar within a minute, which neighbours
 * share. The quickest of each side met different moments.
 */
async function takeTurns(file: string, dimensions: DimensionRequest[]): Promise<Turn[]> {
  const loop = (): number => bareLoop(file, dimensions, LOOP_SECONDS).medianMs;
  const turns: Turn[] = [];
  let before = loop();
  while (turns.length < MOST_TURNS && whileIdle(turns).length < TURNS) {
    const { report } = await profile(file, dimensions, BUDGET_SECONDS);
    const after = loop();
    const medianMs = (report.scenarios[0]?.latency?.medianNs ?? NaN) / 1e6;
    turns.push({
      ratio: medianMs / ((before + after) / 2),
      slowerLoopMs: Math.max(before, after),
      fasterLoopMs: Math.min(before, after),
    });
    console.error(`     profile ${medianMs.toFixed(3)} ms, loops ${before.toFixed(3)} and ${after.toFixed(3)} ms`);
    before = after;
  }
  return turns;
}

/**
 * Those whose loops were both as quick as loops are here, whatever the profile gave: a neighbour on the host slows a loop
 * for seconds, while a profile leaves out the rounds that it meets.
 */
function whileIdle(turns: readonly Turn[]): Turn[] {
  const quickest = Math.min(...turns.map(({ fasterLoopMs }) => fasterLoopMs));
  return turns.filter(({ slowerLoopMs }) => slowerLoopMs <= IDLE_WITHIN * quickest);
}

const listed = (turns: readonly Turn[]): string =>
  turns
    .map(({ ratio }) => ratio)
    .sort((a, b) => a - b)
    .map((ratio) => ratio.toFixed(3))
    .join(', ');

const benchmark: Benchmark = {
  name: 'median of a profile, relative to a bare loop in the same run',
  run: async function* (): AsyncGenerator<Figure> {
    for (const { name, file, dimensions } of models) {
      const turns = await takeTurns(file(), dimensions);
      const idle = whileIdle(turns);
      const value = medianOf(idle.map(({ ratio }) => ratio));
      yield {
        what: `${name}: all ratios ${listed(turns)}; middle`,
        value: medianOf(turns.map((one) => one.ratio)),
        unit: '',
      };
      yield { what: `${name}: between loops as quick as any`, value: idle.length, unit: '', bar: { atLeast: TURNS } };
      yield { what: `${name}: ratios then ${listed(idle)}; middle`, value, unit: '' };
      yield { what: `${name}: off by`, value: Math.abs(value - 1), unit: '', bar: { atMost: 0.03 } };
    }
  },
};

export default benchmark;
