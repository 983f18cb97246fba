/** What the simulating thread is asked, and what it answers. */

import type { CostSection } from '../../protocol/cost.js';
import { type RowServices, withSimulation } from './answers/simulatedRows.js';

export interface SimulatorJob {
  section: CostSection;
  rows: RowServices[];
  seed: number;
  /** Rows that are not reached within it keep the formula's answer. */
  budgetMs: number;
}

export const runSimulatorJob = ({ section, rows, seed, budgetMs }: SimulatorJob): CostSection =>
  withSimulation(section, { rows, seed, deadlineMs: performance.now() + budgetMs });
