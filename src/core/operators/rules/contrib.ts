/**
 * What else ONNX Runtime's optimiser and exporters put into graphs: fused activations and sums (one elementwise
 * operation per element for each part: BiasGelu 2, FastGelu 8 as its tanh form spells it out), layout changes of blocked
 * convolutions (`com.microsoft.nchwc`) and channels-last kin (`com.ms.internal.nhwc`), whose costs are those of the
 * operators they stand for, on shapes with padded channels.
 */

import type { OperatorCall } from '../call.js';
import { type OperatorRule, type RuleBody, rules } from '../rule.js';
import { at, broadcast, demand, needsValue, product } from '../shapes.js';
import { convolution, quantizedConvolution, transposed } from './convolution.js';
import { globalPool, pool } from './pooling.js';

const MICROSOFT = 'com.microsoft';
const NCHWC = 'com.microsoft.nchwc';
const NHWC = 'com.ms.internal.nhwc';

const perElement = (count: number): RuleBody => ({ elementwise: (call) => count * product(call.out()) });

/** Input plus bias, then halves multiplied: B × S × 2H gives B × S × H. */
const splitGelu: RuleBody = {
  shapes: (call) => {
    const dims = call.dims(0);
    return [[...dims.slice(0, -1), at(dims, -1) / 2]];
  },
  elementwise: (call) => 4 * product(call.out()),
};

/** Real and imaginary parts side by side: 4 products and 2 sums for each complex element. */
const complexProduct: RuleBody = {
  shapes: (call) => [broadcast([call.dims(0), call.dims(1)])],
  elementwise: (call) => 3 * product(call.out()),
};

const realTransform: RuleBody = {
  shapes: (call) => {
    const dims = call.dims(0);
    const inverse = call.opType === 'Irfft';
    const rank = inverse ? dims.length - 1 : dims.length;
    const spatial = call.int('signal_ndim', 1);
    demand(spatial <= rank);
    if (inverse) return [[...dims.slice(0, -2), (at(dims, -2) - 1) * 2]];
    return [[...dims.slice(0, -1), Math.floor(at(dims, -1) / 2) + 1, 2]];
  },
  elementwise: (call) => {
    const points = Math.max(product(call.out()), product(call.dims(0)));
    return Math.ceil(2.5 * points * Math.log2(Math.max(2, at(call.dims(0), call.opType === 'Irfft' ? -2 : -1))));
  },
};

/** Channels padded up to a whole block, or cut again to those that count. */
const reorderInput: RuleBody = {
  shapes: (call) => {
    const dims = call.dims(0);
    const last = call.int('channels_last', 0) === 1;
    const channels = at(dims, last ? -1 : 1);
    const spatial = last ? dims.slice(1, -1) : dims.slice(2);
    // The block is 8 or 16 by the machine's vectors: what is known is that channels are not fewer.
    return [[at(dims, 0), Math.ceil(channels / 8) * 8, ...spatial]];
  },
};
const reorderOutput: RuleBody = {
  shapes: (call) => {
    const dims = call.dims(0);
    const channels = call.int('channels', at(dims, 1));
    const spatial = dims.slice(2);
    return [
      call.int('channels_last', 0) === 1 ? [at(dims, 0), ...spatial, channels] : [at(dims, 0), channels, ...spatial],
    ];
  },
};

const upsampled: RuleBody = {
  shapes: (call) => {
    const scales = call.ints('scales') ?? needsValue();
    return [call.dims(0).map((dim, axis) => dim * (scales[axis] ?? 1))];
  },
  elementwise: (call) => product(call.out()) * (call.text('mode', 'nearest') === 'linear' ? 8 : 1),
};

function expandedEmbedding(call: OperatorCall): number[][] {
  return [[...call.dims(1), ...call.dims(0).slice(1)]];
}

export const contribRules: OperatorRule[] = [
  ...rules('Gelu QuickGelu', perElement(1), 1, MICROSOFT),
  ...rules('FastGelu', perElement(8), 1, MICROSOFT),
  ...rules('BiasGelu BiasDropout BitmaskBiasDropout', perElement(2), 1, MICROSOFT),
  ...rules('BiasAdd', perElement(2), 1, MICROSOFT),
  ...rules('BiasSplitGelu', splitGelu, 1, MICROSOFT),
  ...rules('ComplexMul ComplexMulConj', complexProduct, 1, MICROSOFT),
  ...rules('Rfft Irfft', realTransform, 1, MICROSOFT),
  ...rules('TorchEmbedding', { shapes: expandedEmbedding, readBytes: () => needsValue() }, 1, MICROSOFT),
  ...rules('FusedConv Conv', convolution(1, 2), 1, NCHWC),
  ...rules('MaxPool AveragePool', pool(), 1, NCHWC),
  ...rules('GlobalMaxPool GlobalAveragePool', globalPool(), 1, NCHWC),
  ...rules('Upsample', upsampled, 1, NCHWC),
  ...rules('ReorderInput', reorderInput, 1, NCHWC),
  ...rules('ReorderOutput', reorderOutput, 1, NCHWC),
  ...rules('Conv FusedConv', convolution(1, 2, true), 1, NHWC),
  ...rules('QLinearConv', quantizedConvolution(true), 1, NHWC),
  ...rules('ConvTranspose', transposed(1, 2, true), 1, NHWC),
  ...rules('MaxPool AveragePool', pool(true), 1, NHWC),
  ...rules('GlobalMaxPool GlobalAveragePool QLinearGlobalAveragePool', globalPool(true), 1, NHWC),
  ...rules('QLinearAveragePool', pool(true), 1, NHWC),
  ...rules('BatchNormalization', perElement(2), 1, NHWC),
  ...rules('InstanceNormalization LRN', perElement(8), 1, NHWC),
];
