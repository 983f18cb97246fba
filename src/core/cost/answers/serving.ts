/** Machines for a rate, by the best of several ways to serve on each. */

import type { CostAssumptions, Range } from '../../../protocol/cost.js';
import type { Message } from '../../../protocol/text.js';
import { holdsTarget, latencyAtRate, replicasFor } from '../queueing.js';
import { replicaCapacity } from '../service.js';
import type { ServiceModel } from '../types.js';
import { HOURS_PER_MONTH } from './assumptions.js';
import { type Batching, policyOf } from './batching.js';

export type Plan = Pick<
  CostAssumptions,
  'percentile' | 'targetMs' | 'headroomPercent' | 'spareReplicas' | keyof Batching
>;

export interface Served {
  replicas: number;
  percentileNs: number;
  utilization: number;
  service: ServiceModel;
}

const HALVINGS = 26;

/** The question of how many serve a rate so. */
export const queryOf = (plan: Plan, service: ServiceModel, ratePerSecond: number) => ({
  service,
  policy: policyOf(plan, service),
  ratePerSecond,
  percentile: plan.percentile / 100,
  targetNs: plan.targetMs === null ? null : plan.targetMs * 1e6,
  headroom: plan.headroomPercent / 100,
  spareReplicas: plan.spareReplicas,
});

/** The fewest machines; of equal numbers the quicker answer. */
export function serve(services: readonly ServiceModel[], plan: Plan, rate: number): Served | Message {
  let best: Served | null = null;
  let reason: Message = { code: 'cost.unmet.notMeasured', params: {} };
  for (const service of services) {
    const answer = replicasFor(queryOf(plan, service, rate));
    if ('unmetReason' in answer) reason = answer.unmetReason;
    else if (
      !best ||
      answer.replicas < best.replicas ||
      (answer.replicas === best.replicas && answer.percentileNs < best.percentileNs)
    )
      best = { ...answer, service };
  }
  return best ?? reason;
}

export const isServed = (answer: Served | Message): answer is Served => 'replicas' in answer;

/** The most that one machine carries, with every session busy. */
export const carries = (services: readonly ServiceModel[], plan: Batching = {}): number =>
  services.reduce((most, service) => Math.max(most, replicaCapacity(service, policyOf(plan, service).maxBatch)), 0);

/** The highest rate that so many machines hold, headroom and spare ones kept; 0 where they hold none. */
export function holdsUpTo(service: ServiceModel, plan: Plan, replicas: number): number {
  const working = replicas - plan.spareReplicas;
  if (working < 1) return 0;
  const holds = (rate: number): boolean => holdsTarget({ ...queryOf(plan, service, rate), replicas: working });
  // A hair below, where rounding would put the last request on another machine.
  const { maxBatch } = policyOf(plan, service);
  const most = working * replicaCapacity(service, maxBatch) * Math.min(1 - 1e-9, 1 - plan.headroomPercent / 100);
  if (holds(most)) return most;
  let low = 0;
  let high = most;
  for (let step = 0; step < HALVINGS; step++) {
    const middle = (low + high) / 2;
    if (holds(middle)) low = middle;
    else high = middle;
  }
  return low;
}

/** The rate that the rest still holds when one machine fails, without headroom. */
export const holdsWithoutOne = (service: ServiceModel, plan: Plan, replicas: number): number =>
  holdsUpTo(service, { ...plan, headroomPercent: 0, spareReplicas: 0 }, replicas - 1);

/**
 * Machines started and stopped every hour: dollars of a month, or null where some hour cannot be served. `atPeak`: known
 * otherwise than by formula; fewer requests take no more.
 */
export function autoscaledUsd(
  services: readonly ServiceModel[],
  plan: Plan,
  hourly: readonly number[],
  usdPerHour: number,
  atPeak: number | null = null,
): number | null {
  const known = new Map<number, number | null>();
  if (atPeak !== null) known.set(Math.max(...hourly), atPeak);
  let machineHours = 0;
  for (const rate of hourly) {
    if (!known.has(rate)) {
      const answer = serve(services, plan, rate);
      known.set(rate, isServed(answer) ? Math.min(answer.replicas, atPeak ?? Infinity) : null);
    }
    const replicas = known.get(rate);
    if (replicas == null) return null;
    machineHours += replicas;
  }
  return (machineHours / hourly.length) * HOURS_PER_MONTH * usdPerHour;
}

/** Latency of so many machines at a rate; null beyond what they carry. */
export function percentileAt(service: ServiceModel, plan: Plan, replicas: number, rate: number): number | null {
  const working = Math.max(1, replicas - plan.spareReplicas);
  return latencyAtRate({ ...queryOf(plan, service, rate), replicas: working }).percentileNs;
}

/** Lowest and highest of two figures, whichever way round. */
export const rangeOf = (one: number, other: number): Range => [Math.min(one, other), Math.max(one, other)];
