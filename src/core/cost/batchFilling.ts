/** How long requests wait for a batch to fill, while sessions are free: never longer than the queue delay. */

export interface Filling {
  /** Items of a batch on average. */
  batch: number;
  /** Of any request, the first of a batch and the last alike. */
  meanNs: () => number;
  percentileNs: (percentile: number) => number;
}

const NO_FILLING: Filling = { batch: 1, meanNs: () => 0, percentileNs: () => 0 };
const HALVINGS = 24;
/** Beyond it the first term of a Poisson distribution is no number any more. */
const MOST_EXPECTED = 700;

/**
 * Poisson arrivals at `ratePerSecond` at one queue. A batch is closed by its `most`-th request or when its first has
 * waited `delayNs`. With Q(m, x) = P(at most m arrivals where x are expected), by the definition of a Poisson process:
 * the first waits beyond w with Q(most - 2, λw), and by arrivals at each moment s up to the delay less w, the others
 * that still wait w later are λ ∫ Q(most - 3, λ(s + w)) ds; both over 1 + λ E[T], the size of a batch (Wald), give the
 * share of the requests that wait longer than w. ∫ λ Q(m, λs) ds from a to b is the sum of Q(j, λa) - Q(j, λb), j ≤ m.
 */
export function filling(most: number, ratePerSecond: number, delayNs: number): Filling {
  const perNs = ratePerSecond / 1e9;
  if (most <= 1 || !(delayNs > 0)) return NO_FILLING;
  if (!(perNs > 0)) return { batch: 1, meanNs: () => delayNs, percentileNs: () => delayNs };
  // Later than this, six deviations after its time, no batch is still open.
  const latestNs = Math.min(delayNs, (most + 6 * Math.sqrt(most) + 6) / perNs);
  const expected = perNs * latestNs;
  if (expected > MOST_EXPECTED) {
    const closedNs = Math.min(delayNs, (most - 1) / perNs);
    return { batch: 1 + perNs * closedNs, meanNs: () => closedNs / 2, percentileNs: () => closedNs };
  }
  const batch = 1 + integral(most - 2, 0, expected);
  const beyond = (waitNs: number): number =>
    (cumulative(most - 2, perNs * waitNs).sum + integral(most - 3, perNs * waitNs, expected)) / batch;
  const percentileNs = (percentile: number): number => {
    let low = 0;
    let high = latestNs;
    for (let step = 0; step < HALVINGS; step++) {
      const middle = (low + high) / 2;
      if (beyond(middle) > 1 - percentile) low = middle;
      else high = middle;
    }
    return high;
  };
  return { batch, meanNs: () => area(beyond, latestNs), percentileNs };
}

const INTERVALS = 16;

/** Below a share that falls from 0 to `most`: the mean, by Simpson's rule. */
function area(share: (at: number) => number, most: number): number {
  let sum = 0;
  for (let at = 0; at <= INTERVALS; at++) {
    const weight = at === 0 || at === INTERVALS ? 1 : at % 2 === 1 ? 4 : 2;
    sum += weight * Math.min(1, share((at / INTERVALS) * most));
  }
  return (sum * most) / INTERVALS / 3;
}

/** Q(most, expected), and the sum of Q(j, expected) for j up to it. */
function cumulative(most: number, expected: number): { sum: number; sums: number } {
  let term = Math.exp(-expected);
  let sum = 0;
  let sums = 0;
  for (let count = 0; count <= most; count++) {
    sum += term;
    sums += sum;
    term *= expected / (count + 1);
  }
  return { sum, sums };
}

const integral = (most: number, from: number, to: number): number =>
  Math.max(0, cumulative(most, from).sums - cumulative(most, to).sums);
