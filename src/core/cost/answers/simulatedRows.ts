/** The measured rows once more, by simulation of the queue: their counts, money and percentile in the formula's place. */

import type { CostAssumptions, CostOption, CostSection } from '../../../protocol/cost.js';
import { simulatedReplicas } from '../simulatedReplicas.js';
import type { ServiceModel } from '../types.js';
import type { AnswerRequest } from './answers.js';
import { byCertaintyAndCost, cheapestOf, indistinctOf } from './ranking.js';
import { servicesHere } from './services.js';

/** The measured rows' ways to serve, by instance; '' is the measuring machine that nobody named. */
export interface RowServices {
  instance: string;
  services: readonly ServiceModel[];
}

/** What the simulation of a section's rows rests on: `request` is the one that the section answers. */
export function rowServices(request: AnswerRequest, { options }: CostSection): RowServices[] {
  const { report, measurements = [], scenarioId } = request;
  const scenario = report.scenarios.find(({ id }) => id === scenarioId) ?? report.scenarios[0];
  const here = request.services ?? (scenario ? servicesHere(report, scenario) : []);
  const same = (one: string, other: string): boolean => one.toLowerCase() === other.toLowerCase();
  return options.flatMap(({ basis, instance }) =>
    basis === 'measured'
      ? [{ instance, services: measurements.find((one) => same(one.instance, instance))?.services ?? here }]
      : [],
  );
}

export interface SimulationContext {
  /** A row without any is not simulated. */
  rows: readonly RowServices[];
  seed: number;
  /** By the clock of `performance.now`; rows that are not reached keep the formula's answer. */
  deadlineMs: number;
}

/** Projected rows stay as they are: their range is wider than what the formula leaves out. */
export function withSimulation(section: CostSection, context: SimulationContext): CostSection {
  const { rate } = section.assumptions;
  if (rate === null || !(rate > 0)) return section;
  const simulated = section.options.map((option) => simulatedOption(option, section.assumptions, rate, context));
  if (simulated.every((option, index) => option === section.options[index])) return section;
  const options = simulated.sort(byCertaintyAndCost);
  const best = cheapestOf(options);
  const indistinct = indistinctOf(options, best).map(({ instance }) => instance);
  return { ...section, options, cheapest: best?.instance ?? null, indistinct };
}

function simulatedOption(
  option: CostOption,
  assumptions: CostAssumptions,
  rate: number,
  { rows, seed, deadlineMs }: SimulationContext,
): CostOption {
  const { replica, replicas } = option;
  if (option.basis !== 'measured' || !replica || replicas === null) return option;
  const known = rows.find(({ instance }) => instance === option.instance)?.services ?? [];
  const service = known.find(({ threads, sessions }) => threads === replica.threads && sessions === replica.sessions);
  if (!service) return option;
  const found = simulatedReplicas({
    service,
    ratePerSecond: rate,
    percentile: assumptions.percentile / 100,
    targetNs: assumptions.targetMs === null ? null : assumptions.targetMs * 1e6,
    headroom: assumptions.headroomPercent / 100,
    spareReplicas: assumptions.spareReplicas,
    seed,
    deadlineMs,
  });
  if ('unmetReason' in found || found.basis === 'formula') return option;
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
    ...(found.replicas === replicas ? {} : { holdsUpToRate: null, holdsWithoutOne: null }),
    estimate: 'simulation',
  };
}
