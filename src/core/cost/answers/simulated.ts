/** What the simulation of the queue says of the answer that the formula gave at once. */

import type { CostSection } from '../../../protocol/cost.js';
import { simulate } from '../simulation.js';
import { type AnswerRequest, servicesOfAnswer } from './answers.js';

const ARRIVALS = 20_000;
const DEADLINE_MS = 400;
/** So many machines more are tried where the formula was too hopeful. */
const MOST_MORE = 3;

/** The section with the measured answer's row as simulated; the same section where there is nothing to simulate. */
export function simulated(request: AnswerRequest, section: CostSection): CostSection {
  const { rate, percentile, targetMs, spareReplicas } = section.assumptions;
  const found = servicesOfAnswer(request, section);
  const { option, service } = found ?? {};
  if (!option || !service || rate === null || !(rate > 0) || option.replicas === null) return section;
  for (let more = 0; more <= MOST_MORE; more++) {
    const replicas = option.replicas + more;
    const stays = simulate({
      service,
      replicas: Math.max(1, replicas - spareReplicas),
      seed: 1,
      arrivals: { ratePerSecond: rate, count: ARRIVALS },
      deadlineMs: performance.now() + DEADLINE_MS,
    });
    const figures: Partial<Record<number, number | null>> = {
      50: stays.p50Ns,
      90: stays.p90Ns,
      95: stays.p95Ns,
      99: stays.p99Ns,
    };
    const percentileNs = figures[percentile] ?? null;
    if (percentileNs === null) return section;
    if (targetMs !== null && percentileNs > targetMs * 1e6) continue;
    const factor = replicas / option.replicas;
    const scaled = (value: number | null): number | null => (value === null ? null : value * factor);
    const row = {
      ...option,
      replicas,
      percentileNs,
      usdPerMonth: scaled(option.usdPerMonth),
      usdPerMillion: scaled(option.usdPerMillion),
      estimate: 'simulation' as const,
    };
    return { ...section, options: section.options.map((each) => (each === option ? row : each)) };
  }
  return section;
}
