/**
 * Whether a ratio of times differs from one. On logarithms, with three parts of uncertainty: how the times vary over
 * the rounds of each run, what is not known of the correction for recording, and what changes from one run of a program
 * to the next though nothing was changed (placement in memory, frequency), which no number of rounds shows.
 */

import { probit } from 'simple-statistics';
import { meanOf, medianOf } from '../../analysis/statistics.js';

export type Interval = [number, number];

/** Times of one side. */
export interface Timing {
  timeNs: number;
  /** The same time in each round; their spread is what counts. */
  roundsNs: readonly number[];
  /** Standard deviation of what all rounds share, as a part of the time. */
  sharedDeviation: number;
}

/** A chance for false alarms, to be spent on several tests: here on all figures and groups of a comparison. */
export const FALSE_ALARMS = 0.01;

/** Of log(time), from one run of a program to the next, for a whole model and for a kernel; found by repeated runs. */
export const RUN_TO_RUN = { latency: 0.012, kernel: 0.03 } as const;

/** As if a spread were known from this many rounds more: three rounds alone tell little of their own spread. */
const PRIOR_ROUNDS = 8;
const NEIGHBOURS = 21;

export interface Test {
  base: Timing;
  next: Timing;
  /** Known from other rounds, null where there are none: relative variance of a single round. */
  prior: number | null;
  /** Of FALSE_ALARMS. */
  share: number;
  runToRun: number;
  /** Half width, as a logarithm, that is added as a whole: what the machine's own change may explain. */
  drift: number;
}

/** null where rounds are missing, so that nothing can be said of the noise. */
export function ratioInterval(test: Test): Interval | null {
  const { base, next, prior, runToRun, drift } = test;
  if (!(base.timeNs > 0 && next.timeNs > 0)) return null;
  const own = [base, next].map(({ roundsNs }) => relativeVariance(roundsNs));
  const degrees = own.reduce((sum, one) => sum + one.degrees, 0);
  if (own.some(({ count }) => count < 2) || degrees === 0) return null;
  const known = prior === null ? 0 : PRIOR_ROUNDS;
  const variance = own.reduce((sum, { variance, degrees, count }) => {
    const moderated = (variance * degrees + (prior ?? 0) * known) / (degrees + known);
    return sum + moderated / count;
  }, 0);
  const shared = base.sharedDeviation ** 2 + next.sharedDeviation ** 2;
  const between = 2 * runToRun ** 2;
  const tail = (FALSE_ALARMS * test.share) / 2;
  const half =
    Math.hypot(
      studentQuantile(tail, degrees + 2 * known) * Math.sqrt(variance),
      probit(1 - tail) * Math.sqrt(shared + between),
    ) + drift;
  const ratio = next.timeNs / base.timeNs;
  return [ratio * Math.exp(-half), ratio * Math.exp(half)];
}

/** Of one round, relative to the mean of all. */
export function relativeVariance(roundsNs: readonly number[]): { variance: number; degrees: number; count: number } {
  const count = roundsNs.length;
  if (count < 2) return { variance: 0, degrees: 0, count };
  const mean = meanOf(roundsNs);
  if (!(mean > 0)) return { variance: 0, degrees: 0, count };
  const squares = roundsNs.reduce((sum, each) => sum + (each / mean - 1) ** 2, 0);
  return { variance: squares / (count - 1), degrees: count - 1, count };
}

/**
 * What the spread of each would be if it were the usual one of its size: the median over those that take about as long.
 * One entry for each of `times`, which are the times and relative variances of groups.
 */
export function usualVariances(times: readonly { timeNs: number; variance: number | null }[]): (number | null)[] {
  const order = times.map((_, at) => at).filter((at) => times[at]!.variance !== null);
  order.sort((a, b) => times[a]!.timeNs - times[b]!.timeNs);
  const usual: (number | null)[] = times.map(() => null);
  for (const [rank, at] of order.entries()) {
    const start = Math.max(0, Math.min(rank - (NEIGHBOURS >> 1), order.length - NEIGHBOURS));
    const near = order.slice(start, start + NEIGHBOURS).map((each) => times[each]!.variance!);
    if (near.length >= 3) usual[at] = medianOf(near);
  }
  return usual;
}

/** The value that Student's t exceeds with probability `tail`; degrees of freedom rounded down. */
export function studentQuantile(tail: number, degreesOfFreedom: number): number {
  const degrees = Math.max(1, Math.floor(degreesOfFreedom));
  let [low, high] = [0, 10];
  while (studentTail(high, degrees) > tail && high < 1e9) high *= 2;
  for (let step = 0; step < 60; step += 1) {
    const middle = (low + high) / 2;
    if (studentTail(middle, degrees) > tail) low = middle;
    else high = middle;
  }
  return high;
}

/** P(T > t) for whole degrees of freedom: the finite series (Abramowitz and Stegun 26.7.3 and 26.7.4). */
function studentTail(t: number, degrees: number): number {
  const theta = Math.atan(t / Math.sqrt(degrees));
  const cosine = Math.cos(theta);
  const odd = degrees % 2 === 1;
  let term = odd ? cosine : 1;
  let sum = degrees === 1 ? 0 : term;
  for (let power = odd ? 3 : 2; power < degrees - 1; power += 2) {
    term *= ((power - 1) / power) * cosine * cosine;
    sum += term;
  }
  const inside = odd ? (2 / Math.PI) * (theta + Math.sin(theta) * sum) : Math.sin(theta) * sum;
  return (1 - inside) / 2;
}
