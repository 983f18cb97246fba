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

/** What a rule's part says, or why it has no answer. An error that is not a `RuleStop` is a bug of a rule, and stays one. */
function attempt<T>(part: (call: OperatorCall) => T, call: OperatorCall): T | RuleStop {
  try {
    return part(call);
  } catch (error) {
    if (error instanceof RuleStop) return error;
    throw error;
  }
}

const known = <T>(result: T | RuleStop): T | null => (result instanceof RuleStop ? null : result);

const isFoldable = (dims: readonly number[] | null): boolean => dims !== null && product(dims) <= MAXIMUM_FOLDED;

function elementsOf(rule: OperatorRule, call: OperatorCall, shapes: Shapes, read: ConstantRead): readonly Elements[] {
  const { values } = rule;
  if (!values || !shapes.some(isFoldable)) return [];
  return known(attempt(() => values(call, shapes, read), call)) ?? [];
}

/** Where a rule says nothing of shapes: as the first input. */
const shapeOfFirst = (call: OperatorCall): Shapes => (call.inputs.length > 0 ? [call.dims(0)] : []);

/** Of what was inferred, what can be; a value only where it fits the shape. */
function tensorOf(dataType: number, dims: readonly number[] | null, value: Elements): TensorInfo {
  const shape = dims && isPossibleShape(dims) ? dims : null;
  const info: TensorInfo = { dataType, shape };
  if (value && shape && value.length === product(shape) && value.length <= MAXIMUM_FOLDED) info.value = value;
  return info;
}

/** Shapes, types and small values of `call.outputCount` outputs. */
export function evaluateOutputs(rule: OperatorRule, call: OperatorCall, read: ConstantRead): EvaluatedOutputs {
  const types = rule.types ? (known(attempt(rule.types, call)) ?? []) : null;
  const attempted = attempt(rule.shapes ?? shapeOfFirst, call);
  const shapes = known(attempted) ?? [];
  const elements = shapes.length > 0 ? elementsOf(rule, call, shapes, read) : [];
  let stop = attempted instanceof RuleStop ? attempted.why : null;
  const outputs: TensorInfo[] = [];
  for (let output = 0; output < call.outputCount; output++) {
    const dims = shapes[output] ?? null;
    const dataType = types ? types[output] : call.type(0);
    const info = tensorOf(dataType ?? 0, dims, elements[output] ?? null);
    if (info.shape === null) stop ??= dims === null ? 'needsValue' : 'mismatch';
    outputs.push(info);
  }
  return { outputs, stop };
}

function sumBytes(infos: readonly (TensorInfo | null)[]): number {
  let sum = 0;
  for (const info of infos) if (info) sum += bytesOf(info);
  return sum;
}

const inputBytes = (call: OperatorCall): number => sumBytes(call.inputs);
const outputBytes = (call: OperatorCall): number => sumBytes(call.outputs);
const none = (): number => 0;

function count(part: (call: OperatorCall) => number, call: OperatorCall): number | null {
  const result = known(attempt(part, call));
  return result !== null && Number.isFinite(result) && result >= 0 ? result : null;
}

/** Cost of one execution, by a call that has its outputs. */
export function evaluateCost(rule: OperatorRule, call: OperatorCall): OperatorCost {
  return {
    macs: count(rule.macs ?? none, call),
    elementwiseOps: count(rule.elementwise ?? none, call),
    readBytes: count(rule.view ? none : (rule.readBytes ?? inputBytes), call),
    writtenBytes: count(rule.view ? none : (rule.writtenBytes ?? outputBytes), call),
  };
}

/** Bytes of a tensor; null for strings and unknown shapes. */
export const knownBytes = (info: TensorInfo): number | null => info.shape && tensorBytes(info.dataType, info.shape);

const ownValue = (info: TensorInfo): Elements => info.value ?? null;

/** A call whose shapes are known on both sides. */
export function costCall(
  node: CallSource,
  opset: number,
  inputs: readonly (TensorInfo | null)[],
  outputs: readonly (TensorInfo | null)[],
): OperatorCall {
  return new OperatorCall(node, opset, inputs, outputs.length, ownValue, outputs);
}
