import type { CapacitySample, Report, Scenario } from '../../../src/protocol/report.js';
import { sampleReport } from '../store/sampleReport.js';

const MS = 1e6;

/** Times of a call that vary a little, as measured ones do. */
export const timesNs = (medianMs: number, count = 120): number[] =>
  Array.from({ length: count }, (_, index) => medianMs * MS * (0.97 + (0.06 * ((index * 37) % count)) / count));

export interface HintReportOptions {
  medianMs?: number;
  threads?: number;
  provider?: string;
  peakMiB?: number;
  createdAt?: string;
  loadTests?: Report['loadTests'];
  capacity?: { batch: number; sessions?: number; threads?: number; ms: number }[];
}

/** A report as a profile leaves it, with round figures; two threads on the CPU unless it is said otherwise. */
export function hintReport(modelPath: string, options: HintReportOptions = {}): Report {
  const {
    medianMs = 40,
    threads = 2,
    provider = 'cpu',
    peakMiB = 118,
    createdAt = '2026-11-20T10:00:00.000Z',
  } = options;
  const report = structuredClone(sampleReport({ modelPath }));
  const samplesNs = timesNs(medianMs);
  report.createdAt = createdAt;
  const scenario: Scenario = {
    id: 'scenario-0',
    label: '',
    phase: 'whole',
    dimensions: [{ name: 'H', value: 640, source: 'default' }],
    inputs: [],
    run: {
      provider,
      threads,
      optimization: 'all',
      warmUpRuns: 3,
      measuredRuns: samplesNs.length,
      tracedRuns: 5,
      budgetSeconds: 10,
      seed: 0,
      command: 'inference-profiler profile',
    },
    totals: { macs: null, elementwiseOps: null, weightBytes: 4e6, peakActivationBytes: null, operatorsWithoutRule: [] },
    latency: {
      medianNs: medianMs * MS,
      confidenceNs: [(medianMs - 0.5) * MS, (medianMs + 0.5) * MS],
      p90Ns: null,
      p95Ns: null,
      p99Ns: null,
      meanNs: medianMs * MS,
      stdDevNs: 0.5 * MS,
      minNs: medianMs * 0.97 * MS,
      maxNs: medianMs * 1.03 * MS,
      sessionCreateNs: 100 * MS,
      firstRunNs: 60 * MS,
      rounds: [{ samplesNs, otherLoadCores: 0, referenceNs: 1, kept: true }],
    },
    memory: { peakResidentBytes: peakMiB * 2 ** 20, peakActivationBytes: null, weightBytes: 4e6, timeline: [] },
    overhead: null,
    kernels: [],
    operators: [],
    warnings: [],
  };
  report.scenarios = [scenario];
  report.capacity = (options.capacity ?? []).map((each): CapacitySample => ({
    scenarioId: scenario.id,
    batch: each.batch,
    threads: each.threads ?? threads,
    sessions: each.sessions ?? 1,
    serviceSamplesNs: timesNs(each.ms),
    itemsPerSecond: (1000 * each.batch * (each.sessions ?? 1)) / each.ms,
    peakResidentBytes: null,
  }));
  if (options.loadTests) report.loadTests = options.loadTests;
  return report;
}
