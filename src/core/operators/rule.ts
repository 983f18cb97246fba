import type { TensorRef } from '../model/graph.js';
import type { OperatorCall } from './call.js';

export type Shapes = readonly (readonly number[] | null)[];
export type Elements = readonly number[] | null;

/**
 * What is known about an operator from `since` on. Each part may throw `RuleStop` (through `OperatorCall`): that part
 * is then unknown, the others are not.
 */
export interface OperatorRule {
  readonly opType: string;
  /** '' is ai.onnx. */
  readonly domain: string;
  /** First opset version of this form. */
  readonly since: number;
  /** Element types of the outputs; every output has the first input's when absent. */
  readonly types?: (call: OperatorCall) => readonly number[];
  /** Shapes of the outputs; every output has the first input's when absent. */
  readonly shapes?: (call: OperatorCall) => Shapes;
  /** Elements of small outputs whose inputs are known. Only asked for outputs of at most `MAXIMUM_FOLDED` elements. */
  readonly values?: (call: OperatorCall, shapes: Shapes, read: ConstantRead) => readonly Elements[];
  /** Absent: multiplies and accumulates nothing. */
  readonly macs?: (call: OperatorCall) => number;
  /** Absent: none. */
  readonly elementwise?: (call: OperatorCall) => number;
  /** Absent: all of the inputs, by type. */
  readonly readBytes?: (call: OperatorCall) => number;
  /** Absent: all of the outputs, by type. */
  readonly writtenBytes?: (call: OperatorCall) => number;
  /** The first output is another view of the first input's buffer: nothing is read or written. */
  readonly view?: boolean;
  /** Differs from run to run: never a constant. */
  readonly random?: boolean;
}

export type ConstantRead = (tensor: TensorRef) => readonly number[] | null;

/** Largest tensor, in elements, whose value is followed through the arithmetic of shapes. */
export const MAXIMUM_FOLDED = 1024;

export type RuleBody = Omit<OperatorRule, 'opType' | 'domain' | 'since'>;

/** One entry for each of some operators that share a rule: `'Relu Elu Selu'`. */
export function rules(opTypes: string, body: RuleBody, since = 1, domain = ''): OperatorRule[] {
  return opTypes.split(/\s+/).map((opType) => ({ ...body, opType, domain, since }));
}
