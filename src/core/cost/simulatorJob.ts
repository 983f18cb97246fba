/** What the simulating thread is asked, and what it answers. */

import type { CostSection } from '../../protocol/cost.js';
import { type SimulationBasis, withSimulation } from './answers/simulatedRows.js';

export interface SimulatorJob {
  section: CostSection;
  basis: SimulationBasis;
  seed: number;
  /** Rows that are not reached within it keep the formula's answer. */
  budgetMs: number;
}

export const runSimulatorJob = ({ section, basis, seed, budgetMs }: SimulatorJob): CostSection =>
  withSimulation(section, { ...basis, seed, deadlineMs: performance.now() + budgetMs });
