import type { DimensionRequest } from '../../src/protocol/worker.js';
import { fixture, realModels } from '../models/index.js';
import type { Benchmark, Figure } from './bench.js';
import { bareLoop, profile } from './profiling.js';

const BUDGET_SECONDS = 3;
const LOOP_SECONDS = 1;
const ROUNDS = 6;

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

/** The quickest median of each, taken in turns: what shares the machine makes both slower, never quicker. */
async function ratio(file: string, dimensions: DimensionRequest[]): Promise<number> {
  let [ours, bare] = [Infinity, Infinity];
  for (let round = 0; round < ROUNDS; round++) {
    bare = Math.min(bare, bareLoop(file, dimensions, LOOP_SECONDS).medianMs);
    const { report } = await profile(file, dimensions, BUDGET_SECONDS);
    ours = Math.min(ours, (report.scenarios[0]?.latency?.medianNs ?? NaN) / 1e6);
    bare = Math.min(bare, bareLoop(file, dimensions, LOOP_SECONDS).medianMs);
  }
  return ours / bare;
}

const benchmark: Benchmark = {
  name: 'median of a profile, relative to a bare loop in the same run',
  run: async () => {
    const figures: Figure[] = [];
    for (const { name, file, dimensions } of models) {
      const value = await ratio(file(), dimensions);
      figures.push({ what: `${name}: ratio`, value, unit: '' });
      figures.push({ what: `${name}: off by`, value: Math.abs(value - 1), unit: '', bar: { atMost: 0.03 } });
    }
    return figures;
  },
};

export default benchmark;
