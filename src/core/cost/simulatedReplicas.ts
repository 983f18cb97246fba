/** Replicas by simulation on the measured service times, beginning with the formula's answer. */

import { replicasFor } from './queueing.js';
import { itemsOfRequest, simulate } from './simulation.js';
import { samplesFor } from './stays.js';
import type { ReplicaAnswer, ReplicaQuery, SimulationResult, Unmet } from './types.js';

export interface SimulatedQuery extends ReplicaQuery {
  seed: number;
  /** By the clock of `performance.now`; the formula's answer stands where it comes first. */
  deadlineMs: number;
}

export interface SimulatedAnswer extends ReplicaAnswer {
  /** Of the working replicas, as simulated; null where the formula's answer stands. */
  simulated: SimulationResult | null;
}

/** Beyond it the wait is next to nothing, and a simulation of so many replicas takes too long. */
const MOST_SIMULATED = 64;
/** Arrivals of a look at one number of replicas. */
const ARRIVALS = 60_000;
/** Numbers of replicas that are looked at. */
const MOST_LOOKS = 5;

/**
 * The formula takes every call as slow as with all sessions busy, and its tail is an approximation: fewer replicas may
 * do, or one more be needed. Never fewer than carry the rate with headroom.
 */
export function simulatedReplicas(query: SimulatedQuery): SimulatedAnswer | Unmet {
  const formula = replicasFor(query);
  if ('unmetReason' in formula) return formula;
  const least = replicasFor({ ...query, targetNs: null });
  const working = formula.replicas - query.spareReplicas;
  if (working > MOST_SIMULATED || !(query.ratePerSecond > 0) || 'unmetReason' in least)
    return { ...formula, simulated: null };
  const found = search(query, working, least.replicas - query.spareReplicas);
  if (!found) return { ...formula, simulated: null };
  const replicas = found.replicas + query.spareReplicas;
  return {
    replicas,
    percentileNs: found.percentileNs,
    utilization: found.result.utilization * (found.replicas / replicas),
    basis: 'simulation',
    simulated: found.result,
  };
}

interface Look {
  replicas: number;
  result: SimulationResult;
  percentileNs: number;
}

/** Down from the formula's number while fewer hold, up while it does not. */
function search(query: SimulatedQuery, start: number, least: number): Look | null {
  const holds = (look: Look): boolean => query.targetNs === null || look.percentileNs <= query.targetNs;
  let best: Look | null = null;
  let replicas = start;
  for (let looks = 0; looks < MOST_LOOKS; looks++) {
    const look = lookAt(query, replicas);
    if (!look) return best;
    if (holds(look)) {
      best = look;
      if (replicas <= least) return best;
      replicas -= 1;
    } else {
      if (best) return best;
      replicas += 1;
    }
  }
  return best;
}

/** null: cut short by the deadline. */
function lookAt(query: SimulatedQuery, replicas: number): Look | null {
  const { service, policy, seed, deadlineMs, ratePerSecond } = query;
  if (performance.now() > deadlineMs) return null;
  const arrivals = { ratePerSecond: ratePerSecond / itemsOfRequest(service, policy), count: ARRIVALS };
  const share = query.percentile;
  const result = simulate({
    service,
    ...(policy ? { policy } : {}),
    replicas,
    seed,
    arrivals,
    deadlineMs,
    percentile: share,
  });
  const { percentileNs } = result;
  return result.count < Math.max(ARRIVALS / 4, samplesFor(share)) || percentileNs === null
    ? null
    : { replicas, result, percentileNs };
}
