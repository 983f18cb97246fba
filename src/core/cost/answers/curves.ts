/** Cost over rate, and the latency of the machines counted over rate: what the two charts draw. */

import type { CostCurve, CostOption, Range } from '../../../protocol/cost.js';
import type { ServiceModel } from '../types.js';
import { HOURS_PER_MONTH } from './assumptions.js';
import type { Knowledge, Traffic } from './option.js';
import { holdsUpTo, isServed, percentileAt, rangeOf, serve, type Served } from './serving.js';
import { thinnedCall } from './services.js';

const POINTS = 40;
const MOST_MACHINES = 2;
const MOST_STEPS = 24;
/** Machines whose latency is drawn: more lines would hide the knee. */
const MOST_LATENCIES = 1;

export interface CurveSubject {
  option: CostOption;
  knowledge: Knowledge;
}

export interface Curves {
  rates: number[];
  machines: CostCurve[];
  kneeRate: number | null;
}

/** The first ones of `subjects` that have a price and an answer. null without a rate. */
export function curvesOf(subjects: readonly CurveSubject[], traffic: Traffic): Curves | null {
  const drawn = subjects.filter(({ option }) => option.usdPerHour !== null && option.unmetReason === null);
  const [first] = drawn;
  if (traffic.rate === null || !first) return null;
  const most = 2 * Math.max(traffic.rate, 0.5 * (first.option.throughput?.low ?? 1));
  const rates = Array.from({ length: POINTS + 1 }, (_, index) => (most * index) / POINTS);
  const machines = drawn
    .slice(0, MOST_MACHINES)
    .flatMap((subject, position) => curve(subject, rates, traffic, position < MOST_LATENCIES));
  return { rates, machines, kneeRate: kneeOf(machines[0], rates) };
}

/** One side of a range, or all of it where it was measured. */
interface Side {
  services: readonly ServiceModel[];
  planned: Served;
}

function curve(
  { option, knowledge }: CurveSubject,
  rates: readonly number[],
  traffic: Traffic,
  withLatency: boolean,
): CostCurve[] {
  const { usdPerHour, instance } = option;
  if (knowledge.basis === 'none' || usdPerHour === null) return [];
  const ends = knowledge.basis === 'measured' ? [knowledge.services] : [knowledge.fast, knowledge.slow];
  const sides = ends.flatMap((services): Side[] => {
    const few = services.map(thinned);
    const planned = serve(few, traffic, traffic.rate ?? 0);
    return isServed(planned) ? [{ services: few, planned }] : [];
  });
  if (sides.length === 0) return [];
  return [
    {
      instance,
      basis: knowledge.basis,
      replicas: rangeOf(sides[0]?.planned.replicas ?? 0, sides.at(-1)?.planned.replicas ?? 0),
      steps: stepsOf(sides, rates.at(-1) ?? 0, traffic).map((step) => ({
        ...step,
        usdPerMonth: step.replicas * usdPerHour * HOURS_PER_MONTH,
      })),
      percentileNs: withLatency ? latencies(sides, rates, traffic) : null,
    },
  ];
}

const thinned = (service: ServiceModel): ServiceModel => ({ ...service, byBatch: service.byBatch.map(thinnedCall) });

/** From the fewest machines to as many as the last rate takes at worst. */
function stepsOf(sides: readonly Side[], mostRate: number, traffic: Traffic): { replicas: number; upToRate: Range }[] {
  const counts = (rate: number): number[] =>
    sides
      .map(({ services }) => serve(services, traffic, rate))
      .flatMap((answer) => (isServed(answer) ? [answer.replicas] : []));
  const fewest = Math.min(...counts(0));
  const most = Math.max(...counts(mostRate));
  if (!Number.isFinite(fewest) || !Number.isFinite(most)) return [];
  const stride = Math.max(1, Math.ceil((most - fewest + 1) / MOST_STEPS));
  const steps = [];
  for (let replicas = fewest; replicas <= most + stride - 1; replicas += stride) {
    const reach = sides.map(({ planned }) => holdsUpTo(planned.service, traffic, replicas));
    steps.push({ replicas, upToRate: rangeOf(reach[0] ?? 0, reach.at(-1) ?? 0) });
  }
  return steps;
}

/** Of the machines counted, however many requests come. */
function latencies(sides: readonly Side[], rates: readonly number[], traffic: Traffic): (Range | null)[] {
  return rates.map((rate) => {
    const known = sides.map(({ planned }) => percentileAt(planned.service, traffic, planned.replicas, rate));
    const [one, other = one] = known;
    return one == null || other == null ? null : rangeOf(one, other);
  });
}

/** Where latency has doubled against that of an empty queue. */
function kneeOf(machine: CostCurve | undefined, rates: readonly number[]): number | null {
  const line = machine?.percentileNs ?? [];
  const idle = line[0]?.[1];
  if (idle === undefined) return null;
  const at = line.findIndex((range) => range === null || range[1] > 2 * idle);
  return at > 0 ? (rates[at] ?? null) : null;
}
