/** One machine of the price list: how many, what they cost, and how sure that is. */

import type { CostOption, Purchase, Range } from '../../../protocol/cost.js';
import type { Message } from '../../../protocol/text.js';
import { type HourlyPrice, isOldPrice, type MachinePrice } from '../prices/table.js';
import type { ServiceModel } from '../types.js';
import { HOURS_PER_MONTH, SECONDS_PER_MONTH } from './assumptions.js';
import {
  autoscaledUsd,
  carries,
  holdsUpTo,
  holdsWithoutOne,
  isServed,
  type Plan,
  rangeOf,
  serve,
  type Served,
} from './serving.js';

/** What is known of a machine: measured services, a range of them, or only why there are none. */
export type Knowledge =
  | { basis: 'measured'; services: readonly ServiceModel[]; measuredAt: string | null; notes: Message[] }
  | { basis: 'projected'; fast: readonly ServiceModel[]; slow: readonly ServiceModel[]; notes: Message[] }
  | { basis: 'none'; reason: Message };

export interface Traffic extends Plan {
  rate: number | null;
  hourly: readonly number[] | null;
}

type Named = 'provider' | 'instance' | 'region' | 'purchase' | 'usdPerHour' | 'priceAsOf';
export type Identity = Pick<
  CostOption,
  Named | 'onDemandUsdPerHour' | 'priceSource' | 'priceOld' | 'vcpus' | 'memoryBytes' | 'accelerator'
>;

/** Of no price list: the measuring machine, whose name is '', or one that was measured elsewhere. */
export const unlisted = (instance: string, purchase: Purchase): Identity => ({
  ...{ provider: '', instance, region: '', purchase, usdPerHour: null, priceAsOf: null, accelerator: null },
});

export function identity(machine: MachinePrice, purchase: Purchase, today: string): Identity {
  const price: HourlyPrice | null = purchase === 'spot' ? machine.spot : machine.onDemand;
  return {
    provider: machine.provider,
    instance: machine.instance,
    region: machine.region,
    purchase,
    usdPerHour: price?.usdPerHour ?? null,
    // Whoever asks for a spot price that nobody knows should not think that the machine has none at all.
    ...(price ? {} : { onDemandUsdPerHour: machine.onDemand.usdPerHour }),
    priceAsOf: price?.source.asOf ?? null,
    priceSource: price?.source.text ?? null,
    priceOld: price ? isOldPrice(price.source, today) : false,
    vcpus: machine.vcpus,
    memoryBytes: machine.memoryBytes,
    accelerator: machine.accelerator?.name ?? null,
  };
}

const NOTHING = {
  replicas: null,
  usdPerMonth: null,
  usdPerMillion: null,
  usdPerMillionTokens: null,
  percentileNs: null,
  throughput: null,
  unmetReason: null,
} as const;

export function option(who: Identity, knowledge: Knowledge, traffic: Traffic): CostOption {
  if (knowledge.basis === 'none') return { ...who, ...NOTHING, basis: 'none', unmetReason: knowledge.reason };
  const one = knowledge.basis === 'measured' ? measured(who, knowledge, traffic) : projected(who, knowledge, traffic);
  return { ...who, ...one, notes: knowledge.notes };
}

type Figures = Omit<CostOption, keyof Identity>;

function measured(
  { usdPerHour }: Identity,
  { services, measuredAt }: Extract<Knowledge, { basis: 'measured' }>,
  traffic: Traffic,
): Figures {
  const most = carries(services, traffic);
  const base: Figures = {
    ...NOTHING,
    basis: 'measured',
    measuredAt,
    throughput: { low: most, mid: most, high: most },
    estimate: 'formula',
  };
  if (traffic.rate === null) return { ...base, ...unplanned(services, traffic) };
  const answer = serve(services, traffic, traffic.rate);
  if (!isServed(answer)) return { ...base, unmetReason: answer };
  const usdPerMonth = monthly(answer.replicas, usdPerHour);
  const autoscaled = scaled(services, traffic, usdPerHour);
  return {
    ...base,
    replicas: answer.replicas,
    usdPerMonth,
    usdPerMillion: perMillion(usdPerMonth, traffic),
    percentileNs: answer.percentileNs,
    autoscaledUsdPerMonth: autoscaled === null ? null : [autoscaled, autoscaled],
    idleShare: rangeOf(1 - answer.utilization, 1 - answer.utilization),
    ...reach(answer, traffic),
    replica: replicaOf(answer.service),
  };
}

