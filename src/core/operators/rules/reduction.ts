/**
 * Reductions: one elementwise operation per input element. No MACs. Axes are an attribute at first and an input later
 * (ReduceSum from 13, the others from 18); a rule looks at both, since a model may be converted by halves.
 */

import type { OperatorCall } from '../call.js';
import { DataTypes } from '../../model/dataTypes.js';
import { type Elements, type OperatorRule, rules, type Shapes } from '../rule.js';
import { positiveAxis, product } from '../shapes.js';
import { forEachIndex, strides } from '../values.js';

const perInputElement = (call: OperatorCall): number => product(call.dims(0));

function reducedAxes(call: OperatorCall): ReadonlySet<number> {
  const rank = call.dims(0).length;
  const axes = call.has(1) ? call.value(1) : (call.ints('axes') ?? []);
  if (axes.length === 0 && call.int('noop_with_empty_axes', 0) === 1) return new Set();
  if (axes.length === 0) return new Set(Array.from({ length: rank }, (_, axis) => axis));
  return new Set(axes.map((axis) => positiveAxis(axis, rank)));
}

function reducedShape(dims: readonly number[], axes: ReadonlySet<number>, keep: boolean): number[] {
  if (keep) return dims.map((dim, axis) => (axes.has(axis) ? 1 : dim));
  return dims.filter((_, axis) => !axes.has(axis));
}

const REDUCERS: Readonly<Record<string, { start: number; apply: (a: number, b: number) => number }>> = {
  ReduceSum: { start: 0, apply: (a, b) => a + b },
  ReduceMean: { start: 0, apply: (a, b) => a + b },
  ReduceProd: { start: 1, apply: (a, b) => a * b },
  ReduceMax: { start: -Infinity, apply: Math.max },
  ReduceMin: { start: Infinity, apply: Math.min },
};

function reducedValue(call: OperatorCall): Elements[] {
  const reducer = REDUCERS[call.opType];
  const elements = reducer ? call.known(0) : null;
  if (!reducer || elements === null) return [null];
  const dims = call.dims(0);
  const axes = reducedAxes(call);
  const target = reducedShape(dims, axes, true);
  const step = strides(target);
  const result = new Array<number>(product(target)).fill(reducer.start);
  forEachIndex(dims, (index, position) => {
    const place = index.reduce((sum, i, axis) => sum + (axes.has(axis) ? 0 : i * step[axis]!), 0);
    result[place] = reducer.apply(result[place]!, elements[position]!);
  });
  const count = elements.length / Math.max(1, result.length);
  return [call.opType === 'ReduceMean' ? result.map((sum) => sum / count) : result];
}

const reduce = {
  shapes: (call: OperatorCall): Shapes => [
    reducedShape(call.dims(0), reducedAxes(call), call.int('keepdims', 1) === 1),
  ],
  elementwise: perInputElement,
  values: reducedValue,
};

function argShape(call: OperatorCall): Shapes {
  const dims = call.dims(0);
  const axes = new Set([positiveAxis(call.int('axis', 0), dims.length)]);
  return [reducedShape(dims, axes, call.int('keepdims', 1) === 1)];
}

export const reductionRules: OperatorRule[] = [
  ...rules(
    'ReduceL1 ReduceL2 ReduceLogSum ReduceLogSumExp ReduceMax ReduceMean ReduceMin ReduceProd ReduceSum ' +
      'ReduceSumSquare',
    reduce,
  ),
  ...rules('ArgMax ArgMin', { types: () => [DataTypes.int64], shapes: argShape, elementwise: perInputElement }),
  ...rules('CumSum CumProd', { elementwise: perInputElement, values: cumulative }),
  ...rules('ReduceSumInteger', { ...reduce, types: () => [DataTypes.int32] }, 1, 'com.microsoft'),
  ...rules('QLinearReduceMean', { ...reduce, types: (call) => [call.type(0)] }, 1, 'com.microsoft'),
];

/** Along the only axis: how exporters count positions. */
function cumulative(call: OperatorCall): Elements[] {
  const elements = call.known(0);
  if (call.opType !== 'CumSum' || elements === null || call.dims(0).length !== 1) return [null];
  const ordered = call.int('reverse', 0) === 1 ? elements.toReversed() : elements;
  let sum = 0;
  const exclusive = call.int('exclusive', 0) === 1;
  const sums = ordered.map((element) => (exclusive ? (sum += element) - element : (sum += element)));
  return [call.int('reverse', 0) === 1 ? sums.reverse() : sums];
}
