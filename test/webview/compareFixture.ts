/** A comparison of two made-up runs with one of everything: a broken fusion, a heavier kernel, new, gone, faster. */

import { compareReports } from '../../src/core/report/compare/compare.js';
import { gateOf } from '../../src/core/report/compare/gate.js';
import type { Comparison } from '../../src/protocol/compare.js';
import type { Report } from '../../src/protocol/report.js';
import { type KernelSpec, type NodeSpec, runOf } from '../unit/compareFixture.js';

function chain(pairs: number): { nodes: NodeSpec[]; kernels: KernelSpec[] } {
  const nodes: NodeSpec[] = [];
  const kernels: KernelSpec[] = [];
  for (let pair = 0; pair < pairs; pair += 1) {
    const conv = `/backbone/stage${Math.floor(pair / 6) + 1}/block${pair % 6}/conv/Conv`;
    const relu = conv.replace('conv/Conv', 'act/Relu');
    nodes.push(
      { name: conv, opType: 'Conv', shape: [1, 8 + pair] },
      { name: relu, opType: 'Relu', shape: [1, 8 + pair] },
    );
    kernels.push({ runs: [conv, relu], ms: 3 / (1 + pair * 0.3), macs: 1e6 * (pair + 1) });
  }
  return { nodes, kernels };
}

export function buildComparison(pairs = 24): { base: Report; report: Report; comparison: Comparison } {
  const [before, after] = [chain(pairs), chain(pairs)];
  const [conv, relu] = after.kernels[2]!.runs as [string, string];
  after.kernels.splice(2, 1, { runs: [conv], ms: 2, macs: 3e6 }, { runs: [relu], opType: 'Relu', ms: 0.3 });
  after.kernels[4] = { ...after.kernels[4]!, ms: after.kernels[4]!.ms * 1.32, macs: 5.2e6 };
  after.kernels[1] = { ...after.kernels[1]!, ms: after.kernels[1]!.ms * 0.7 };
  const gone = after.nodes[20]!.name;
  after.nodes.splice(20, 2, { name: '/backbone/gelu/Gelu', opType: 'Gelu', shape: [1, 999] });
  const at = after.kernels.findIndex(({ runs }) => runs.includes(gone));
  after.kernels.splice(at, 1, { runs: ['/backbone/gelu/Gelu'], opType: 'Gelu', ms: 0.2 });
  const base = runOf({ ...before, seed: 1 });
  const report = runOf({ ...after, seed: 2, peakResidentBytes: 62 * 2 ** 20, fileBytes: 4_900_000, macs: 301e6 });
  base.model.path = report.model.path = 'models/ch_PP-OCRv4_det_infer.onnx';
  base.git = { commit: '1a2b3c4d5e6f', dirty: false };
  base.environment = { ...base.environment, runtimeVersion: '1.22.0' };
  report.scenarios[0]!.run.threads = 4;
  report.model.outputs = [{ name: 'y', dataType: 'float32', shape: ['batch', 16] }];
  const compared = compareReports(base, report);
  return { base, report, comparison: { ...compared, gate: gateOf(compared, 0.05) } };
}
