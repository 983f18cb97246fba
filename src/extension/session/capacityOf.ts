import type { Report } from '../../protocol/report.js';

/** A report with what another run of the same model said of this machine's capacity. */
export function withCapacity(report: Report, { capacity, scenarios }: Report): Report {
  // Both runs bound the same dimensions, one scenario after the other.
  const idOf = new Map(scenarios.map(({ id }, index) => [id, report.scenarios[index]?.id ?? id]));
  const own = capacity.map((sample) => ({ ...sample, scenarioId: idOf.get(sample.scenarioId) ?? sample.scenarioId }));
  return { ...report, capacity: own };
}
