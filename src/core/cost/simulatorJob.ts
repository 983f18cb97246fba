/** What the simulating thread is asked, and what it answers. */

import type { CostSection } from '../../protocol/cost.js';
import { withSimulation } from './answers/simulatedRows.js';
import type { ServiceModel } from './types.js';

export interface SimulatorJob {
  section: CostSection;
  /** Of the measured rows, by instance; '' is the measuring machine that nobody named. */
  services: { instance: string; services: readonly ServiceModel[] }[];
  seed: number;
  /** Rows that are not reached within it keep the formula's answer. */
  budgetMs: number;
}

export function runSimulatorJob({ section, services, seed, budgetMs }: SimulatorJob): CostSection {
  const byInstance = new Map(services.map((one) => [one.instance.toLowerCase(), one.services]));
  return withSimulation(section, {
    servicesOf: ({ instance }) => byInstance.get(instance.toLowerCase()) ?? [],
    seed,
    deadlineMs: performance.now() + budgetMs,
  });
}
