/**
 * Fourier transforms, counted as fast ones: 5 × n × log2(n) elementwise operations for each transform of n points
 * (half for a real one). No MACs. A mel matrix is built once per element.
 */

import { DataTypes } from '../../model/dataTypes.js';
import type { OperatorCall } from '../call.js';
import { type OperatorRule, type RuleBody, rules } from '../rule.js';
import { at, demand, positiveAxis, product, withAxis } from '../shapes.js';

const transform = (points: number, real: boolean): number =>
  Math.ceil((5 * points * Math.log2(Math.max(2, points))) / (real ? 2 : 1));

/** The axis is an attribute before opset 20, then the third input. */
function dftAxis(call: OperatorCall): number {
  const rank = call.dims(0).length;
  return positiveAxis(call.opset < 20 ? call.int('axis', 1) : (call.optional(2)?.[0] ?? -2), rank);
}

function dftShape(call: OperatorCall): number[] {
  const dims = call.dims(0);
  const axis = dftAxis(call);
  const points = call.optional(1)?.[0] ?? at(dims, axis);
  const inverse = call.int('inverse', 0) === 1;
  const half = call.int('onesided', 0) === 1;
  const length = half && !inverse ? Math.floor(points / 2) + 1 : points;
  return withAxis(withAxis(dims, axis, length), dims.length - 1, half && inverse ? 1 : 2);
}

const dft: RuleBody = {
  shapes: (call) => [dftShape(call)],
  elementwise: (call) => {
    const dims = call.dims(0);
    const points = call.known(1)?.[0] ?? at(dims, dftAxis(call));
    const count = product(dims) / at(dims, -1) / Math.max(1, at(dims, dftAxis(call)));
    return count * transform(points, at(dims, -1) === 1);
  },
};

const frameLength = (call: OperatorCall): number => (call.has(3) ? at(call.value(3), 0) : at(call.dims(2), 0));

const stft: RuleBody = {
  shapes: (call) => {
    const dims = call.dims(0);
    const length = frameLength(call);
    const step = at(call.value(1), 0);
    demand(step > 0);
    const bins = call.int('onesided', 1) === 1 ? Math.floor(length / 2) + 1 : length;
    return [[at(dims, 0), Math.floor((at(dims, 1) - length) / step) + 1, bins, 2]];
  },
  elementwise: (call) => {
    const frames = at(call.out(), 0) * at(call.out(), 1);
    return frames * (transform(frameLength(call), true) + (call.has(2) ? frameLength(call) : 0));
  },
};

const mel: RuleBody = {
  types: (call) => [call.int('output_datatype', DataTypes.float32)],
  shapes: (call) => [[Math.floor(at(call.value(1), 0) / 2) + 1, at(call.value(0), 0)]],
  elementwise: (call) => product(call.out()),
};

export const signalRules: OperatorRule[] = [
  ...rules('DFT', dft, 17),
  ...rules('STFT', stft, 17),
  ...rules('MelWeightMatrix', mel, 17),
];
