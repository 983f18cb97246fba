import { medianOf } from '../../src/core/analysis/statistics.js';
import type { DimensionRequest } from '../../src/protocol/worker.js';
import { fixture, realModels } from '../models/index.js';
import type { Benchmark, Figure } from './bench.js';
import { bareLoop, profile } from './profiling.js';

const BUDGET_SECONDS = 3;
const LOOP_SECONDS = 2;
const ROUNDS = 3;

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

/** The profile's median over that of the bare loops before and after it. */
async function ratio(file: string, dimensions: DimensionRequest[]): Promise<number> {
  const before = bareLoop(file, dimensions, LOOP_SECONDS);
  const { report } = await profile(file, dimensions, BUDGET_SECONDS);
  const after = bareLoop(file, dimensions, LOOP_SECONDS);
  const ours = (report.scenarios[0]?.latency?.medianNs ?? NaN) / 1e6;
  return (2 * ours) / (before.medianMs + after.medianMs);
}

const benchmark: Benchmark = {
  name: 'median of a profile, relative to a bare loop in the same run',
  run: async () => {
    const figures: Figure[] = [];
    for (const { name, file, dimensions } of models) {
      const ratios: number[] = [];
      for (let round = 0; round < ROUNDS; round++) ratios.push(await ratio(file(), dimensions));
      const value = medianOf(ratios);
      figures.push({ what: `${name}: ratio`, value, unit: '' });
      figures.push({ what: `${name}: off by`, value: Math.abs(value - 1), unit: '', bar: { atMost: 0.03 } });
    }
    return figures;
  },
};

export default benchmark;
