/** Replicas for a rate, a percentile and a target, by closed formula: at once, from measured service times. */

import type { Message } from '../../protocol/text.js';
import { stayBeyond, stayPercentileNs, waiting, waitProbability, type Waiting } from './erlang.js';
import { callMeanNs, distributionFor, replicaCapacity, withMean } from './service.js';
import type {
  LatencyAtRate,
  QueueingPolicy,
  ReplicaAnswer,
  ReplicaQuery,
  ServiceDistribution,
  ServiceModel,
  ServingTarget,
  Unmet,
} from './types.js';

export const NO_BATCHING: QueueingPolicy = { maxBatch: 1, queueDelayNs: 0 };
/** Beyond it no plan is made: whoever asks for so much has mistyped, or has other means. */
export const MOST_REPLICAS = 100_000;
const STEPS_OF_BATCH = 50;

/** What requests meet at a rate: a call of some batch, the wait for a session, and the time a batch takes to fill. */
interface Operation {
  call: ServiceDistribution;
  wait: Waiting;
  fillNs: number;
}

/**
 * Latency of a request with `replicas` replicas behind one queue. Poisson arrivals, every call as slow as with all
 * sessions busy: rather too high than too low. null where the queue grows without end.
 */
export function latencyAtRate(query: {
  service: ServiceModel;
  policy?: QueueingPolicy;
  replicas: number;
  ratePerSecond: number;
  percentile: number;
}): LatencyAtRate {
  const { service, policy = NO_BATCHING, replicas, percentile } = query;
  const ratePerSecond = Math.max(0, query.ratePerSecond);
  const utilization = ratePerSecond / (replicas * replicaCapacity(service, policy.maxBatch));
  const operation = utilization < 1 ? operationAt(service, policy, replicas * service.sessions, ratePerSecond) : null;
  if (!operation) return { percentileNs: null, meanNs: null, utilization };
  const { call, wait, fillNs } = operation;
  return {
    percentileNs: fillNs + stayPercentileNs(wait, call, percentile),
    meanNs: fillNs + wait.meanNs + call.meanNs,
    utilization,
  };
}

/** Whether so many replicas keep up and hold the target; without one, whether they keep up. */
export function holdsTarget(
  query: ServingTarget & { service: ServiceModel; policy?: QueueingPolicy; replicas: number; ratePerSecond: number },
): boolean {
  const { service, policy = NO_BATCHING, replicas, percentile, targetNs } = query;
  const ratePerSecond = Math.max(0, query.ratePerSecond);
  if (!(ratePerSecond < replicas * replicaCapacity(service, policy.maxBatch))) return false;
  const operation = operationAt(service, policy, replicas * service.sessions, ratePerSecond);
  if (!operation || targetNs === null) return operation !== null;
  return stayBeyond(operation.wait, operation.call, targetNs - operation.fillNs) <= 1 - percentile + 1e-12;
}

function operationAt(
  service: ServiceModel,
  policy: QueueingPolicy,
  servers: number,
  ratePerSecond: number,
): Operation | null {
  const single = distributionFor(service, 1);
  // A model of a fixed batch, and requests that are not put together: as many items of a call as it has.
  if (policy.maxBatch <= single.batch) {
    const wait = waiting(servers, ratePerSecond / single.batch, single);
    return wait && { call: single, wait, fillNs: 0 };
  }
  const fastest = Math.min(policy.maxBatch, service.byBatch.at(-1)?.batch ?? 1);
  const full = distributionFor(service, fastest);
  // Batches arrive as every b-th request does: by an Erlang distribution, with variation 1 / b.
  const overflow = waiting(servers, ratePerSecond / full.batch, full, 1 / full.batch);
  if (!overflow) return null;
  const batch = batchAt(service, { ...policy, maxBatch: fastest }, servers, ratePerSecond);
  const call = withMean(distributionFor(service, Math.ceil(batch - 1e-9)), callMeanNs(service, batch));
  const offered = (ratePerSecond * single.meanNs) / single.batch / 1e9;
  const probability = Math.max(waitProbability(servers, offered), overflow.probability);
  // Whoever finds the sessions busy waits for the end of a call, half a call on average, and where calls are full
  // already, for those ahead. As exponential it meets simulations: p99 within a third, from above.
  const wait = { probability, meanNs: (probability * call.meanNs) / 2 / servers + overflow.meanNs };
  return { call, wait, fillNs: policy.queueDelayNs };
}

