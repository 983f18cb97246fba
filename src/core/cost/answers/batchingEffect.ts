/** What putting requests together would change, where the measured calls say that it pays. */

import type { BatchingEffect } from '../../../protocol/cost.js';
import type { ServiceModel } from '../types.js';
import { HOURS_PER_MONTH } from './assumptions.js';
import { measuredBatches, waysToServe } from './batching.js';
import type { Traffic } from './option.js';
import { carries, isServed, serve } from './serving.js';

/** More requests a second than without, for a batch to be worth a word: less is within what runs differ by. */
const LEAST_GAIN = 1.05;

/** `services` with every batch that was measured; of `traffic` the wait for a batch is taken, not its size. */
export function batchingEffect(
  {
    instance,
    services,
    usdPerHour,
  }: { instance: string; services: readonly ServiceModel[]; usdPerHour: number | null },
  traffic: Traffic,
): BatchingEffect | null {
  if ((traffic.maxBatch ?? 1) > 1) return null;
  const carriesNow = carries(waysToServe(services, traffic), traffic);
  const now = traffic.rate === null ? null : serve(waysToServe(services, traffic), traffic, traffic.rate);
  if (now && !isServed(now)) return null;
  const found = measuredBatches(services).flatMap((maxBatch): BatchingEffect[] => {
    const plan = { ...traffic, maxBatch };
    const ways = waysToServe(services, plan);
    const most = carries(ways, plan);
    if (most < LEAST_GAIN * carriesNow) return [];
    const then = plan.rate === null ? null : serve(ways, plan, plan.rate);
    if (then && !isServed(then)) return [];
    const fewer = now && then ? now.replicas - then.replicas : 0;
    return [
      {
        ...{ instance, maxBatch, queueDelayMs: traffic.queueDelayMs ?? 0, carries: most, carriesNow },
        replicas: then?.replicas ?? null,
        replicasNow: now?.replicas ?? null,
        percentileNs: then?.percentileNs ?? null,
        usdPerMonth: usdPerHour === null || !now ? null : fewer * usdPerHour * HOURS_PER_MONTH,
        estimate: 'formula',
      },
    ];
  });
  return found.sort(byWorth)[0] ?? null;
}

/** The fewest machines with the smallest batch; without a rate, what carries most. */
const byWorth = (one: BatchingEffect, other: BatchingEffect): number =>
  (one.replicas ?? 0) - (other.replicas ?? 0) ||
  (one.replicas === null ? other.carries - one.carries : 0) ||
  one.maxBatch - other.maxBatch;
