import { medianOf } from '../../src/core/analysis/statistics.js';
import type { Report } from '../../src/protocol/report.js';
import { realModels } from '../models/index.js';
import type { Benchmark } from './bench.js';
import { profile } from './profiling.js';

const BUDGET_SECONDS = 4;
const PROFILES = 10;
const ON_TOP = 3;

const medianMs = ({ scenarios }: Report): number => (scenarios[0]?.latency?.medianNs ?? NaN) / 1e6;

/** By the operators that they run: the optimiser names its own nodes anew in each session. */
function kernelsOnTop({ scenarios }: Report): string {
  const kernels = (scenarios[0]?.kernels ?? []).filter(({ parentId }) => parentId === null);
  const largest = [...kernels].sort((a, b) => b.timeNs - a.timeNs).slice(0, ON_TOP);
  return largest
    .map(({ operatorIds, opType }) => operatorIds.join('+') || opType)
    .sort()
    .join(' ');
}

const benchmark: Benchmark = {
  name: 'ten profiles of the text detector, one after the other',
  run: async () => {
    const reports: Report[] = [];
    while (reports.length < PROFILES) reports.push((await profile(realModels.det, [], BUDGET_SECONDS)).report);
    const medians = reports.map(medianMs);
    const middle = medianOf(medians);
    const farthest = Math.max(...medians.map((one) => Math.abs(one / middle - 1)));
    const counts = new Map<string, number>();
    for (const top of reports.map(kernelsOnTop)) counts.set(top, (counts.get(top) ?? 0) + 1);
    return [
      { what: 'median of the medians', value: middle, unit: 'ms' },
      { what: 'the farthest from it', value: farthest * 100, unit: '%', bar: { atMost: 5 } },
      {
        what: 'with the same three kernels on top',
        value: Math.max(...counts.values()),
        unit: 'of 10',
        bar: { atLeast: 9 },
      },
    ];
  },
};

export default benchmark;
