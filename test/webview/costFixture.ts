/** What serving costs, reckoned from a made-up run by the product's own answers. */

import { answers, type AnswerRequest } from '../../src/core/cost/answers/answers.js';
import { NO_ASSUMPTIONS } from '../../src/core/cost/answers/assumptions.js';
import { catalogue } from '../../src/core/cost/prices/table.js';
import type { CostAssumptions, CostSection } from '../../src/protocol/cost.js';
import type { Report } from '../../src/protocol/report.js';
import type { PageCost } from '../../src/protocol/webview.js';
import { buildReport } from './reportFixture.js';

export const TODAY = '2026-11-22T00:00:00Z';

/** A model that takes about 40 ms on this machine with two threads. */
export function measuredReport(): Report {
  const report = buildReport({ kernels: 60 });
  const scenario = report.scenarios[0]!;
  report.roofline = {
    peakFlopPerSecond: 160e9,
    peakInt8OpPerSecond: null,
    memoryBytesPerSecond: 14e9,
    spread: { flopPerSecond: [150e9, 160e9], int8OpPerSecond: null, bytesPerSecond: [13e9, 14e9] },
    ridgeFlopPerByte: 11.4,
    threads: 2,
    measuredAt: TODAY,
  };
  const serviceSamplesNs = Array.from({ length: 100 }, (_, index) => 38e6 + (index % 10) * 0.4e6);
  report.capacity = [
    {
      scenarioId: scenario.id,
      batch: 1,
      threads: 2,
      sessions: 1,
      serviceSamplesNs,
      itemsPerSecond: 25,
      peakResidentBytes: 200 * 2 ** 20,
    },
  ];
  return report;
}

/** Calls of 1, 2, 4 … items of one session, each of them as long as it says in milliseconds. */
export function batchedReport(times: readonly number[] = [10, 15, 20]): Report {
  const report = measuredReport();
  const [one] = report.capacity;
  report.capacity = times.map((ms, power) => ({
    ...one!,
    batch: 2 ** power,
    serviceSamplesNs: Array.from({ length: 100 }, () => ms * 1e6),
    itemsPerSecond: (2 ** power * 1000) / ms,
  }));
  return report;
}

export const PLANNED: CostAssumptions = {
  ...NO_ASSUMPTIONS,
  rate: 50,
  targetMs: 150,
  thisMachine: 'c7a.large',
  instances: 'c7?.large,g4dn.xlarge',
};

export const costOf = (
  report: Report,
  change: Partial<CostAssumptions> = {},
  more: Partial<AnswerRequest> = {},
): CostSection =>
  answers({ report, assumptions: { ...PLANNED, ...change }, prices: catalogue(), today: TODAY, ...more });

export const pageCost = (section: CostSection, capacityMeasured = true): PageCost => ({
  section,
  regions: ['aws us-east-1', 'gcp us-central1'],
  instances: ['c7a.large', 'c7i.large', 'm7i.large'],
  capacityMeasured,
});
