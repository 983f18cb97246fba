/**
 * Operators that work element by element. Each is one operation per element of the output, whatever the runtime spends
 * on it: an Exp counts as an Add does. A variadic operator of n inputs is n - 1 operations per element. No MACs.
 */

import type { OperatorCall } from '../call.js';
import { DataTypes, isInteger } from '../../model/dataTypes.js';
import { type Elements, type OperatorRule, rules, type Shapes } from '../rule.js';
import { broadcast, demand, product } from '../shapes.js';
import { type BinaryFunction, combine, mapElements, selectElements } from '../values.js';

const perOutputElement = (call: OperatorCall): number => product(call.out());
const allDims = (call: OperatorCall): (readonly number[])[] => call.inputs.map((_, input) => call.dims(input));
export const broadcastAll = (call: OperatorCall): Shapes => [broadcast(allDims(call))];
const boolean = (): number[] => [DataTypes.bool];

/** Half to even, as the operator's definition says. */
function roundHalfEven(x: number): number {
  const rounded = Math.round(x);
  return Math.abs(x % 1) === 0.5 && rounded % 2 !== 0 ? rounded - 1 : rounded;
}

/** What takes part in the arithmetic of shapes; others keep no value. */
const UNARY_FUNCTIONS: Readonly<Record<string, (x: number) => number>> = {
  Abs: Math.abs,
  Ceil: Math.ceil,
  Exp: Math.exp,
  Floor: Math.floor,
  Log: Math.log,
  Neg: (x) => -x,
  Reciprocal: (x) => 1 / x,
  Relu: (x) => Math.max(0, x),
  Round: roundHalfEven,
  Sign: Math.sign,
  Sqrt: Math.sqrt,
};

function unaryValue(call: OperatorCall): Elements[] {
  const apply = UNARY_FUNCTIONS[call.opType];
  const elements = apply ? call.known(0) : null;
  return [apply && elements ? elements.map(apply) : null];
}

function binaryFunction(call: OperatorCall): BinaryFunction | null {
  const whole = isInteger(call.type(0));
  switch (call.opType) {
    case 'Add':
      return (a, b) => a + b;
    case 'Sub':
      return (a, b) => a - b;
    case 'Mul':
      return (a, b) => a * b;
    case 'Div':
      return whole ? (a, b) => Math.trunc(a / b) : (a, b) => a / b;
    case 'Pow':
      return (a, b) => a ** b;
    case 'Mod':
      return call.int('fmod', 0) === 1 ? (a, b) => a % b : (a, b) => a - b * Math.floor(a / b);
    default:
      return null;
  }
}

const COMPARISONS: Readonly<Record<string, BinaryFunction>> = {
  Equal: (a, b) => Number(a === b),
  Greater: (a, b) => Number(a > b),
  GreaterOrEqual: (a, b) => Number(a >= b),
  Less: (a, b) => Number(a < b),
  LessOrEqual: (a, b) => Number(a <= b),
  And: (a, b) => Number(a !== 0 && b !== 0),
  Or: (a, b) => Number(a !== 0 || b !== 0),
  Xor: (a, b) => Number((a !== 0) !== (b !== 0)),
};

const VARIADIC: Readonly<Record<string, BinaryFunction>> = {
  Max: Math.max,
  Min: Math.min,
  Sum: (a, b) => a + b,
};

function variadicValue(call: OperatorCall): Elements[] {
  const apply = VARIADIC[call.opType];
  if (!apply || call.inputs.length === 0 || !call.mayKnowAll()) return [null];
  let elements = call.known(0);
  let dims = call.dims(0);
  for (let input = 1; input < call.inputs.length && elements !== null; input++) {
    elements = combine(elements, dims, call.known(input), call.dims(input), apply);
    dims = broadcast([dims, call.dims(input)]);
  }
  return [elements];
}

/** Whole numbers are cut towards zero; a bool is 0 or 1. */
function castValue(call: OperatorCall): Elements[] {
  const to = call.opType === 'CastLike' ? call.type(1) : call.requiredInt('to');
  const elements = to === DataTypes.string || call.type(0) === DataTypes.string ? null : call.known(0);
  if (elements === null) return [null];
  if (to === DataTypes.bool) return [mapElements(elements, (x) => Number(x !== 0))];
  return [isInteger(to) ? mapElements(elements, Math.trunc) : elements];
}

function clipValue(call: OperatorCall): Elements[] {
  const elements = call.known(0);
  if (elements === null) return [null];
  const low = call.has(1) ? call.value(1)[0] : call.float('min', -Infinity);
  const high = call.has(2) ? call.value(2)[0] : call.float('max', Infinity);
  return [mapElements(elements, (x) => Math.min(Math.max(x, low ?? -Infinity), high ?? Infinity))];
}

const binary = (value: (call: OperatorCall) => BinaryFunction | null) => ({
  shapes: broadcastAll,
  elementwise: perOutputElement,
  values: (call: OperatorCall): Elements[] => {
    const apply = value(call);
    const left = apply && call.mayKnowAll() ? call.known(0) : null;
    return [apply && left ? combine(left, call.dims(0), call.known(1), call.dims(1), apply) : null];
  },
});

export const elementwiseRules: OperatorRule[] = [
  ...rules(
    'Abs Acos Acosh Asin Asinh Atan Atanh BitwiseNot Ceil Celu Cos Cosh Elu Erf Exp Floor Gelu HardSigmoid HardSwish ' +
      'LeakyRelu Log Mish Neg Reciprocal Relu Round Selu Shrink Sigmoid Sign Sin Sinh Softplus Softsign Sqrt Swish Tan ' +
      'Tanh ThresholdedRelu',
    { elementwise: perOutputElement, values: unaryValue },
  ),
  ...rules('Affine ParametricSoftplus ScaledTanh Scale', { elementwise: perOutputElement }),
  ...rules('Clip', { elementwise: perOutputElement, values: clipValue }),
  ...rules('Not', {
    types: boolean,
    elementwise: perOutputElement,
    values: (call) => [mapElements(call.known(0), (x) => Number(x === 0))],
  }),
  ...rules('IsNaN IsInf', { types: boolean, elementwise: perOutputElement }),
  ...rules('Add Sub Mul Div Pow Mod', binary(binaryFunction)),
  ...rules('BitShift BitwiseAnd BitwiseOr BitwiseXor PRelu', { shapes: broadcastAll, elementwise: perOutputElement }),
  ...rules('And Or Xor Equal Greater GreaterOrEqual Less LessOrEqual', {
    ...binary((call) => COMPARISONS[call.opType] ?? null),
    types: boolean,
  }),
  ...rules('Max Min Mean Sum', {
    shapes: (call) => {
      demand(call.inputs.length > 0);
      return broadcastAll(call);
    },
    elementwise: (call) => product(call.out()) * Math.max(1, call.inputs.length - 1),
    values: variadicValue,
  }),
  ...rules('Where', {
    types: (call) => [call.type(1) === 0 ? call.type(2) : call.type(1)],
    shapes: broadcastAll,
    elementwise: perOutputElement,
    values: (call, shapes) => [selectElements(call, shapes[0] ?? null)],
  }),
  // A change of representation: bytes move, nothing is computed.
  ...rules('Cast', { types: (call) => [call.requiredInt('to')], values: castValue }),
  ...rules('CastLike', { types: (call) => [call.type(1)], values: castValue }),
];
