/** From what an activation was seen to hold to its scale and zero point. */

import type { CalibrationMethod, QuantizationParameters, Range } from './types.js';
import { roundToEven } from './weights.js';

export const HISTOGRAM_BINS = 2048;
/** Share of the values that percentile calibration keeps. */
const KEPT_SHARE = 0.9999;
const LEVELS = 256;
/** Clipping ranges that entropy calibration tries, from a few per cent of the whole range to all of it. */
const ENTROPY_STEPS = 48;

/** Counts over [min, max] of every sample. */
export class Histogram {
  readonly counts = new Float64Array(HISTOGRAM_BINS);

  constructor(readonly range: Range) {}

  add(values: ArrayLike<number>): void {
    const { min, max } = this.range;
    const perUnit = max > min ? HISTOGRAM_BINS / (max - min) : 0;
    for (let index = 0; index < values.length; index++) {
      const bin = Math.floor((values[index]! - min) * perUnit);
      this.counts[bin < 0 ? 0 : bin >= HISTOGRAM_BINS ? HISTOGRAM_BINS - 1 : bin]! += 1;
    }
  }

  /** What the method keeps of the range. */
  clipped(method: CalibrationMethod): Range {
    if (method === 'minMax' || !(this.range.max > this.range.min)) return this.range;
    return method === 'percentile' ? this.percentile() : this.entropy();
  }

  private percentile(): Range {
    const total = this.counts.reduce((sum, count) => sum + count, 0);
    const dropped = ((1 - KEPT_SHARE) / 2) * total;
    let low = 0;
    for (let sum = this.counts[0]!; sum <= dropped && low < HISTOGRAM_BINS - 1; sum += this.counts[low]!) low++;
    let high = HISTOGRAM_BINS - 1;
    for (let sum = this.counts[high]!; sum <= dropped && high > low; sum += this.counts[high]!) high--;
    return this.between(low, high + 1);
  }

  /** The clipping with the least Kullback-Leibler divergence of the 256 levels from the counts. */
  private entropy(): Range {
    const { min, max } = this.range;
    const width = (max - min) / HISTOGRAM_BINS;
    const zeroBin = Math.max(0, Math.min(HISTOGRAM_BINS, Math.round(-min / width)));
    let best = this.range;
    let least = Infinity;
    for (let step = 4; step <= ENTROPY_STEPS; step++) {
      const share = step / ENTROPY_STEPS;
      const low = Math.round(zeroBin * (1 - share));
      const high = Math.round(zeroBin + (HISTOGRAM_BINS - zeroBin) * share);
      if (high - low < LEVELS / 2) continue;
      const divergence = divergenceOf(this.counts, low, high);
      if (divergence < least) [least, best] = [divergence, this.between(low, high)];
    }
    return best;
  }

  private between(low: number, high: number): Range {
    const { min, max } = this.range;
    const width = (max - min) / HISTOGRAM_BINS;
    return { min: min + low * width, max: min + high * width };
  }
}

/** KL divergence of the clipped counts, outliers added to the ends, from what 256 levels make of the bins kept. */
function divergenceOf(counts: Float64Array, low: number, high: number): number {
  const kept = counts.slice(low, high);
  const reference = kept.slice();
  for (let bin = 0; bin < low; bin++) reference[0]! += counts[bin]!;
  for (let bin = high; bin < counts.length; bin++) reference[reference.length - 1]! += counts[bin]!;
  const total = reference.reduce((sum, count) => sum + count, 0);
  const keptTotal = kept.reduce((sum, count) => sum + count, 0);
  if (total === 0 || keptTotal === 0) return Infinity;
  let divergence = 0;
  for (let level = 0; level < LEVELS; level++) {
    const from = Math.floor((level * kept.length) / LEVELS);
    const to = Math.max(from, Math.floor(((level + 1) * kept.length) / LEVELS));
    let sum = 0;
    let filled = 0;
    for (let bin = from; bin < to; bin++) {
      sum += kept[bin]!;
      if (reference[bin]! > 0) filled += 1;
    }
    const candidate = filled > 0 ? Math.max(sum / filled / keptTotal, 1e-12) : 1e-12;
    for (let bin = from; bin < to; bin++) {
      const p = reference[bin]! / total;
      if (p > 0) divergence += p * Math.log(p / candidate);
    }
  }
  return divergence;
}

/** Zero is always in the range and exact. uint8 by default; int8 symmetric around 0. */
export function parametersOf(range: Range, activations: 'uint8' | 'int8'): QuantizationParameters {
  const min = Math.min(0, range.min);
  const max = Math.max(0, range.max);
  if (activations === 'int8') {
    const largest = Math.max(-min, max);
    return { scale: Math.fround(largest > 0 ? Math.max(largest / 127, 1e-30) : 1), zeroPoint: 0 };
  }
  const scale = Math.fround(max > min ? Math.max((max - min) / 255, 1e-30) : 1);
  return { scale, zeroPoint: Math.max(0, Math.min(255, roundToEven(-min / scale))) };
}
