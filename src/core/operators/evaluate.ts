/** One operator: outputs from inputs, cost from both. Whatever the rule cannot say is unknown; nothing is thrown. */

import { tensorBytes } from '../model/dataTypes.js';
import { bytesOf } from './bytes.js';
import { type CallSource, OperatorCall } from './call.js';
import { type ConstantRead, type Elements, MAXIMUM_FOLDED, type OperatorRule, type Shapes } from './rule.js';
import { isPossibleShape, product, RuleStop } from './shapes.js';
import type { OperatorCost, TensorInfo } from './types.js';

export interface EvaluatedOutputs {
  outputs: TensorInfo[];
  /** Why a shape is not known; null when all are. */
  stop: RuleStop['why'] | null;
}

/** A rule's part, or why it has no answer. An error that is not a `RuleStop` is a bug of a rule, and stays one. */
function attempt<T>(part: () => T): T | RuleStop {
  try {
    return part();
  } catch (error) {
    if (error instanceof RuleStop) return error;
    throw error;
  }
}

const known = <T>(result: T | RuleStop): T | null => (result instanceof RuleStop ? null : result);

function elementsOf(rule: OperatorRule, call: OperatorCall, shapes: Shapes, read: ConstantRead): readonly Elements[] {
  const foldable = shapes.some((dims) => dims !== null && product(dims) <= MAXIMUM_FOLDED);
  return (rule.values && foldable && known(attempt(() => rule.values?.(call, shapes, read)))) || [];
}

/** Shapes, types and small values of `call.outputCount` outputs. */
export function evaluateOutputs(rule: OperatorRule, call: OperatorCall, read: ConstantRead): EvaluatedOutputs {
  const types = rule.types ? (known(attempt(() => rule.types?.(call))) ?? []) : null;
  const attempted = attempt(() => (rule.shapes ? rule.shapes(call) : call.inputs.map(() => call.dims(0)).slice(0, 1)));
  const shapes = known(attempted) ?? [];
  const elements = shapes.length > 0 ? elementsOf(rule, call, shapes, read) : [];
  let stop = attempted instanceof RuleStop ? attempted.why : null;
  const outputs = Array.from({ length: call.outputCount }, (_, output): TensorInfo => {
    const inferred = shapes[output] ?? null;
    const shape = inferred && isPossibleShape(inferred) ? inferred.slice() : null;
    if (shape === null) stop ??= inferred === null ? 'needsValue' : 'mismatch';
    const info: TensorInfo = { dataType: (types ? types[output] : call.type(0)) ?? 0, shape };
    const value = elements[output];
    if (value && shape && value.length === product(shape) && value.length <= MAXIMUM_FOLDED) info.value = value;
    return info;
  });
  return { outputs, stop };
}

const sumBytes = (infos: readonly (TensorInfo | null)[]): number =>
  infos.reduce((sum, info) => sum + (info ? bytesOf(info) : 0), 0);

function count(part: () => number): number | null {
  const result = known(attempt(part));
  return result !== null && Number.isFinite(result) && result >= 0 ? result : null;
}

/** Cost of one execution, by a call that has its outputs. */
export function evaluateCost(rule: OperatorRule, call: OperatorCall): OperatorCost {
  return {
    macs: rule.macs ? count(() => rule.macs?.(call) ?? 0) : 0,
    elementwiseOps: rule.elementwise ? count(() => rule.elementwise?.(call) ?? 0) : 0,
    readBytes: rule.view ? 0 : count(() => rule.readBytes?.(call) ?? sumBytes(call.inputs)),
    writtenBytes: rule.view ? 0 : count(() => rule.writtenBytes?.(call) ?? sumBytes(call.outputs)),
  };
}

/** Bytes of a tensor; null for strings and unknown shapes. */
export const knownBytes = (info: TensorInfo): number | null => info.shape && tensorBytes(info.dataType, info.shape);

export const ownValue = (info: TensorInfo): Elements => info.value ?? null;

export function costCall(
  node: CallSource,
  opset: number,
  inputs: readonly (TensorInfo | null)[],
  outputs: readonly (TensorInfo | null)[],
  readValue: (info: TensorInfo) => Elements = ownValue,
): OperatorCall {
  return new OperatorCall(node, opset, inputs, outputs.length, readValue, outputs);
}
