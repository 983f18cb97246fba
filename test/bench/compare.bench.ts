import { compareReports } from '../../src/core/report/compare/compare.js';
import { gateOf } from '../../src/core/report/compare/gate.js';
import type { Report } from '../../src/protocol/report.js';
import { realModels } from '../models/index.js';
import type { Benchmark } from './bench.js';
import { profile } from './profiling.js';

const PROFILES = 5;
const BUDGET_SECONDS = 2;
const FAIL_ON = 0.05;

const benchmark: Benchmark = {
  name: 'false alarms between pairs of profiles of one model',
  run: async () => {
    const reports: Report[] = [];
    while (reports.length < PROFILES) reports.push((await profile(realModels.cls, [], BUDGET_SECONDS)).report);
    let pairs = 0;
    let alarms = 0;
    let red = 0;
    for (const base of reports)
      for (const next of reports) {
        if (base === next) continue;
        const comparison = compareReports(base, next);
        pairs++;
        if (comparison.groups.some(({ verdict }) => verdict !== 'same' && verdict !== 'unknown')) alarms++;
        if (gateOf(comparison, FAIL_ON).failures.length > 0) red++;
      }
    return [
      { what: 'pairs compared', value: pairs, unit: '' },
      { what: 'pairs with a kernel called faster or slower', value: alarms, unit: '', bar: { atMost: 0 } },
      { what: 'pairs that a gate at 5 % fails', value: red, unit: '', bar: { atMost: 0 } },
    ];
  },
};

export default benchmark;
