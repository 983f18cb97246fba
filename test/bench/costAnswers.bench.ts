/** Answers by formula: what a change of an assumption waits for. */

import { costOf, measuredReport } from '../webview/costFixture.js';
import type { Benchmark, Figure } from './bench.js';

const TURNS = 20;

function meanMs(instances: string | null): number {
  const report = measuredReport();
  costOf(report, { instances });
  const began = performance.now();
  for (let turn = 0; turn < TURNS; turn++) costOf(report, { instances, rate: 40 + turn });
  return (performance.now() - began) / TURNS;
}

export default {
  name: 'what serving costs, by formula',
  run(): Figure[] {
    return [
      { what: 'the usual machines', value: meanMs(null), unit: 'ms', bar: { atMost: 50 } },
      { what: 'forty machines', value: meanMs('*'), unit: 'ms', bar: { atMost: 50 } },
    ];
  },
} satisfies Benchmark;
