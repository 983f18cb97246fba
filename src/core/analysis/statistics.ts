/** Statistics of timings. Nothing here assumes a distribution of the samples; only rounds' medians are taken as near normal. */

import { mean, median, sampleStandardDeviation } from 'simple-statistics';

export type Interval = [number, number];

/**
 * Samples from which a percentile can be told: the least n with percentile^n <= 0.01, so that the largest sample lies
 * beyond the percentile with 99 % confidence.
 */
export const SAMPLES_FOR_P90 = 44;
export const SAMPLES_FOR_P95 = 90;
export const SAMPLES_FOR_P99 = 459;

/** Two-sided 97.5 % quantiles of Student's t for 1 to 30 degrees of freedom. */
const T_975 = [
  12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228, 2.201, 2.179, 2.16, 2.145, 2.131, 2.12, 2.11,
  2.101, 2.093, 2.086, 2.08, 2.074, 2.069, 2.064, 2.06, 2.056, 2.052, 2.048, 2.045, 2.042,
];
const Z_975 = 1.959964;

/** Beyond the table by the first term of the expansion in 1 / degrees of freedom. */
export function studentT975(degreesOfFreedom: number): number {
  if (!(degreesOfFreedom >= 1)) throw new RangeError('at least one degree of freedom');
  return (
    T_975[Math.floor(degreesOfFreedom) - 1] ?? Z_975 * (1 + (Z_975 * Z_975 + 1) / (4 * Math.floor(degreesOfFreedom)))
  );
}

export const medianOf = (samples: readonly number[]): number => median([...samples]);
export const meanOf = (samples: readonly number[]): number => mean([...samples]);

/** With n - 1 in the denominator; 0 for a single sample. */
export const standardDeviation = (samples: readonly number[]): number =>
  samples.length < 2 ? 0 : sampleStandardDeviation([...samples]);

const ascending = (samples: readonly number[]): number[] => [...samples].sort((a, b) => a - b);

/** Nearest rank: the smallest sample with at least `share` of all samples at or below it. */
export function percentile(samples: readonly number[], share: number): number {
  if (samples.length === 0) throw new RangeError('a percentile of nothing');
  const rank = Math.max(1, Math.ceil(share * samples.length - 1e-9));
  return ascending(samples)[rank - 1] as number;
}

/** null where the sample is too small to support it. */
export const supportedPercentile = (samples: readonly number[], share: number, needed: number): number | null =>
  samples.length < needed ? null : percentile(samples, share);

/**
 * Distribution-free 95 % interval of the median of independent samples: the order statistics k and n + 1 - k with the
 * largest k for which the binomial tail P(X < k), X ~ B(n, 1/2), is at most 2.5 %. null below 6 samples, where not
 * even the range has 95 % coverage.
 */
export function medianInterval(samples: readonly number[]): Interval | null {
  const n = samples.length;
  let logTerm = -n * Math.LN2;
  let tail = Math.exp(logTerm);
  let k = 0;
  while (tail <= 0.025 && k < n / 2) {
    k++;
    logTerm += Math.log((n - k + 1) / k);
    tail += Math.exp(logTerm);
  }
  if (k === 0) return null;
  const sorted = ascending(samples);
  return [sorted[k - 1] as number, sorted[n - k] as number];
}

/**
 * 95 % interval of the median from several rounds. Runs of one round resemble each other (caches, frequency, what else
 * ran), so an interval that takes every run as independent is too narrow; rounds are the independent unit: half width
 * = t(0.975, rounds - 1) * standard deviation of the rounds' medians / sqrt(rounds), around the median of all samples.
 * One round: the distribution-free interval of its samples, else their range.
 */
export function intervalOverRounds(rounds: readonly (readonly number[])[]): Interval {
  const filled = rounds.filter((round) => round.length > 0);
  const samples = filled.flat();
  if (samples.length === 0) throw new RangeError('an interval of nothing');
  if (filled.length === 1) return medianInterval(samples) ?? [Math.min(...samples), Math.max(...samples)];
  const halfWidth = meanHalfWidth(filled.map(medianOf));
  const centre = medianOf(samples);
  return [Math.max(0, centre - halfWidth), centre + halfWidth];
}

/** Half width of the 95 % t interval of a mean; 0 for a single value, of which nothing can be said. */
export function meanHalfWidth(values: readonly number[]): number {
  if (values.length < 2) return 0;
  return (studentT975(values.length - 1) * standardDeviation(values)) / Math.sqrt(values.length);
}

/** Half the interval's width as a share of its centre. */
export function relativeHalfWidth([low, high]: Interval): number {
  const centre = (low + high) / 2;
  return centre > 0 ? (high - low) / 2 / centre : 0;
}
