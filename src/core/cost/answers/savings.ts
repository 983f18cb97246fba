/** What would save a machine: a saving that saves no machine saves no money yet. */

import type { CostSaving, PlanSaving } from '../../../protocol/cost.js';
import type { Kernel, QuantizationSection, Scenario } from '../../../protocol/report.js';
import { scaledService } from '../service.js';
import type { ServiceModel } from '../types.js';
import { HOURS_PER_MONTH } from './assumptions.js';
import type { Traffic } from './option.js';
import { holdsUpTo, isServed, serve } from './serving.js';

const MOST_OF_A_KIND = 4;
/** Below it a row would be noise. */
const LEAST_SHARE = 0.01;

interface Part {
  module: string;
  kind: NonNullable<CostSaving['kind']>;
  share: number;
}

export interface SavingsRequest {
  scenario: Scenario;
  services: readonly ServiceModel[];
  traffic: Traffic;
  usdPerHour: number | null;
  /** The model's steps of a request of a pipeline; null where its calls alone are counted. */
  own: readonly number[] | null;
}

/** The largest modules, operator types, and what layout conversions take; each as if it took no time at all. */
export function savingsOf(request: SavingsRequest): CostSaving[] {
  const now = nowOf(request);
  if (!now) return [];
  const weight = weightOf(now.service, request.own);
  return partsOf(request.scenario).flatMap(({ module, kind, share: ofCall }): CostSaving[] => {
    const share = ofCall * weight;
    const saved = share < LEAST_SHARE ? null : savedBy(request, now, 1 - ofCall);
    return saved ? [{ module, kind, share, replicas: now.replicas, ...saved }] : [];
  });
}

/** The same for each plan of quantization that was measured. */
export function planSavings(request: SavingsRequest, sections: readonly QuantizationSection[]): PlanSaving[] {
  const now = nowOf(request);
  const section = sections.find(({ scenarioId }) => scenarioId === request.scenario.id);
  if (!now || !section) return [];
  return section.plans.flatMap(({ id: planId, method, assignments, measured }): PlanSaving[] => {
    if (!measured || !(measured.speedup > 0)) return [];
    const { speedup, speedupInterval } = measured;
    // Slower, and so beyond the target: it saves nothing.
    const saved = savedBy(request, now, 1 / speedup) ?? { savesReplicas: 0, usdPerMonth: null, nextSavingAtRate: null };
    const of = { planId, method, layers: assignments.length, speedup, speedupInterval };
    return [{ ...of, replicas: now.replicas - saved.savesReplicas, ...saved }];
  });
}

interface Now {
  replicas: number;
  /** Beyond this rate one machine more is needed. */
  fullAtRate: number;
  service: ServiceModel;
}

/** Share of what is counted that the model's calls take: all of a call, of a request what its steps take together. */
const weightOf = ({ stepShares }: ServiceModel, own: SavingsRequest['own']): number =>
  own === null ? 1 : own.reduce((sum, step) => sum + (stepShares?.[step] ?? 0), 0);

function nowOf({ services, traffic }: SavingsRequest): Now | null {
  if (traffic.rate === null) return null;
  const answer = serve(services, traffic, traffic.rate);
  if (!isServed(answer)) return null;
  const { replicas, service } = answer;
  return { replicas, service, fullAtRate: holdsUpTo(service, traffic, replicas) };
}

type Saved = Pick<CostSaving, 'savesReplicas' | 'usdPerMonth' | 'nextSavingAtRate'>;

/** With calls of the model that take `factor` of their time. */
function savedBy(
  { services, traffic, usdPerHour, own }: SavingsRequest,
  { replicas, fullAtRate }: Now,
  factor: number,
): Saved | null {
  const faster = services.map((service) =>
    scaledService(service, Math.max(1e-6, 1 - weightOf(service, own) * (1 - factor))),
  );
  const rate = traffic.rate ?? 0;
  const answer = serve(faster, traffic, rate);
  if (!isServed(answer)) return null;
  const savesReplicas = replicas - answer.replicas;
  const usdPerMonth = usdPerHour === null ? null : savesReplicas * usdPerHour * HOURS_PER_MONTH;
  const quicker = factor < 1 && savesReplicas === 0 && fullAtRate >= rate;
  return { savesReplicas, usdPerMonth, nextSavingAtRate: quicker ? fullAtRate : null };
}

function partsOf({ kernels, latency }: Scenario): Part[] {
  const wholeNs = latency?.medianNs ?? 0;
  if (!(wholeNs > 0)) return [];
  const of = (kind: Part['kind'], nameOf: (kernel: Kernel) => string | null): Part[] => {
    const times = new Map<string, number>();
    for (const kernel of kernels) {
      const name = nameOf(kernel);
      if (name !== null && name !== '') times.set(name, (times.get(name) ?? 0) + Math.max(0, kernel.selfTimeNs));
    }
    return [...times]
      .map(([module, timeNs]) => ({ module, kind, share: timeNs / wholeNs }))
      .filter(({ share }) => share >= LEAST_SHARE && share < 1)
      .sort((a, b) => b.share - a.share)
      .slice(0, MOST_OF_A_KIND);
  };
  return [
    ...of('module', ({ module, kind }) => (kind === 'compute' ? (module.split('/')[0] ?? null) : null)),
    ...of('opType', ({ opType, kind }) => (kind === 'compute' ? opType : null)),
    ...of('layout', ({ kind }) => (kind === 'compute' ? null : 'layout')),
  ];
}
