/** Peak resident memory of a model: that of a fresh process which loads and runs it once, less that of an empty worker. */

import type { TextCode } from '../format/text/catalogue.js';
import type { Report, Scenario } from '../protocol/report.js';
import type { MemoryRequest, RunOptions } from '../protocol/worker.js';

/** Asks a process of its own, which is gone afterwards; its temporary folder with it. */
export type AskForMemory = (request: Omit<MemoryRequest, 'kind' | 'temporaryFolder'>) => Promise<number>;

export interface MemoryMeasurement {
  modelPath: string;
  options: RunOptions;
  ask: AskForMemory;
  /** Of an empty worker; measured once for all calls. */
  emptyBytes: () => Promise<number>;
}

/** null: the process did not finish; the scenario then says so. Cancelling rejects. */
export async function measureMemory(
  scenario: Scenario,
  { modelPath, options, ask, emptyBytes }: MemoryMeasurement,
): Promise<Scenario> {
  const dimensions = scenario.dimensions.map(({ name, value }) => ({ name, value }));
  const peak = await ask({ modelPath, options: { ...options, provider: scenario.run.provider }, dimensions });
  const moreBytes = peak - (await emptyBytes());
  // A model this small drowns in what two processes differ by; zero would be a guess.
  return moreBytes > 0 ? withPeakResident(scenario, moreBytes) : withWarning(scenario, 'error.worker.memoryTooSmall');
}

export function withPeakResident(scenario: Scenario, peakResidentBytes: number): Scenario {
  const known = scenario.memory ?? {
    peakActivationBytes: scenario.totals.peakActivationBytes,
    weightBytes: scenario.totals.weightBytes,
    timeline: [],
  };
  return { ...scenario, memory: { ...known, peakResidentBytes } };
}

export const withoutPeakResident = (scenario: Scenario): Scenario =>
  withWarning(scenario, 'error.worker.memoryNotMeasured');

const withWarning = (scenario: Scenario, code: TextCode): Scenario => ({
  ...scenario,
  warnings: [...scenario.warnings, { code, params: {} }],
});

export function withScenario(report: Report, scenario: Scenario): Report {
  return { ...report, scenarios: report.scenarios.map((each) => (each.id === scenario.id ? scenario : each)) };
}
