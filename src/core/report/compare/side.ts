/** One of the two reports, with what matching looks up in it. */

import type { Kernel, OperatorSummary, Report, Scenario, TensorSummary } from '../../../protocol/report.js';
import { familyOf } from '../../attribution/families.js';

export interface Side {
  report: Report;
  scenario: Scenario;
  /** Those that can be run: constants are not. */
  operators: readonly OperatorSummary[];
  byId: ReadonlyMap<string, OperatorSummary>;
  tensors: ReadonlyMap<string, TensorSummary>;
  /** The kernel that runs an operator, by its id; the first where several compute the same. */
  kernelOf: ReadonlyMap<string, Kernel>;
}

export function sideOf(report: Report, scenario: Scenario): Side {
  const kernels = new Map(scenario.kernels.map((kernel) => [kernel.id, kernel]));
  const kernelOf = new Map<string, Kernel>();
  for (const { operatorId, kernelId } of scenario.operators) {
    const kernel = kernelId === null ? undefined : kernels.get(kernelId);
    if (kernel) kernelOf.set(operatorId, kernel);
  }
  // Reports that were made of a trace alone may say it at the kernel only.
  for (const kernel of scenario.kernels)
    for (const id of kernel.operatorIds) if (!kernelOf.has(id)) kernelOf.set(id, kernel);
  const operators = report.operators.filter(({ opType }) => opType !== 'Constant');
  return {
    report,
    scenario,
    operators,
    byId: new Map(report.operators.map((operator) => [operator.id, operator])),
    tensors: new Map(report.tensors.map((tensor) => [tensor.id, tensor])),
    kernelOf,
  };
}

/** Kinds of work of which a network is made; the rest stands between. */
const HEAVY: ReadonlySet<string> = new Set([
  'convolution',
  'transposedConvolution',
  'matmul',
  'attention',
  'recurrent',
  'normalization',
  'pooling',
  'control',
]);

export const isHeavy = ({ opType }: OperatorSummary): boolean => HEAVY.has(familyOf(opType));

/** What kind of work it does, whatever it is called after fusing or quantizing. */
export function workOf({ opType, domain }: OperatorSummary): string {
  const family = familyOf(opType);
  return HEAVY.has(family) || family === 'activation' ? family : `${domain}:${opType}`;
}

/** Name of the first tensor that it makes; '' where it makes none. */
export function outputName(side: Side, operator: OperatorSummary): string {
  const id = operator.outputs.find((each) => each !== '');
  return id === undefined ? '' : (side.tensors.get(id)?.name ?? '');
}

export function outputShape(side: Side, operator: OperatorSummary): readonly number[] | null {
  const id = operator.outputs.find((each) => each !== '');
  return id === undefined ? null : (side.tensors.get(id)?.shape ?? null);
}

/** An operator's name; files may leave it empty, then what it makes names it. */
export const nameOf = (side: Side, operator: OperatorSummary): string =>
  operator.name || outputName(side, operator) || operator.opType;
