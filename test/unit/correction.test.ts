import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  correctTimes,
  defaultCostBounds,
  solveEventCost,
  type TracedKernel,
  withoutRecording,
} from '../../src/core/analysis/correction.js';

const kernel = (selfNs: number, calls = 1, parent: number | null = null, nestedGapNs = 0): TracedKernel => ({
  selfNs,
  calls,
  parent,
  nestedGapNs,
});
const wide = { lowNs: 0, highNs: 1e6 };
const near = (found: number, expected: number, within = 1e-3): void => {
  assert.ok(Math.abs(found - expected) <= within, `${found} is not ${expected}`);
};

describe('solveEventCost', () => {
  it('finds the cost that was added to every event', () => {
    // True times 50 µs and 10 × 3 µs, 1.7 µs recorded with each of 12 events.
    const kernels = [kernel(50_000 + 2 * 1700, 2), ...Array.from({ length: 10 }, () => kernel(3000 + 1700))];
    near(solveEventCost(kernels, 80_000, wide), 1700);
  });

  it('takes from the others what a tiny kernel cannot give', () => {
    // 1000 ns less 2000 would be negative: the rest of the excess comes from the other two.
    const kernels = [kernel(1000), kernel(10_000), kernel(10_000)];
    near(solveEventCost(kernels, 16_000, wide), 2000);
  });

  it('stays within the bounds', () => {
    const kernels = [kernel(10_000), kernel(10_000)];
    assert.equal(solveEventCost(kernels, 19_900, { lowNs: 500, highNs: 2500 }), 500);
    assert.equal(solveEventCost(kernels, 1000, { lowNs: 500, highNs: 2500 }), 2500);
  });
});

describe('correctTimes', () => {
  const input = { medianNs: 100_000, emptyCallNs: 4000, bounds: { lowNs: 500, highNs: 2500 } };

  it('makes the top-level times and the overhead add up to the median exactly', () => {
    for (const traced of [
      [kernel(90_000), kernel(5000), kernel(2000)],
      [kernel(300_000), kernel(40_000)],
      [kernel(20_000), kernel(300)],
      [kernel(60_000, 1, null, 3000), kernel(30_000, 9, 0), kernel(20_000)],
    ]) {
      const { kernels, overheadNs } = correctTimes(traced, input);
      const top = kernels.filter((_, index) => traced[index]?.parent === null);
      near(top.reduce((sum, { timeNs }) => sum + timeNs, 0) + overheadNs, 100_000, 1e-6);
    }
  });

  it('leaves large kernels alone when the excess is the cost of many events', () => {
    // 1 ms of work beside 500 events of 0.2 µs, each recorded for 1.8 µs.
    const traced = [kernel(1_000_000 + 1800), ...Array.from({ length: 500 }, () => kernel(2000))];
    const { kernels, scale, eventCostNs } = correctTimes(traced, { ...input, medianNs: 1_104_000 });
    assert.equal(scale, 1);
    near(eventCostNs, 1800, 1);
    near(kernels[0]?.timeNs ?? 0, 1_000_000, 10);
  });

  it('scales only what is left beyond the bounds', () => {
    const { kernels, scale, eventCostNs } = correctTimes([kernel(102_500), kernel(42_500)], input);
    assert.equal(eventCostNs, 2500);
    near(scale, 96_000 / 140_000);
    near(kernels[0]?.timeNs ?? 0, (100_000 * 96) / 140);
  });

  it('gives everything to the overhead where no kernel has time', () => {
    const { overheadNs, scale } = correctTimes([kernel(400)], input);
    assert.equal(overheadNs, 100_000);
    assert.equal(scale, 1);
  });

  it('takes a call that is longer than the run for the whole run, not for negative time', () => {
    const { kernels, overheadNs } = correctTimes([kernel(9000)], { ...input, emptyCallNs: 200_000 });
    assert.equal(kernels[0]?.timeNs, 0);
    assert.equal(overheadNs, 100_000);
  });

  it('counts nested kernels into their parents, with their events and what was removed', () => {
    const traced = [kernel(30_000, 1, null, 6000), kernel(20_000, 2, 0), kernel(50_000, 4, 1)];
    const { kernels, eventCostNs } = correctTimes(traced, { ...input, medianNs: 91_000 });
    near(eventCostNs, 1000, 1e-3);
    assert.deepEqual(
      kernels.map(({ selfNs, timeNs, removedNs, events }) => [selfNs, timeNs, removedNs, events].map(Math.round)),
      [
        [23_000, 87_000, 13_000, 7],
        [18_000, 64_000, 6000, 6],
        [46_000, 46_000, 4000, 4],
      ],
    );
  });
});

describe('withoutRecording', () => {
  it('never goes below zero', () => {
    assert.equal(withoutRecording({ selfNs: 1500, calls: 1, nestedGapNs: 0 }, 2000), 0);
  });
});

describe('defaultCostBounds', () => {
  it('is narrow for one thread and wide for a pool, that of the runtime included', () => {
    assert.deepEqual(defaultCostBounds(1), { lowNs: 500, highNs: 2500 });
    assert.deepEqual(defaultCostBounds(2), { lowNs: 1000, highNs: 5500 });
    assert.deepEqual(defaultCostBounds(0), defaultCostBounds(8));
  });
});
