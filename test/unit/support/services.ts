/** Service times of known distributions, as quantiles, so that a mean or a variation is what it says. */

import { serviceDistribution } from '../../../src/core/cost/service.js';
import type { ServiceModel } from '../../../src/core/cost/types.js';

export const MS = 1e6;

/** Inverse of the normal distribution (Acklam's rational approximation, error below 1.2e-9 relative). */
export function normalQuantile(p: number): number {
  const a = [
    -39.69683028665376, 220.9460984245205, -275.9285104469687, 138.357751867269, -30.66479806614716, 2.506628277459239,
  ];
  const b = [-54.47609879822406, 161.5858368580409, -155.6989798598866, 66.80131188771972, -13.28068155288572, 1];
  const c = [
    -0.007784894002430293, -0.3223964580411365, -2.400758277161838, -2.549732539343734, 4.374664141464968,
    2.938163982698783,
  ];
  const d = [0.007784695709041462, 0.3224671290700398, 2.445134137142996, 3.754408661907416, 1];
  const poly = (coefficients: readonly number[], x: number): number =>
    coefficients.reduce((sum, each) => sum * x + each, 0);
  if (p > 0.97575) return -normalQuantile(1 - p);
  if (p < 0.02425) {
    const q = Math.sqrt(-2 * Math.log(p));
    return poly(c, q) / poly(d, q);
  }
  const q = p - 0.5;
  return (poly(a, q * q) * q) / poly(b, q * q);
}

export type Shape = 'deterministic' | 'exponential' | { lognormalVariation: number };

const QUANTILES = 20_000;

/** Ascending times with the given mean. */
export function serviceSamplesNs(meanMs: number, shape: Shape): number[] {
  if (shape === 'deterministic') return [meanMs * MS];
  const sigma = shape === 'exponential' ? 0 : Math.sqrt(Math.log(1 + shape.lognormalVariation ** 2));
  const raw = Array.from({ length: QUANTILES }, (_, index) => {
    const p = (index + 0.5) / QUANTILES;
    return shape === 'exponential' ? -Math.log(1 - p) : Math.exp(sigma * normalQuantile(p));
  });
  const mean = raw.reduce((sum, each) => sum + each, 0) / raw.length;
  return raw.map((each) => (each / mean) * meanMs * MS);
}

export function serviceOf(meanMs: number, shape: Shape = 'deterministic', sessions = 1): ServiceModel {
  const one = serviceDistribution({
    batch: 1,
    threads: 1,
    sessions,
    serviceSamplesNs: serviceSamplesNs(meanMs, shape),
  });
  return { threads: 1, sessions, byBatch: [one], pace: Array.from({ length: sessions }, () => 1) };
}

/** Calls that take `fixedMs + itemMs` × items. */
export function batchedService(itemMs: number, fixedMs: number, largest: number): ServiceModel {
  const batches = Array.from({ length: Math.log2(largest) + 1 }, (_, power) => 2 ** power);
  const byBatch = batches.map((batch) =>
    serviceDistribution({ batch, threads: 1, sessions: 1, serviceSamplesNs: [(fixedMs + itemMs * batch) * MS] }),
  );
  return { threads: 1, sessions: 1, byBatch, pace: [1] };
}
