/** What a load test found: requests that come at random moments, whether or not earlier ones are answered. */

import type { Message } from './text.js';

/** Of how long requests stayed, from the moment at which they should have been sent; null where the count cannot tell. */
export interface StayTimes {
  meanNs: number | null;
  p50Ns: number | null;
  p90Ns: number | null;
  p95Ns: number | null;
  p99Ns: number | null;
}

/** One rate, held for a while. */
export interface LoadStep {
  ratePerSecond: number;
  seconds: number;
  sent: number;
  /** Less than sent where the sessions could not keep up, or the test was stopped. */
  answered: number;
  stay: StayTimes;
  /** The percentile that the target is about; null where the count cannot tell it. */
  percentileNs: number | null;
  /** Whether the target was held; null without a target, and where the count cannot tell. */
  holds: boolean | null;
  /** The same arrivals through the simulator, on the service times of the capacity measurement; null without one. */
  simulated: StayTimes | null;
  /**
   * How much longer calls took than in the simulation, over all: 1.1 for ten percent. What the machine changed since the
   * capacity was measured, apart from what the queue did; null or absent where either is unknown.
   */
  callTimeRatio?: number | null;
  /** The same simulation with calls as long as those of the test, by `callTimeRatio`: the queue alone, without what the machine changed. */
  simulatedAtCallTimes?: StayTimes | null;
  /** Mean time of a call in the slowest tenth of the test over that in the quickest; null or absent where unknown. */
  callTimeSpread?: number | null;
  otherLoadCores: number;
}

export interface LoadTest {
  scenarioId: string;
  /** Of one session. */
  threads: number;
  sessions: number;
  batch: number;
  seed: number;
  /** Above 0 and below 100. */
  percentile: number;
  targetMs: number | null;
  /** The rate that was asked for first, then those of the search. */
  steps: LoadStep[];
  /** The highest rate that held the target, and the lowest that did not; null where there was none. */
  highestRate: number | null;
  lowestFailingRate: number | null;
  notes: Message[];
}
