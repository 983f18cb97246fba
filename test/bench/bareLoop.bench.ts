import type { DimensionRequest } from '../../src/protocol/worker.js';
import { fixture, realModels } from '../models/index.js';
import type { Benchmark, Figure } from './bench.js';
import { bareLoop, profile } from './profiling.js';

/** Room for a whole warm-up: a fifth of the part that measures latency. */
const BUDGET_SECONDS = 5;
/** As long as most profiles measure latency: until the interval is narrow. */
const LOOP_SECONDS = 1.8;
/** Both sides change between two speeds 4 % apart, with where the host puts the cores; each must have met the better one. */
const LEAST_ROUNDS = 6;
const MOST_ROUNDS = 16;
const CONFIRMED_WITHIN = 1.02;

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

/** The quickest that another confirms: a lucky moment has no second. */
const isConfirmed = (medians: readonly number[]): boolean => {
  const [quickest = NaN, second = Infinity] = [...medians].sort((first, other) => first - other);
  return second <= quickest * CONFIRMED_WITHIN;
};

interface Sides {
  ours: number[];
  bare: number[];
}

/** Both in turns until the quickest of each is confirmed: what shares the machine makes both slower, never quicker. */
async function inTurns(file: string, dimensions: DimensionRequest[]): Promise<Sides> {
  const sides: Sides = { ours: [], bare: [] };
  while (sides.ours.length < MOST_ROUNDS) {
    sides.bare.push(bareLoop(file, dimensions, LOOP_SECONDS).medianMs);
    const { report } = await profile(file, dimensions, BUDGET_SECONDS);
    sides.ours.push((report.scenarios[0]?.latency?.medianNs ?? NaN) / 1e6);
    if (sides.ours.length >= LEAST_ROUNDS && isConfirmed(sides.ours) && isConfirmed(sides.bare)) break;
  }
  return sides;
}

const benchmark: Benchmark = {
  name: 'median of a profile, relative to a bare loop in the same run',
  run: async function* (): AsyncGenerator<Figure> {
    for (const { name, file, dimensions } of models) {
      const { ours, bare } = await inTurns(file(), dimensions);
      const value = Math.min(...ours) / Math.min(...bare);
      yield { what: `${name}: ratio`, value, unit: '' };
      yield { what: `${name}: rounds until both were confirmed`, value: ours.length, unit: '' };
      yield { what: `${name}: off by`, value: Math.abs(value - 1), unit: '', bar: { atMost: 0.03 } };
    }
  },
};

export default benchmark;
