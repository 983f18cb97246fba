/** What serving a model is reckoned from. Rates are items (or requests) a second; shares and percentiles from 0 to 1. */

import type { Message } from '../../protocol/text.js';

/** What one call takes: measured at one batch, thread count and number of sessions that ran at once. */
export interface ServiceDistribution {
  /** Items of one call. */
  batch: number;
  threads: number;
  /** Sessions that were busy at once while it was measured. */
  sessions: number;
  /** Ascending; at least one. */
  samplesNs: readonly number[];
  meanNs: number;
  minNs: number;
  /** Variance over squared mean. */
  squaredVariation: number;
}

/** One way to serve on one machine: a replica of `sessions` sessions with `threads` threads each. */
export interface ServiceModel {
  threads: number;
  sessions: number;
  /** With all sessions busy, by ascending batch; the first is the smallest batch that was measured. */
  byBatch: readonly ServiceDistribution[];
  /** Time of a call while k sessions of the replica are busy, over that with all busy; at index k - 1, the last is 1. */
  pace: readonly number[];
  /** Of one request of a pipeline: the share of its mean time that each step's calls take. */
  stepShares?: readonly number[];
}

/** How requests wait and are put together. */
export interface QueueingPolicy {
  /** Most items of one call; 1 is no batching. */
  maxBatch: number;
  /** How long the oldest request waits for more, at most; 0 sends what is there as soon as a session is free. */
  queueDelayNs: number;
}

export interface ServingTarget {
  /** e.g. 0.95. */
  percentile: number;
  /** Of the whole stay: waiting and service; null: none, the machines must only keep up. */
  targetNs: number | null;
}

export interface ReplicaQuery extends ServingTarget {
  service: ServiceModel;
  policy?: QueueingPolicy;
  ratePerSecond: number;
  /** Share of a replica's capacity that is kept free: 0.3 plans for 70 % utilization. */
  headroom: number;
  /** Replicas that may fail while the target still holds: 1 is N+1. */
  spareReplicas: number;
}

export interface ReplicaAnswer {
  /** The spare ones included. */
  replicas: number;
  /** Of the stay, with the spare replicas out of service. */
  percentileNs: number;
  /** Busy share of all replicas, the spare ones included. */
  utilization: number;
  basis: 'formula' | 'simulation';
}

export interface Unmet {
  unmetReason: Message;
}

export interface LatencyAtRate {
  /** null: the queue grows without end, or the percentile cannot be told. */
  percentileNs: number | null;
  meanNs: number | null;
  /** Offered over what the replicas carry; may exceed 1. */
  utilization: number;
}

export interface SimulationRequest {
  service: ServiceModel;
  policy?: QueueingPolicy;
  replicas: number;
  /** One queue for all replicas, or each request to one at random. */
  routing?: 'shared' | 'random';
  seed: number;
  /** Poisson arrivals at this rate, or the arrivals themselves, ascending, from 0. */
  arrivals: { ratePerSecond: number; count: number } | { timesNs: readonly number[] };
  /** Of the first requests that are not counted: the queue was empty; 0.1 by default. */
  warmUpShare?: number;
  /** One more percentile that is wanted. */
  percentile?: number;
  /** Ends before all arrivals are served when the clock says so; what was served counts. */
  deadlineMs?: number;
}

/** Of how long requests stayed: from their arrival, or from when they should have been sent, to the answer. */
export interface Stays {
  count: number;
  meanNs: number | null;
  /** null where the count cannot support it: 44 for p90, 90 for p95, 459 for p99. */
  p50Ns: number | null;
  p90Ns: number | null;
  p95Ns: number | null;
  p99Ns: number | null;
}

export interface SimulationResult extends Stays {
  /** The one that was asked for; null where none was, or the count cannot support it. */
  percentileNs: number | null;
  meanBatch: number;
  /** Time of all calls, warm-up included. */
  busyNs: number;
  /** Share of the sessions' time that was busy. */
  utilization: number;
  /** More was offered than can be carried. */
  overloaded: boolean;
}
