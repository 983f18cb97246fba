/** From measured calls to how a replica serves. */

import type { CapacitySample } from '../../protocol/report.js';
import { meanOf, standardDeviation } from '../analysis/statistics.js';
import type { ServiceDistribution, ServiceModel } from './types.js';

/** @throws RangeError for a sample without a single positive time. */
export function serviceDistribution(
  sample: Pick<CapacitySample, 'batch' | 'threads' | 'sessions' | 'serviceSamplesNs'>,
): ServiceDistribution {
  const { batch, threads, sessions } = sample;
  const samplesNs = sample.serviceSamplesNs.filter((ns) => ns > 0 && Number.isFinite(ns)).sort((a, b) => a - b);
  const [minNs] = samplesNs;
  if (minNs === undefined) throw new RangeError('a service time without samples');
  const meanNs = meanOf(samplesNs);
  const squaredVariation = (standardDeviation(samplesNs) / meanNs) ** 2;
  return { batch, threads, sessions, samplesNs, meanNs, minNs, squaredVariation };
}

/** The same calls on a machine where each takes `factor` times as long. */
export function scaledService(model: ServiceModel, factor: number): ServiceModel {
  const scaled = (one: ServiceDistribution): ServiceDistribution => ({
    ...one,
    samplesNs: one.samplesNs.map((ns) => ns * factor),
    meanNs: one.meanNs * factor,
    minNs: one.minNs * factor,
  });
  return { ...model, byBatch: model.byBatch.map(scaled) };
}

/** Every way to serve that a scenario's samples describe, the smallest number of sessions first. */
export function serviceModels(samples: readonly CapacitySample[], scenarioId: string): ServiceModel[] {
  const usable = samples.filter((sample) => sample.scenarioId === scenarioId && sample.serviceSamplesNs.some(isTime));
  const replicas = new Map<string, CapacitySample[]>();
  for (const sample of usable) {
    const key = `${sample.threads} ${sample.sessions}`;
    replicas.set(key, [...(replicas.get(key) ?? []), sample]);
  }
  return [...replicas.values()]
    .map((group) => serviceModel(group, usable))
    .sort((a, b) => a.sessions - b.sessions || a.threads - b.threads);
}

const isTime = (ns: number): boolean => ns > 0 && Number.isFinite(ns);

/** `group`: one thread count and number of sessions, several batches. */
function serviceModel(group: readonly CapacitySample[], all: readonly CapacitySample[]): ServiceModel {
  const byBatch = group.map(serviceDistribution).sort((a, b) => a.batch - b.batch);
  const { threads, sessions, batch } = byBatch[0] as ServiceDistribution;
  return { threads, sessions, byBatch, pace: paceOf({ threads, sessions, batch }, all) };
}

/** Measured numbers of busy sessions, with straight lines between them; a single one says nothing of the others. */
function paceOf(
  { threads, sessions, batch }: { threads: number; sessions: number; batch: number },
  all: readonly CapacitySample[],
): number[] {
  const known = all
    .filter((one) => one.threads === threads && one.batch === batch && one.sessions <= sessions)
    .map((one) => ({ busy: one.sessions, meanNs: serviceDistribution(one).meanNs }))
    .sort((a, b) => a.busy - b.busy);
  const allBusyNs = known.at(-1)?.meanNs ?? 1;
  return Array.from({ length: sessions }, (_, index) => {
    const busy = index + 1;
    const above = known.find((one) => one.busy >= busy);
    const below = known.findLast((one) => one.busy <= busy);
    if (!above || !below) return 1;
    const share = above.busy === below.busy ? 0 : (busy - below.busy) / (above.busy - below.busy);
    // More sessions at once are never faster: what looks so is noise, and would make queues move at an odd pace.
    return Math.min(1, (below.meanNs + share * (above.meanNs - below.meanNs)) / allBusyNs);
  });
}

/** Of a call with `batch` items: as measured, or on the straight line between the measured batches beside it. */
export function callMeanNs({ byBatch }: ServiceModel, batch: number): number {
  const above = byBatch.find((one) => one.batch >= batch);
  const below = byBatch.findLast((one) => one.batch <= batch);
  if (!above) return ((byBatch.at(-1)?.meanNs ?? NaN) / (byBatch.at(-1)?.batch ?? 1)) * batch;
  // A batch below the smallest is filled up.
  if (!below || above.batch === below.batch) return above.meanNs;
  return below.meanNs + ((batch - below.batch) / (above.batch - below.batch)) * (above.meanNs - below.meanNs);
}

/** The same calls in proportion, with another mean. */
export const withMean = (call: ServiceDistribution, meanNs: number): ServiceDistribution => ({
  ...call,
  samplesNs: call.samplesNs.map((ns) => (ns * meanNs) / call.meanNs),
  minNs: (call.minNs * meanNs) / call.meanNs,
  meanNs,
});

/** The measured batch that stands for `batch`: the same one, else the next larger. */
export const distributionFor = ({ byBatch }: ServiceModel, batch: number): ServiceDistribution =>
  byBatch.find((one) => one.batch >= batch) ?? (byBatch.at(-1) as ServiceDistribution);

/** Items a second that one replica carries with every session busy. */
export function replicaCapacity(service: ServiceModel, maxBatch = 1): number {
  const batches = service.byBatch.filter((one, index) => index === 0 || one.batch <= maxBatch);
  return Math.max(...batches.map((one) => (service.sessions * one.batch * 1e9) / one.meanNs));
}
