/** What a stored load test found for just these values: nearer to the truth than a formula. */

import type { LoadStep, StayTimes } from '../../../protocol/loadTest.js';
import type { Report, Scenario } from '../../../protocol/report.js';
import type { ServiceModel } from '../../cost/types.js';

export interface TestedLatency {
  percentileNs: number;
  basis: 'loadTest' | 'simulation';
  /** For how long the rate was held. */
  seconds: number;
}

interface Asked {
  service: ServiceModel;
  batch: number;
  ratePerSecond: number;
  /** 0 to 1. */
  percentile: number;
}

const NAMED: readonly [number, keyof StayTimes][] = [
  [0.5, 'p50Ns'],
  [0.9, 'p90Ns'],
  [0.95, 'p95Ns'],
  [0.99, 'p99Ns'],
];

/** Of one replica: with its sessions, threads, batch and rate; null where no such test is stored. */
export function loadTested({ loadTests }: Report, { id }: Scenario, asked: Asked): TestedLatency | null {
  const { service, batch, ratePerSecond, percentile } = asked;
  const tests = (loadTests ?? []).filter(
    (test) =>
      test.scenarioId === id &&
      test.sessions === service.sessions &&
      test.threads === service.threads &&
      test.batch === batch,
  );
  for (const test of tests.reverse())
    for (const step of test.steps) {
      // One that could not keep up, or was stopped, tells of those alone that were answered.
      if (step.ratePerSecond !== ratePerSecond || step.answered < step.sent) continue;
      const found = latencyOf(step, Math.abs(test.percentile - percentile * 100) < 1e-9, percentile);
      if (found) return found;
    }
  return null;
}

function latencyOf(step: LoadStep, isItsOwn: boolean, percentile: number): TestedLatency | null {
  const name = NAMED.find(([share]) => Math.abs(share - percentile) < 1e-9)?.[1];
  const { seconds } = step;
  const measured = (isItsOwn ? step.percentileNs : null) ?? (name ? step.stay[name] : null);
  if (measured !== null) return { percentileNs: measured, basis: 'loadTest', seconds };
  const simulated = name ? (step.simulated?.[name] ?? null) : null;
  return simulated === null ? null : { percentileNs: simulated, basis: 'simulation', seconds };
}
