/**
 * What a single measurement of peak resident memory is worth. It is one fresh process less another, so that both differ
 * from run to run in what the loader, the threads' stacks and the allocator happen to touch.
 */

import type { ComparedFigure } from '../../../protocol/compare.js';

/**
 * Standard deviation of one measurement, in bytes: 20 runs each of three models of 34, 38 and 118 MiB on Linux gave
 * 1.46, 1.17 and 1.43 MiB: two processes differ by so much, whatever the model.
 */
const DEVIATION_BYTES = 1.5 * 2 ** 20;
/** Of a large one's size: at 322 MiB the same machine gave 3.7 MiB. */
const DEVIATION_SHARE = 0.01;
/** Deviations to either side: a false alarm in some 15,000 comparisons, were they normally distributed. */
const WIDTH = 4;
/** Beyond half of the tolerance, a twentieth of all comparisons of a model with itself, nothing is said for sure. */
const SAME = 0.5;

/** Half width of what one measurement leaves open, in bytes. */
export const memoryTolerance = (bytes: number): number => WIDTH * Math.hypot(DEVIATION_BYTES, DEVIATION_SHARE * bytes);

/** One measurement a side: what differs by no more than two processes do is no change. */
export function memoryFigure(base: number | null, next: number | null): ComparedFigure {
  const known = base !== null && next !== null && base > 0;
  const figure = { base, new: next, ratio: known ? next / base : null };
  if (!known) return { ...figure, interval: null, verdict: 'inconclusive' };
  const open = Math.hypot(memoryTolerance(base), memoryTolerance(next));
  const change = next - base;
  const interval: [number, number] = [Math.max(0, next - open) / base, (next + open) / base];
  if (Math.abs(change) > open) return { ...figure, interval, verdict: change > 0 ? 'worse' : 'better' };
  return { ...figure, interval, verdict: Math.abs(change) > open * SAME ? 'inconclusive' : 'same' };
}
