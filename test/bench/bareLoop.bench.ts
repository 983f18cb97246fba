import { medianOf } from '../../src/core/analysis/statistics.js';
import type { DimensionRequest } from '../../src/protocol/worker.js';
import { fixture, realModels } from '../models/index.js';
import type { Benchmark, Figure } from './bench.js';
import { bareLoop, profile } from './profiling.js';

/** Room for a whole warm-up: a fifth of the part that measures latency. */
const BUDGET_SECONDS = 5;
/** As long as most profiles measure latency: until the interval is narrow. */
const LOOP_SECONDS = 1.8;
const ROUNDS = 9;

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

/**
 * Each profile against the mean of the loops before and after it: a shared host changes its speed by more than the bar
 * within a minute, which neighbours share. The quickest of each side met different moments.
 */
async function ratiosOf(file: string, dimensions: DimensionRequest[]): Promise<number[]> {
  const loop = (): number => bareLoop(file, dimensions, LOOP_SECONDS).medianMs;
  const ratios: number[] = [];
  let before = loop();
  while (ratios.length < ROUNDS) {
    const { report } = await profile(file, dimensions, BUDGET_SECONDS);
    const after = loop();
    ratios.push((report.scenarios[0]?.latency?.medianNs ?? NaN) / 1e6 / ((before + after) / 2));
    before = after;
  }
  return ratios.sort((first, second) => first - second);
}

const benchmark: Benchmark = {
  name: 'median of a profile, relative to a bare loop in the same run',
  run: async function* (): AsyncGenerator<Figure> {
    for (const { name, file, dimensions } of models) {
      const ratios = await ratiosOf(file(), dimensions);
      const value = medianOf(ratios);
      const all = ratios.map((ratio) => ratio.toFixed(3)).join(', ');
      yield { what: `${name}: middle ratio of ${all}`, value, unit: '' };
      yield { what: `${name}: off by`, value: Math.abs(value - 1), unit: '', bar: { atMost: 0.03 } };
    }
  },
};

export default benchmark;