const replicaOf = ({ sessions, threads, byBatch }: ServiceModel) => ({
  sessions,
  threads,
  batch: byBatch[0]?.batch ?? 1,
});

/** Without traffic nothing but the way to serve that carries most. */
function unplanned(services: readonly ServiceModel[], traffic: Traffic): Partial<CostOption> {
  const most = carries(services, traffic);
  const best = services.find((service) => carries([service], traffic) === most);
  return best ? { replica: replicaOf(best) } : {};
}

function reach(answer: Served, traffic: Traffic): Pick<CostOption, 'holdsUpToRate' | 'holdsWithoutOne'> {
  const upTo = holdsUpTo(answer.service, traffic, answer.replicas);
  const without = holdsWithoutOne(answer.service, traffic, answer.replicas);
  return { holdsUpToRate: [upTo, upTo], holdsWithoutOne: [without, without] };
}

const monthly = (replicas: number, usdPerHour: number | null): number | null =>
  usdPerHour === null ? null : replicas * usdPerHour * HOURS_PER_MONTH;

/** Over the mean of the hours; null without requests, which have no price. */
function perMillion(usdPerMonth: number | null, { rate, hourly }: Traffic): number | null {
  const mean = hourly ? hourly.reduce((sum, each) => sum + each, 0) / hourly.length : rate;
  if (usdPerMonth === null || mean === null || !(mean > 0)) return null;
  const dollars = (usdPerMonth * 1e6) / (mean * SECONDS_PER_MONTH);
  return Number.isFinite(dollars) ? dollars : null;
}

const scaled = (services: readonly ServiceModel[], traffic: Traffic, usdPerHour: number | null): number | null =>
  traffic.hourly && usdPerHour !== null ? autoscaledUsd(services, traffic, traffic.hourly, usdPerHour) : null;

function projected(
  who: Identity,
  { fast, slow }: Extract<Knowledge, { basis: 'projected' }>,
  traffic: Traffic,
): Figures {
  const { usdPerHour } = who;
  const base: Figures = {
    ...NOTHING,
    basis: 'projected',
    measuredAt: null,
    throughput: { low: carries(slow, traffic), mid: null, high: carries(fast, traffic) },
    estimate: 'formula',
  };
  if (traffic.rate === null) return { ...base, ...unplanned(fast, traffic) };
  const [best, worst] = [serve(fast, traffic, traffic.rate), serve(slow, traffic, traffic.rate)];
  if (!isServed(best)) return { ...base, unmetReason: best };
  // It may hold, or not: nobody should pay on that ground.
  if (!isServed(worst)) return { ...base, unmetReason: { code: 'cost.unmet.perhaps', params: {} } };
  const ends = (of: (answer: Served) => number): Range => rangeOf(of(best), of(worst));
  const replicas = ends((answer) => answer.replicas);
  const [low, high] = replicas;
  const money = ([least, most]: Range): Range | null =>
    usdPerHour === null ? null : [monthly(least, usdPerHour) ?? 0, monthly(most, usdPerHour) ?? 0];
  const usdPerMonth = money(replicas);
  const million = usdPerMonth && bothPerMillion(usdPerMonth, traffic);
  const certain = low === high;
  const percentileNs = ends((answer) => answer.percentileNs);
  return {
    ...base,
    replicas: certain ? low : null,
    usdPerMonth: certain && usdPerMonth ? usdPerMonth[0] : null,
    usdPerMillion: certain && million ? million[0] : null,
    ranges: { replicas, usdPerMonth, usdPerMillion: million, percentileNs },
    autoscaledUsdPerMonth: bothScaled(fast, slow, traffic, usdPerHour),
    idleShare: ends((answer) => 1 - answer.utilization),
    holdsUpToRate: ends((answer) => holdsUpTo(answer.service, traffic, answer.replicas)),
    replica: replicaOf(best.service),
  };
}

function bothPerMillion([low, high]: Range, traffic: Traffic): Range | null {
  const [least, most] = [perMillion(low, traffic), perMillion(high, traffic)];
  return least === null || most === null ? null : [least, most];
}

function bothScaled(
  fast: readonly ServiceModel[],
  slow: readonly ServiceModel[],
  traffic: Traffic,
  usdPerHour: number | null,
): Range | null {
  const [low, high] = [scaled(fast, traffic, usdPerHour), scaled(slow, traffic, usdPerHour)];
  return low === null || high === null ? null : rangeOf(low, high);
}
