/** One scenario of a report with what every view looks up in it. */

import type { Kernel, OperatorSummary, Report, Scenario, TensorSummary } from '../../protocol/report.js';

export interface ScenarioIndex {
  report: Report;
  scenario: Scenario;
  operators: ReadonlyMap<string, OperatorSummary>;
  tensors: ReadonlyMap<string, TensorSummary>;
  /** What shares are of: the median, or the kernels' sum and what lies outside them while there is no median. */
  wholeNs: number;
  /** More is still being measured, or the run was stopped before its end. */
  draft: boolean;
}

/** null when the report has no such scenario (a static report may have none). */
export function indexScenario(report: Report, scenarioId: string | null): ScenarioIndex | null {
  const scenario = report.scenarios.find((one) => one.id === scenarioId) ?? report.scenarios[0];
  if (!scenario) return null;
  const kernelsNs = scenario.kernels.reduce((sum, kernel) => sum + kernel.selfTimeNs, 0);
  return {
    report,
    scenario,
    operators: new Map(report.operators.map((operator) => [operator.id, operator])),
    tensors: new Map(report.tensors.map((tensor) => [tensor.id, tensor])),
    wholeNs: scenario.latency?.medianNs ?? kernelsNs + (scenario.overhead?.timeNs ?? 0),
    draft: report.status === 'partial',
  };
}

export type KernelCategory = 'compute' | 'other' | 'layout';

const COMPUTE_TYPE =
  /Conv|MatMul|Gemm|Gemv|Einsum|Attention|LSTM|GRU|RNN|MoE|^QLinear(Conv|MatMul)|DeformConv|ConvTranspose/;

/** Which colour and legend entry a kernel belongs to. */
export function categoryOf(kernel: Kernel): KernelCategory {
  if (kernel.kind !== 'compute') return 'layout';
  if (kernel.macs !== null && kernel.macs > 0) return 'compute';
  return kernel.macs === null && COMPUTE_TYPE.test(kernel.opType) ? 'compute' : 'other';
}

/** The operator that a kernel is named after: the first of its own type, else the first. */
export function mainOperator(index: ScenarioIndex, kernel: Kernel): OperatorSummary | null {
  let first: OperatorSummary | null = null;
  for (const id of kernel.operatorIds) {
    const operator = index.operators.get(id);
    if (!operator) continue;
    if (kernel.opType.includes(operator.opType)) return operator;
    first ??= operator;
  }
  return first;
}

/** An operator's name; files may leave it empty, then what it makes names it. */
export function operatorName(index: ScenarioIndex, operator: OperatorSummary): string {
  if (operator.name !== '') return operator.name;
  const output = operator.outputs.find((id) => id !== '');
  return (output === undefined ? undefined : index.tensors.get(output)?.name) ?? operator.id;
}

/** Of the whole, 0 to 1; 0 when nothing was measured. */
export const shareOf = (index: ScenarioIndex, timeNs: number): number =>
  index.wholeNs > 0 ? timeNs / index.wholeNs : 0;

/** Multiply-accumulates to GFLOP/s (1 MAC = 2 FLOP; FLOP per nanosecond are GFLOP per second); null where none apply. */
export const gigaflopsPerSecond = (macs: number | null, timeNs: number): number | null =>
  macs === null || macs <= 0 || timeNs <= 0 ? null : (2 * macs) / timeNs;
