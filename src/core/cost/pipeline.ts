/** A request of a pipeline as one service: its calls one after the other, what is outside them, and what a cache spares. */

import type { PipelineSettings } from '../../protocol/settings.js';
import type { Report } from '../../protocol/report.js';
import { createRandom, seedFor } from '../runtime/inputs/random.js';
import { serviceAlone, servicesHere } from './answers/services.js';
import { serviceDistribution } from './service.js';
import type { ServiceDistribution, ServiceModel } from './types.js';

export interface PipelineStepService {
  /** On average: 2.5 is two calls in one half of the requests and three in the other. */
  callsPerRequest: number;
  services: readonly ServiceModel[];
}

/** A step with the report of its model. */
export interface MeasuredStep {
  callsPerRequest: number;
  report: Pick<Report, 'capacity' | 'scenarios'>;
}

/** Requests drawn: enough for p99 of what waits for nothing. */
const DRAWS = 2000;
/** Calls of one step drawn one by one; what is beyond is in proportion, since so many calls average out. */
const MOST_DRAWN_CALLS = 64;
/** An answer from a cache still takes something: a service time is never zero. */
const CACHED_NS = 1000;

/**
 * Every way to serve the whole pipeline on one machine: thread counts and numbers of sessions that all steps were
 * measured with. A replica then holds that many sessions of each model, one request at a time in each.
 */
export function pipelineServices(
  steps: readonly PipelineStepService[],
  { outsideModelMs = 0, cacheHitPercent = 0 }: Pick<PipelineSettings, 'outsideModelMs' | 'cacheHitPercent'>,
  seed: number,
): ServiceModel[] {
  const [first, ...others] = steps;
  if (!first) return [];
  return first.services.flatMap(({ threads, sessions }) => {
    const models = [first, ...others].map(({ services }) => services.find(sameShape(threads, sessions)));
    if (!models.every((model): model is ServiceModel => model !== undefined)) return [];
    const calls = steps.map(({ callsPerRequest }) => callsPerRequest);
    const request = requestService(models, calls, outsideModelMs * 1e6, cacheHitPercent / 100, seed);
    const stepShares = models.map(
      ({ byBatch }, step) =>
        ((byBatch[0]?.meanNs ?? 0) * (calls[step] ?? 1) * (1 - cacheHitPercent / 100)) / request.meanNs,
    );
    return [{ threads, sessions, byBatch: [request], pace: paceOf(models, calls, sessions), stepShares }];
  });
}

/**
 * From the reports of the steps' models, the first scenario of each: the ways to serve that all were measured with; from
 * their calls alone where there is none. Empty where not even those ran with the same number of threads.
 */
export function requestServices(
  steps: readonly MeasuredStep[],
  settings: Pick<PipelineSettings, 'outsideModelMs' | 'cacheHitPercent'>,
  seed: number,
): ServiceModel[] {
  const from = (services: (report: MeasuredStep['report']) => ServiceModel[]): ServiceModel[] =>
    pipelineServices(
      steps.map(({ callsPerRequest, report }) => ({ callsPerRequest, services: services(report) })),
      settings,
      seed,
    );
  const together = from((report) => report.scenarios.slice(0, 1).flatMap((scenario) => servicesHere(report, scenario)));
  if (together.length > 0) return together;
  return from((report) => report.scenarios.slice(0, 1).flatMap((scenario) => serviceAlone(report, scenario) ?? []));
}

const sameShape =
  (threads: number, sessions: number) =>
  (model: ServiceModel): boolean =>
    model.threads === threads && model.sessions === sessions;

function requestService(
  models: readonly ServiceModel[],
  calls: readonly number[],
  outsideNs: number,
  cachedShare: number,
  seed: number,
): ServiceDistribution {
  const random = createRandom(seedFor(seed, 'pipeline'));
  const serviceSamplesNs = Array.from({ length: DRAWS }, (_, draw) => {
    // In equal steps, not at random: the share of cached requests is then what it says.
    if ((draw + 0.5) / DRAWS < cachedShare) return CACHED_NS + outsideNs;
    return models.reduce(
      (sum, { byBatch }, step) => sum + callsNs(byBatch[0] as ServiceDistribution, calls[step] ?? 1, random),
      CACHED_NS + outsideNs,
    );
  });
  const [{ threads, sessions }] = models as [ServiceModel];
  return serviceDistribution({ batch: 1, threads, sessions, serviceSamplesNs });
}

function callsNs({ samplesNs, meanNs }: ServiceDistribution, calls: number, random: () => number): number {
  const count = Math.floor(calls) + (random() < calls - Math.floor(calls) ? 1 : 0);
  const drawn = Math.min(count, MOST_DRAWN_CALLS);
  let sum = (count - drawn) * meanNs;
  for (let call = 0; call < drawn; call++) sum += samplesNs[Math.floor(random() * samplesNs.length)] ?? meanNs;
  return sum;
}

/** Of the steps' paces, by the time that each takes. */
function paceOf(models: readonly ServiceModel[], calls: readonly number[], sessions: number): number[] {
  const weights = models.map(({ byBatch }, step) => (byBatch[0]?.meanNs ?? 0) * (calls[step] ?? 1));
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  return Array.from({ length: sessions }, (_, index) =>
    models.reduce((sum, { pace }, step) => sum + (pace[index] ?? 1) * ((weights[step] ?? 0) / total), 0),
  );
}
