/** The measured rows once more, by simulation of the queue: their counts, money and percentile in the formula's place. */

import type { BatchingEffect, CostOption, CostSection, EdgeDevice, Range } from '../../../protocol/cost.js';
import { simulatedReplicas } from '../simulatedReplicas.js';
import type { ReplicaQuery, ServiceModel } from '../types.js';
import { type AnswerRequest, devicesOf, powerOf, waysOfRow } from './answers.js';
import { HOURS_PER_MONTH } from './assumptions.js';
import { waysToServe } from './batching.js';
import { beside } from './beside.js';
import type { MeasuredPower } from './energy.js';
import { byCertaintyAndCost, cheapestOf, indistinctOf } from './ranking.js';
import { autoscaledUsd, isServed, type Plan, queryOf, serve } from './serving.js';

/** The measured rows' ways to serve with every batch, by instance; '' is the measuring machine that nobody named. */
export interface RowServices {
  instance: string;
  services: readonly ServiceModel[];
}

/** What a section's answers rest on, as far as they are simulated; plain data, for another thread. */
export interface SimulationBasis {
  /** A row without any is not simulated. */
  rows: readonly RowServices[];
  devices: readonly EdgeDevice[];
  power: MeasuredPower | null;
}

/** `request` is the one that the section answers. */
export function simulationBasis(request: AnswerRequest, { options }: CostSection): SimulationBasis {
  const rows = options.flatMap(({ basis, instance }) =>
    basis === 'measured' ? [{ instance, services: waysOfRow(request, instance) }] : [],
  );
  return { rows, devices: devicesOf(request), power: powerOf(request) };
}

export interface SimulationContext extends SimulationBasis {
  seed: number;
  /** By the clock of `performance.now`; rows that are not reached keep the formula's answer. */
  deadlineMs: number;
}

/**
 * Projected rows stay as they are: their range is wider than what the formula leaves out. What rests on the counts of
 * the rows, as devices and electricity, is reckoned anew.
 */
export function withSimulation(section: CostSection, context: SimulationContext): CostSection {
  const { assumptions, unit } = section;
  const { rate } = assumptions;
  if (rate === null || !(rate > 0)) return section;
  const queue = new Queue(section, context);
  const simulated = section.options.map((option) => queue.simulated(option, rate));
  if (simulated.every((option, index) => option === section.options[index])) return section;
  const options = simulated.sort(byCertaintyAndCost);
  const best = cheapestOf(options);
  const indistinct = indistinctOf(options, best).map(({ instance }) => instance);
  const { devices, power } = context;
  const monthAt = (option: CostOption, part: number): Range | null => queue.monthAt(option, part);
  return {
    ...section,
    ...beside({ assumptions, options, unit, devices, power, monthAt }),
    ...{ options, cheapest: best?.instance ?? null, indistinct },
    batching: section.batching ? queue.batched(section.batching, rate) : null,
  };
}

class Queue {
  /** The rows that were simulated. */
  private readonly found = new Map<string, { replicas: number; usdPerHour: number | null }>();

  constructor(
    private readonly section: CostSection,
    private readonly context: SimulationContext,
  ) {}

  /** The same option where there is nothing to simulate, or no time left. */
  simulated(option: CostOption, rate: number): CostOption {
    const { replica, replicas } = option;
    if (option.basis !== 'measured' || !replica || replicas === null) return option;
    const service = this.servicesOf(option).find(
      ({ threads, sessions }) => threads === replica.threads && sessions === replica.sessions,
    );
    const found = service && this.replicasAt(service, rate);
    if (!found) return option;
    this.found.set(option.instance, { replicas: found.replicas, usdPerHour: option.usdPerHour });
    // Money is in proportion to the count, whatever the traffic is.
    const times = (usd: number | null): number | null => (usd === null ? null : (usd * found.replicas) / replicas);
    const waiting = 1 - found.utilization;
    return {
      ...option,
      replicas: found.replicas,
      usdPerMonth: times(option.usdPerMonth),
      usdPerMillion: times(option.usdPerMillion),
      percentileNs: found.percentileNs,
      idleShare: [waiting, waiting],
      ...(found.replicas === replicas
        ? {}
        : { holdsUpToRate: null, holdsWithoutOne: null, ...this.autoscaled(option, found.replicas) }),
      estimate: 'simulation',
    };
  }

  /** Of a part of the rate; counted as the option was. */
  monthAt(option: CostOption, rate: number): Range | null {
    const { usdPerHour, estimate } = option;
    if (usdPerHour === null || option.basis !== 'measured') return null;
    const answer = serve(this.servicesOf(option), this.section.assumptions, rate);
    if (!isServed(answer)) return null;
    const simulated = estimate === 'simulation' ? this.replicasAt(answer.service, rate) : null;
    // Where there is no time for it: no more than the whole rate takes.
    const replicas = simulated?.replicas ?? Math.min(answer.replicas, option.replicas ?? Infinity);
    const usd = replicas * usdPerHour * HOURS_PER_MONTH;
    return [usd, usd];
  }

  /** The peak takes as many as were found; an hour below it as many as the formula says, and no more than the peak. */
  private autoscaled(option: CostOption, replicas: number): Pick<CostOption, 'autoscaledUsdPerMonth'> {
    const { usdPerHour, autoscaledUsdPerMonth } = option;
    const { hourly } = this.section.assumptions;
    if (!hourly || usdPerHour === null || autoscaledUsdPerMonth == null) return {};
    const usd = autoscaledUsd(this.servicesOf(option), this.section.assumptions, hourly, usdPerHour, replicas);
    return { autoscaledUsdPerMonth: usd === null ? null : [usd, usd] };
  }

  /** Counted as the row is, so that the two can be told side by side; the formula's where there is no time for it. */
  batched(effect: BatchingEffect, rate: number): BatchingEffect | null {
    const { instance, maxBatch, queueDelayMs } = effect;
    const now = this.found.get(instance);
    const plan = { ...this.section.assumptions, maxBatch, queueDelayMs };
    const answer = serve(this.servicesOf({ instance }, plan), plan, rate);
    const then = now && isServed(answer) ? this.replicasAt(answer.service, rate, plan) : null;
    if (!now || !then) return effect;
    if (then.replicas > now.replicas) return null;
    const each = effect.usdPerMonth === null ? null : (now.usdPerHour ?? 0) * HOURS_PER_MONTH;
    return {
      ...effect,
      replicas: then.replicas,
      replicasNow: now.replicas,
      percentileNs: then.percentileNs,
      usdPerMonth: each === null ? null : (now.replicas - then.replicas) * each,
      estimate: 'simulation',
    };
  }

  private servicesOf(
    { instance }: Pick<CostOption, 'instance'>,
    plan: Plan = this.section.assumptions,
  ): readonly ServiceModel[] {
    return waysToServe(this.context.rows.find((row) => row.instance === instance)?.services ?? [], plan);
  }

  private replicasAt(
    service: ServiceModel,
    ratePerSecond: number,
    plan: Plan = this.section.assumptions,
  ): Simulated | null {
    const { seed, deadlineMs } = this.context;
    const query: ReplicaQuery = queryOf(plan, service, ratePerSecond);
    const found = simulatedReplicas({ ...query, seed, deadlineMs });
    return 'unmetReason' in found || found.basis === 'formula' ? null : found;
  }
}

interface Simulated {
  replicas: number;
  percentileNs: number;
  utilization: number;
}