/**
 * Items of a call in the steady state: as many as arrive while one lasts, at a server's share of the rate; at least
 * those that the queue delay gathers; at most the limit.
 */
function batchAt(
  service: ServiceModel,
  { maxBatch, queueDelayNs }: QueueingPolicy,
  servers: number,
  ratePerSecond: number,
): number {
  const perServer = ratePerSecond / servers / 1e9;
  let low = service.byBatch[0]?.batch ?? 1;
  let high = maxBatch;
  for (let step = 0; step < STEPS_OF_BATCH; step++) {
    const middle = (low + high) / 2;
    if (perServer * callMeanNs(service, middle) > middle) low = middle;
    else high = middle;
  }
  return Math.min(maxBatch, Math.max(low, 1 + (ratePerSecond * queueDelayNs) / 1e9));
}

/**
 * The fewest replicas that carry the rate with headroom and hold the target, or why none do. Without traffic: one, and
 * the spare ones.
 */
export function replicasFor(query: ReplicaQuery): ReplicaAnswer | Unmet {
  const { service, policy = NO_BATCHING, percentile, spareReplicas } = query;
  const ratePerSecond = Math.max(0, query.ratePerSecond);
  const unmetReason = outOfReach(service, query, policy);
  if (unmetReason) return { unmetReason };
  const usable = replicaCapacity(service, policy.maxBatch) * (1 - query.headroom);
  const carrying = Math.max(1, Math.ceil(ratePerSecond / usable - 1e-9));
  const tooMany = { unmetReason: { code: 'serving.unmet.tooMany', params: { most: MOST_REPLICAS } } };
  if (!(carrying <= MOST_REPLICAS)) return tooMany;
  const at = (replicas: number): LatencyAtRate =>
    latencyAtRate({ service, policy, replicas, ratePerSecond, percentile });
  const holds = (replicas: number): boolean => holdsTarget({ ...query, replicas });
  const needed = fewest(carrying, holds);
  if (needed === null) return tooMany;
  const replicas = needed + Math.max(0, Math.floor(spareReplicas));
  return {
    replicas,
    percentileNs: at(needed).percentileNs as number,
    utilization: at(replicas).utilization,
    basis: 'formula',
  };
}

/** The least number from `start` on for which a condition holds that, once it holds, goes on to hold. */
function fewest(start: number, holds: (count: number) => boolean): number | null {
  let low = start - 1;
  let high = start;
  while (!holds(high)) {
    if (high >= MOST_REPLICAS) return null;
    low = high;
    high = Math.min(MOST_REPLICAS, high * 2);
  }
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (holds(middle)) high = middle;
    else low = middle;
  }
  return high;
}

/** A target that no number of replicas holds: they spare the wait, not the call, nor the time in which a batch fills. */
export function outOfReach(
  service: ServiceModel,
  { targetNs, percentile }: ServingTarget,
  policy: QueueingPolicy = NO_BATCHING,
): Message | null {
  if (targetNs === null) return null;
  const call = distributionFor(service, 1);
  if (targetNs < call.minNs)
    return { code: 'serving.unmet.fastest', params: { target: shownMs(targetNs), fastest: shownMs(call.minNs) } };
  const fillNs = policy.maxBatch > call.batch ? policy.queueDelayNs : 0;
  const aloneNs = fillNs + stayPercentileNs({ probability: 0, meanNs: 0 }, call, percentile);
  if (targetNs >= aloneNs) return null;
  const params = {
    target: shownMs(targetNs),
    percentile: Math.round(percentile * 1000) / 10,
    alone: shownMs(aloneNs - fillNs),
  };
  if (fillNs === 0) return { code: 'serving.unmet.percentile', params };
  return { code: 'serving.unmet.filling', params: { ...params, wait: shownMs(fillNs) } };
}

/** Milliseconds with three digits, as a message takes them. */
const shownMs = (ns: number): number => Number((ns / 1e6).toPrecision(3));
