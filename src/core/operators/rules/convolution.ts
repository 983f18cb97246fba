/**
 * Convolutions. Weights are `M × C/group × k…`, so every output element takes `C/group × Πk` multiply-accumulates:
 * MACs = Π(output) × Π(weights without their first axis). A transposed convolution's weights are `C × M/group × k…` and
 * every *input* element is spread over `M/group × Πk`: MACs = Π(input) × Π(weights without their first axis).
 * Padding is counted as if it were data, as all published counts do. Bias: one elementwise operation per output
 * element, as are a fused activation and a fused sum.
 *
 * Output size of an axis: floor((in + padBegin + padEnd - (dilation × (k - 1) + 1)) / stride) + 1; with auto_pad SAME
 * ceil(in / stride). Transposed: stride × (in - 1) + outputPadding + dilation × (k - 1) + 1 - padBegin - padEnd.
 */

import type { OperatorCall } from '../call.js';
import { DataTypes } from '../../model/dataTypes.js';
import { type OperatorRule, type RuleBody, rules } from '../rule.js';
import { at, demand, product } from '../shapes.js';
import { outputSize, window } from '../window.js';

/** `spatial` of a shape whose channels stand second, or last. */
function splitChannels(dims: readonly number[], channelsLast: boolean): { batch: number; spatial: readonly number[] } {
  demand(dims.length >= 2);
  return { batch: at(dims, 0), spatial: channelsLast ? dims.slice(1, -1) : dims.slice(2) };
}

function convolutionShape(call: OperatorCall, weightsInput: number, channelsLast: boolean): number[] {
  const { batch, spatial } = splitChannels(call.dims(0), channelsLast);
  const weights = call.dims(weightsInput);
  demand(weights.length === spatial.length + 2);
  const kernel = call.ints('kernel_shape') ?? weights.slice(2);
  const size = outputSize(spatial, window(call, kernel));
  return channelsLast ? [batch, ...size, at(weights, 0)] : [batch, at(weights, 0), ...size];
}

const perOutput = (call: OperatorCall, weightsInput: number): number =>
  product(call.out()) * product(call.dims(weightsInput).slice(1));

function epilogue(call: OperatorCall, firstExtraInput: number): number {
  const extras = call.inputs.filter((info, input) => input >= firstExtraInput && info !== null).length;
  return product(call.out()) * (extras + (call.text('activation', '') === '' ? 0 : 1));
}

export const convolution = (weightsInput: number, firstExtraInput: number, channelsLast = false): RuleBody => ({
  shapes: (call) => [convolutionShape(call, weightsInput, channelsLast)],
  macs: (call) => perOutput(call, weightsInput),
  elementwise: (call) => epilogue(call, firstExtraInput),
});

/** Pads that give a wanted output size are worked out from `output_shape`; the size itself is then simply that. */
function transposedSize(call: OperatorCall, spatial: readonly number[], kernel: readonly number[]): readonly number[] {
  const wanted = call.ints('output_shape');
  if (wanted !== null) return wanted.slice(-spatial.length);
  const { strides, dilations, padsBegin, padsEnd, autoPad } = window(call, kernel);
  const extra = call.ints('output_padding') ?? [];
  return spatial.map((size, axis) => {
    const stride = at(strides, axis);
    if (autoPad.startsWith('SAME')) return size * stride;
    const reach = at(dilations, axis) * (at(kernel, axis) - 1) + 1;
    return stride * (size - 1) + (extra[axis] ?? 0) + reach - at(padsBegin, axis) - at(padsEnd, axis);
  });
}

function transposedShape(call: OperatorCall, weightsInput: number, channelsLast: boolean): number[] {
  const { batch, spatial } = splitChannels(call.dims(0), channelsLast);
  const weights = call.dims(weightsInput);
  demand(weights.length === spatial.length + 2);
  const channels = at(weights, 1) * call.int('group', 1);
  const size = transposedSize(call, spatial, call.ints('kernel_shape') ?? weights.slice(2));
  return channelsLast ? [batch, ...size, channels] : [batch, channels, ...size];
}

export const transposed = (weightsInput: number, firstExtraInput: number, channelsLast = false): RuleBody => ({
  shapes: (call) => [transposedShape(call, weightsInput, channelsLast)],
  macs: (call) => product(call.dims(0)) * product(call.dims(weightsInput).slice(1)),
  elementwise: (call) => epilogue(call, firstExtraInput),
});

/** Its pads are an input: begins, then ends. */
const dynamicallyPadded: RuleBody = {
  ...transposed(1, 3),
  shapes: (call) => {
    const pads = call.optional(2) ?? [];
    const shape = transposedShape(call, 1, false);
    const rank = shape.length - 2;
    return [shape.map((dim, axis) => (axis < 2 ? dim : dim - (pads[axis - 2] ?? 0) - (pads[axis - 2 + rank] ?? 0)))];
  },
};

/** Every sampled element is interpolated of four neighbours first: 7 operations for each multiply-accumulate's input. */
const deformable: RuleBody = {
  shapes: (call) => [convolutionShape(call, 1, false)],
  macs: (call) => perOutput(call, 1),
  elementwise: (call) => {
    const taps = product(call.dims(1).slice(2));
    return 7 * (product(call.out()) / at(call.out(), 1)) * at(call.dims(0), 1) * taps;
  },
};

export const quantizedConvolution = (channelsLast: boolean): RuleBody => ({
  shapes: (call) => [convolutionShape(call, 3, channelsLast || call.int('channels_last', 0) === 1)],
  types: (call) => [call.type(7)],
  macs: (call) => perOutput(call, 3),
  // Bias and requantization.
  elementwise: (call) => product(call.out()) * (call.has(8) ? 2 : 1),
});

const integerConvolution: RuleBody = { ...convolution(1, 4), types: () => [DataTypes.int32] };

const MICROSOFT = 'com.microsoft';

export const convolutionRules: OperatorRule[] = [
  ...rules('Conv', convolution(1, 2)),
  ...rules('ConvTranspose', transposed(1, 2)),
  ...rules('DeformConv', deformable, 19),
  ...rules('ConvInteger', integerConvolution, 10),
  ...rules('QLinearConv', quantizedConvolution(false), 10),
  ...rules('FusedConv', convolution(1, 2), 1, MICROSOFT),
  ...rules('NhwcConv NhwcFusedConv', convolution(1, 2, true), 1, MICROSOFT),
  ...rules('QLinearConv', quantizedConvolution(false), 1, MICROSOFT),
  ...rules('QLinearConvTranspose', { ...transposed(3, 8), types: (call) => [call.type(7)] }, 1, MICROSOFT),
  ...rules('ConvTransposeWithDynamicPads', dynamicallyPadded, 1, MICROSOFT),
];
