/**
 * Pools: one elementwise operation per input element that a window covers, Π(output) × Πk; a global pool reads every
 * input element once. No MACs.
 */

import type { OperatorCall } from '../call.js';
import { DataTypes } from '../../model/dataTypes.js';
import { type OperatorRule, type RuleBody, rules } from '../rule.js';
import { at, demand, product } from '../shapes.js';
import { outputSize, window } from '../window.js';

function poolShape(call: OperatorCall, channelsLast: boolean): number[] {
  const dims = call.dims(0);
  const kernel = call.ints('kernel_shape');
  demand(kernel !== null && dims.length === kernel.length + 2);
  const spatial = channelsLast ? dims.slice(1, -1) : dims.slice(2);
  const size = outputSize(spatial, window(call, kernel));
  return channelsLast ? [at(dims, 0), ...size, at(dims, -1)] : [at(dims, 0), at(dims, 1), ...size];
}

export const pool = (channelsLast = false): RuleBody => ({
  types: (call) => [call.type(0), DataTypes.int64],
  shapes: (call) => {
    const shape = poolShape(call, channelsLast || call.int('channels_last', 0) === 1);
    return [shape, shape];
  },
  elementwise: (call) => product(call.out()) * product(call.ints('kernel_shape') ?? []),
});

export const globalPool = (channelsLast = false): RuleBody => ({
  shapes: (call) => {
    const dims = call.dims(0);
    demand(dims.length >= 2);
    const last = channelsLast || call.int('channels_last', 0) === 1;
    return [dims.map((dim, axis) => (axis === 0 || axis === (last ? dims.length - 1 : 1) ? dim : 1))];
  },
  elementwise: (call) => product(call.dims(0)),
});

/** The inverse of a MaxPool; the wanted size may be an input. */
const unpool: RuleBody = {
  shapes: (call) => {
    const wanted = call.optional(2);
    if (wanted !== null) return [wanted];
    const dims = call.dims(0);
    const kernel = call.ints('kernel_shape');
    demand(kernel !== null && dims.length === kernel.length + 2);
    const w = window(call, kernel);
    const size = kernel.map(
      (k, axis) => (at(dims, axis + 2) - 1) * at(w.strides, axis) + k - at(w.padsBegin, axis) - at(w.padsEnd, axis),
    );
    return [[at(dims, 0), at(dims, 1), ...size]];
  },
  elementwise: (call) => product(call.dims(0)),
};

/** Every output element is the mean or the maximum of sampled points, each interpolated of four (7 operations). */
const roiAlign: RuleBody = {
  shapes: (call) => [
    [at(call.dims(1), 0), at(call.dims(0), 1), call.int('output_height', 1), call.int('output_width', 1)],
  ],
  elementwise: (call) => {
    const samples = Math.max(1, call.int('sampling_ratio', 0));
    return product(call.out()) * samples * samples * 8;
  },
};

const maxRoiPool: RuleBody = {
  shapes: (call) => [[at(call.dims(1), 0), at(call.dims(0), 1), ...(call.ints('pooled_shape') ?? [])]],
  elementwise: (call) => product(call.dims(0)),
};

export const poolingRules: OperatorRule[] = [
  ...rules('MaxPool AveragePool LpPool', pool()),
  ...rules('GlobalMaxPool GlobalAveragePool GlobalLpPool', globalPool()),
  ...rules('MaxUnpool', unpool),
  ...rules('RoiAlign', roiAlign, 10),
  ...rules('MaxRoiPool', maxRoiPool),
  ...rules('NhwcMaxPool', pool(true), 1, 'com.microsoft'),
  ...rules('MaxpoolWithMask', pool(), 1, 'com.microsoft'),
  ...rules('QLinearAveragePool', { ...pool(), types: (call) => [call.type(0)] }, 1, 'com.microsoft'),
  ...rules('QLinearGlobalAveragePool', globalPool(), 1, 'com.microsoft'),
];
