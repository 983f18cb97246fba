/** Runs of one model as the panel lists them, newest first: long names, a pinned one, one from elsewhere, one that was stopped. */

import type { HistoryRun } from '../../src/protocol/webview.js';

const COUNT = 14;

export function buildHistory(): HistoryRun[] {
  const runs = Array.from({ length: COUNT }, (_, day): HistoryRun => {
    const medianNs = 40e6 - day * 0.6e6 + (day % 3) * 0.9e6;
    return {
      reportId: `run-${day}`,
      createdAt: new Date(Date.UTC(2026, 9, 2 + day * 3, 8, 15 + day)).toISOString(),
      name: day === 6 ? 'after the merge of the new preprocessing, before the export with opset 19' : null,
      medianNs: day === 9 ? null : medianNs,
      confidenceNs: day === 9 ? null : [medianNs * 0.98, medianNs * 1.02],
      commit: day === 2 ? null : `${String(day).repeat(2)}c0ffee1234567890`.slice(0, 16),
      dirty: day % 4 === 1,
      settings: 'CPU · 2 threads · all optimizations · DynamicDimension.0 = 1, DynamicDimension.1 = 640',
      machine: 'Intel(R) Xeon(R) Platinum 8488C Processor @ 2.40GHz',
      pinned: day === 6,
      foreign: day === 4,
      comparable: day !== 4,
      shown: day === COUNT - 1,
    };
  });
  return runs.reverse();
}
