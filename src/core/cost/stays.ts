import { SAMPLES_FOR_P90, SAMPLES_FOR_P95, SAMPLES_FOR_P99 } from '../analysis/statistics.js';
import type { Stays } from './types.js';

/** Percentiles by nearest rank, as far as the number of requests supports them. */
export function summarizeStays(staysNs: readonly number[]): Stays {
  // A typed array is sorted as numbers, and in a fifth of the time: this is run while a user waits.
  const sorted = Float64Array.from(staysNs).sort();
  const count = sorted.length;
  let sum = 0;
  for (const ns of sorted) sum += ns;
  const at = (share: number, needed: number): number | null =>
    count < needed ? null : (sorted[Math.max(1, Math.ceil(share * count - 1e-9)) - 1] ?? null);
  return {
    count,
    meanNs: count > 0 ? sum / count : null,
    p50Ns: at(0.5, 1),
    p90Ns: at(0.9, SAMPLES_FOR_P90),
    p95Ns: at(0.95, SAMPLES_FOR_P95),
    p99Ns: at(0.99, SAMPLES_FOR_P99),
  };
}

/** Of any percentile; null where the count cannot support it with 99 % confidence: percentile^n <= 0.01. */
export function stayPercentile(staysNs: readonly number[], percentile: number): number | null {
  const needed = samplesFor(percentile);
  if (staysNs.length < needed || staysNs.length === 0) return null;
  const sorted = Float64Array.from(staysNs).sort();
  return sorted[Math.max(1, Math.ceil(percentile * sorted.length - 1e-9)) - 1] ?? null;
}

/** Requests from which a percentile can be told. */
export const samplesFor = (percentile: number): number =>
  percentile <= 0.5 ? 1 : Math.ceil(Math.log(0.01) / Math.log(percentile));
