import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  intervalOverRounds,
  meanHalfWidth,
  medianInterval,
  medianOf,
  percentile,
  relativeHalfWidth,
  SAMPLES_FOR_P90,
  SAMPLES_FOR_P95,
  SAMPLES_FOR_P99,
  standardDeviation,
  studentT975,
  supportedPercentile,
} from '../../src/core/analysis/statistics.js';

const upTo = (n: number): number[] => Array.from({ length: n }, (_, index) => index + 1);

/** P(X <= k), X ~ B(n, 1/2), by exact integers. */
function binomialCdf(n: number, k: number): number {
  let term = 1n;
  let sum = 1n;
  for (let i = 1; i <= k; i++) {
    term = (term * BigInt(n - i + 1)) / BigInt(i);
    sum += term;
  }
  return Number((sum * 10n ** 15n) / 2n ** BigInt(n)) / 1e15;
}

describe('order statistics', () => {
  it('takes the median as the middle, or between the middle two', () => {
    assert.equal(medianOf([5, 1, 3]), 3);
    assert.equal(medianOf([4, 1, 3, 2]), 2.5);
  });

  it('takes percentiles by nearest rank', () => {
    // The textbook case: 15 20 35 40 50.
    const samples = [50, 15, 40, 20, 35];
    assert.equal(percentile(samples, 0.05), 15);
    assert.equal(percentile(samples, 0.3), 20);
    assert.equal(percentile(samples, 0.4), 20);
    assert.equal(percentile(samples, 0.5), 35);
    assert.equal(percentile(samples, 1), 50);
    assert.equal(percentile(upTo(100), 0.95), 95);
    assert.equal(percentile(upTo(1000), 0.99), 990);
  });

  it('needs the least n for which the largest sample passes the percentile with 99 % confidence', () => {
    for (const [share, needed] of [
      [0.9, SAMPLES_FOR_P90],
      [0.95, SAMPLES_FOR_P95],
      [0.99, SAMPLES_FOR_P99],
    ] as const) {
      assert.ok(share ** needed <= 0.01);
      assert.ok(share ** (needed - 1) > 0.01);
      assert.equal(supportedPercentile(upTo(needed - 1), share, needed), null);
      assert.equal(supportedPercentile(upTo(needed), share, needed), Math.ceil(share * needed));
    }
  });
});

describe('the interval of a median', () => {
  it('has the order statistics of the published table', () => {
    // n: rank of the lower end (e.g. Conover, confidence limits for the median at 95 %).
    const ranks: [number, number][] = [
      [6, 1],
      [8, 1],
      [9, 2],
      [10, 2],
      [12, 3],
      [15, 4],
      [20, 6],
      [25, 8],
      [50, 18],
      [100, 40],
    ];
    for (const [n, rank] of ranks) assert.deepEqual(medianInterval(upTo(n)), [rank, n + 1 - rank], `n = ${n}`);
  });

  it('covers 95 %, and one order statistic further in does not', () => {
    for (const n of [7, 30, 101, 459, 3000]) {
      const [low] = medianInterval(upTo(n)) as [number, number];
      assert.ok(1 - 2 * binomialCdf(n, low - 1) >= 0.95, `n = ${n}`);
      assert.ok(1 - 2 * binomialCdf(n, low) < 0.95, `n = ${n}`);
    }
  });

  it('is not told from fewer than six samples', () => {
    assert.equal(medianInterval(upTo(5)), null);
    assert.equal(medianInterval([]), null);
  });
});

describe('the interval over rounds', () => {
  it('is the t interval of the medians around the median of all', () => {
    // Medians 10, 11, 12: standard deviation 1, t(2) = 4.303, half width 4.303 / sqrt(3) = 2.4843.
    const [low, high] = intervalOverRounds([
      [9, 10, 11],
      [10, 11, 12],
      [11, 12, 13],
    ]);
    assert.ok(Math.abs(low - (11 - 2.4843)) < 1e-3);
    assert.ok(Math.abs(high - (11 + 2.4843)) < 1e-3);
    assert.ok(Math.abs(relativeHalfWidth([low, high]) - 2.4843 / 11) < 1e-4);
  });

  it('is wider than runs taken as independent when rounds differ', () => {
    const rounds = [10, 11, 12, 13, 14].map((base) => Array.from({ length: 50 }, (_, i) => base + (i % 5) / 1000));
    const [low, high] = intervalOverRounds(rounds);
    const [naiveLow, naiveHigh] = medianInterval(rounds.flat()) as [number, number];
    assert.ok(high - low > 1.5 * (naiveHigh - naiveLow));
  });

  it('falls back to order statistics in one round, and to the range below six samples', () => {
    assert.deepEqual(intervalOverRounds([upTo(10)]), [2, 9]);
    assert.deepEqual(intervalOverRounds([[3, 1, 2], []]), [1, 3]);
  });
});

describe('spread', () => {
  it('is the sample standard deviation', () => {
    assert.equal(standardDeviation([2, 4, 4, 4, 5, 5, 7, 9]), Math.sqrt(32 / 7));
    assert.equal(standardDeviation([3]), 0);
    assert.equal(meanHalfWidth([5]), 0);
  });

  it('knows the quantiles of Student', () => {
    assert.equal(studentT975(1), 12.706);
    assert.equal(studentT975(4), 2.776);
    assert.equal(studentT975(30), 2.042);
    assert.ok(Math.abs(studentT975(60) - 2.0003) < 0.002);
    assert.ok(Math.abs(studentT975(1e6) - 1.96) < 1e-3);
    assert.throws(() => studentT975(0), RangeError);
  });
});
