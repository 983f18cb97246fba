/**
 * One small model for each operator, or form of it, that the runtime has a kernel for: to hold the rules against it.
 * What it takes apart into others instead (HardSwish, GroupNormalization …) leaves nothing to compare.
 */

import type { ModelGraph } from '../../src/core/model/graph.js';
import { type AttributeLiteral, type DataTypeName, GraphBuilder } from '../models/builder.js';

/** An input by its shape, with another type, or with values that the model holds; null is omitted. */
type Operand =
  number[] | { shape: number[]; type: DataTypeName } | { is: number[]; dims?: number[]; type?: DataTypeName } | null;

export interface OperatorCase {
  name: string;
  op: string;
  inputs: Operand[];
  attributes?: Record<string, AttributeLiteral>;
  outputs?: number;
  opset?: number;
  domain?: string;
}

const int64 = (...shape: number[]): Operand => ({ shape, type: 'int64' });
const bool = (...shape: number[]): Operand => ({ shape, type: 'bool' });
const ints = (...is: number[]): Operand => ({ is, type: 'int64' });
const scalarInt = (value: number): Operand => ({ is: [value], dims: [], type: 'int64' });
const scalar = (value: number, type: DataTypeName = 'float32'): Operand => ({ is: [value], dims: [], type });
const uint8 = (...shape: number[]): Operand => ({ shape, type: 'uint8' });
const int8 = (...shape: number[]): Operand => ({ shape, type: 'int8' });

const zero = scalar(0, 'uint8');
const zeroSigned = scalar(0, 'int8');
const scale = scalar(0.1);

function of(
  op: string,
  inputs: Operand[],
  attributes: Record<string, AttributeLiteral> = {},
  rest: Partial<OperatorCase> = {},
) {
  const details = Object.entries(attributes).map(([key, value]) => `${key}=${JSON.stringify(value)}`);
  return { name: [op, ...details, rest.opset ?? ''].join(' ').trim(), op, inputs, attributes, ...rest };
}
const microsoft = (op: string, inputs: Operand[], attributes: Record<string, AttributeLiteral> = {}, outputs = 1) =>
  of(op, inputs, attributes, { domain: 'com.microsoft', outputs });

const image = [1, 4, 9, 11];
const unary = [
  ...['Abs', 'Acos', 'Acosh', 'Asin', 'Asinh', 'Atan', 'Atanh', 'Ceil', 'Celu', 'Cos', 'Cosh', 'Elu', 'Erf', 'Exp'],
  ...['Floor', 'HardSigmoid', 'Identity', 'IsInf', 'IsNaN', 'LeakyRelu', 'Log', 'Neg'],
  ...['Reciprocal', 'Relu', 'Round', 'Selu', 'Shrink', 'Sigmoid', 'Sign', 'Sin', 'Sinh', 'Softplus', 'Softsign'],
  ...['Sqrt', 'Tan', 'Tanh', 'ThresholdedRelu', 'Softmax', 'LogSoftmax', 'Hardmax', 'LpNormalization', 'Clip'],
];

const convolutions = [
  of('Conv', [image, [8, 2, 3, 3]], { group: 2, pads: [0, 1, 2, 3], strides: [2, 1], dilations: [1, 2] }),
  of('Conv', [image, [8, 4, 3, 2], [8]], { auto_pad: 'SAME_UPPER', strides: [2, 3] }),
  of('Conv', [image, [8, 4, 3, 2]], { auto_pad: 'SAME_LOWER', strides: [2, 2] }),
  of('Conv', [image, [8, 4, 3, 2]], { auto_pad: 'VALID', strides: [2, 2] }),
  of(
    'Conv',
    [
      [2, 3, 20],
      [6, 3, 5],
    ],
    { strides: [3] },
  ),
  of(
    'Conv',
    [
      [1, 2, 6, 7, 8],
      [4, 2, 2, 3, 4],
    ],
    {},
  ),
  of('ConvTranspose', [image, [4, 3, 3, 2]], { strides: [2, 3], output_padding: [1, 0], pads: [0, 1, 1, 0], group: 2 }),
  of('ConvTranspose', [image, [4, 3, 3, 2]], { strides: [2, 2], auto_pad: 'SAME_UPPER' }),
  of('ConvTranspose', [image, [4, 3, 3, 3]], { strides: [2, 2], output_shape: [18, 22] }),
  of('ConvInteger', [uint8(...image), uint8(8, 4, 3, 3), zero, zero], { pads: [1, 1, 1, 1] }),
  of('QLinearConv', [uint8(...image), scale, zero, uint8(8, 4, 3, 3), scale, zero, scale, zero], { strides: [2, 2] }),
  of('MaxPool', [image], { kernel_shape: [3, 2], strides: [2, 2], ceil_mode: 1, pads: [1, 0, 0, 1] }, { outputs: 2 }),
  of('MaxPool', [image], { kernel_shape: [3, 2], strides: [4, 4], ceil_mode: 1, pads: [1, 1, 1, 1] }),
  of('AveragePool', [image], { kernel_shape: [2, 4], strides: [3, 3], ceil_mode: 1 }),
  of('LpPool', [image], { kernel_shape: [2, 2] }),
  of('GlobalAveragePool', [image]),
  of('GlobalMaxPool', [image]),
  of('RoiAlign', [image, [5, 4], ints(0, 0, 0, 0, 0)], { output_height: 3, output_width: 2 }),
];

const products = [
  of('MatMul', [
    [3, 1, 4, 5],
    [2, 5, 6],
  ]),
  of('MatMul', [[5], [2, 5, 6]]),
  of('MatMul', [[2, 4, 5], [5]]),
  of('Gemm', [[5, 4], [6, 5], [6]], { transA: 1, transB: 1 }),
  of('MatMulInteger', [uint8(4, 5), int8(5, 6)]),
  of('QLinearMatMul', [uint8(4, 5), scale, zero, uint8(5, 6), scale, zero, scale, zero]),
  of(
    'Einsum',
    [
      [2, 3, 4],
      [2, 4, 5],
    ],
    { equation: 'bij, bjk -> bik' },
  ),
  of(
    'Einsum',
    [
      [2, 3, 4],
      [4, 5],
    ],
    { equation: '...j,jk' },
  ),
  of('Einsum', [[3, 3]], { equation: 'ii->i' }),
  of('Det', [[2, 3, 3]]),
  microsoft(
    'FusedMatMul',
    [
      [2, 5, 4],
      [2, 6, 5],
    ],
    { transA: 1, transB: 1 },
  ),
  microsoft('FusedGemm', [[4, 5], [5, 6], [6]], { activation: 'Relu' }),
  microsoft('FusedConv', [image, [8, 4, 3, 3], [8]], { activation: 'Relu' }),
  microsoft('MatMulNBits', [[2, 3, 64], { shape: [8, 2, 16], type: 'uint8' }, [16]], {
    K: 64,
    N: 8,
    bits: 4,
    block_size: 32,
  }),
  microsoft('DynamicQuantizeMatMul', [[3, 8], uint8(8, 5), scale, zero]),
  microsoft('MatMulIntegerToFloat', [uint8(3, 8), uint8(8, 5), scale, scale, zero, zero]),
];

const reductions = [
  ...[
    'ReduceL1',
    'ReduceL2',
    'ReduceLogSum',
    'ReduceMax',
    'ReduceMean',
    'ReduceMin',
    'ReduceProd',
    'ReduceSumSquare',
  ].flatMap((op) => [
    of(op, [[2, 3, 4]], { axes: [-1, 0], keepdims: 0 }),
    of(op, [[2, 3, 4], ints(1)], {}, { opset: 18 }),
  ]),
  of('ReduceSum', [[2, 3, 4], ints(0, 2)], { keepdims: 0 }),
  of('ReduceSum', [[2, 3, 4]], { noop_with_empty_axes: 1 }),
  of('ReduceSum', [[2, 3, 4]], {}),
  of('ArgMax', [[2, 3, 4]], { axis: -1, keepdims: 0 }),
  of('ArgMin', [[2, 3, 4]], { axis: 1 }),
  of('CumSum', [[2, 3], scalarInt(1)]),
];

const movement = [
  of('Reshape', [[2, 3, 4], ints(0, -1)]),
  of('Reshape', [[0, 3], ints(3, 0)], { allowzero: 1 }),
  of('Flatten', [[2, 3, 4, 5]], { axis: 2 }),
  of('Squeeze', [[1, 3, 1, 5]], { axes: [0] }, { opset: 11 }),
  of('Squeeze', [[1, 3, 1, 5], ints(-2)]),
  of('Squeeze', [[1, 3, 1, 5]]),
  of('Unsqueeze', [[3, 5], ints(0, -1)]),
  of('Transpose', [[2, 3, 4]], { perm: [2, 0, 1] }),
  of('Transpose', [[2, 3, 4]]),
  of(
    'Concat',
    [
      [2, 3],
      [2, 5],
    ],
    { axis: -1 },
  ),
  of('Split', [[7, 2]], { axis: 0, num_outputs: 3 }, { opset: 18, outputs: 3 }),
  of('Split', [[7, 2], ints(2, 5)], {}, { outputs: 2 }),
  of('Split', [[6, 2]], { split: [2, 4] }, { opset: 11, outputs: 2 }),
  of('Slice', [[10, 8], ints(8, -20), ints(-99, 6), ints(0, 1), ints(-3, 2)]),
  of('Slice', [[10, 8]], { starts: [1], ends: [-1], axes: [1] }, { opset: 9 }),
  of('Slice', [[10], ints(-1), ints(-2147483648), ints(0), ints(-1)]),
  of('Gather', [[4, 5, 6], ints(1, -1, 0)], { axis: 1 }),
  of('Gather', [[4, 5, 6], scalarInt(2)], { axis: -1 }),
  of('GatherElements', [[4, 5], { is: [0, 1, 1, 0], dims: [2, 2], type: 'int64' }], { axis: 1 }),
  of('GatherND', [[4, 5, 6], { is: [0, 1, 1, 0], dims: [2, 2], type: 'int64' }]),
  of('GatherND', [[2, 5, 6], { is: [0, 1], dims: [2, 1], type: 'int64' }], { batch_dims: 1 }),
  of('ScatterElements', [[3, 3], { is: [0, 1, 2], dims: [1, 3], type: 'int64' }, [1, 3]]),
  of('ScatterND', [[4, 2], { is: [0, 3], dims: [2, 1], type: 'int64' }, [2, 2]]),
  of('Tile', [[2, 3], ints(2, 4)]),
  of('Expand', [[3, 1], ints(2, 1, 4)]),
  of('Pad', [[3, 4], ints(1, -1, 0, 2)]),
  of('Pad', [[3, 4], ints(1, 2), null, ints(1)], {}, { opset: 18 }),
  of('Pad', [[3, 4]], { pads: [1, 0, 2, 0] }, { opset: 9 }),
  of('DepthToSpace', [[1, 8, 3, 3]], { blocksize: 2 }),
  of('SpaceToDepth', [[1, 2, 4, 6]], { blocksize: 2 }),
  of('Shape', [[2, 3, 4]], { start: -2 }),
  of('Size', [[2, 3, 4]]),
  of('ConstantOfShape', [ints(2, 3)]),
  of('Range', [scalar(1), scalar(10), scalar(2.5)]),
  of('EyeLike', [[3, 4]], { dtype: 7 }),
  of('OneHot', [int64(2, 3), scalarInt(5), { is: [0, 1], type: 'float32' }], { axis: 1 }),
  of('TopK', [[3, 9], ints(4)], { axis: -1 }, { outputs: 2 }),
  of('Trilu', [[4, 4]]),
  of('ReverseSequence', [[4, 3], ints(1, 2, 3)], { batch_axis: 1, time_axis: 0 }),
  of('Where', [bool(3, 1), [4], [2, 1, 1]]),
  of('Cast', [[2, 3]], { to: 7 }),
  of('Dropout', [[2, 3]], {}, { outputs: 2 }),
];

const resampling = [
  of('Resize', [image, null, { is: [1, 1, 2, 0.7], type: 'float32' }], { mode: 'nearest' }),
  of('Resize', [image, null, null, ints(1, 4, 20, 5)], { mode: 'linear' }),
  of(
    'Resize',
    [image, null, null, ints(20, 30)],
    { axes: [2, 3], keep_aspect_ratio_policy: 'not_larger' },
    { opset: 18 },
  ),
  of('Resize', [image, { is: [1, 1, 3, 2], type: 'float32' }], {}, { opset: 10 }),
  of('Upsample', [image, { is: [1, 1, 2, 2], type: 'float32' }], {}, { opset: 9 }),
  of('GridSample', [image, [1, 5, 6, 2]]),
  of('AffineGrid', [[2, 2, 3], ints(2, 3, 5, 6)], {}, { opset: 20 }),
];

const normalizations = [
  of('BatchNormalization', [image, [4], [4], [4], [4]]),
  of('InstanceNormalization', [image, [4], [4]]),
  of(
    'LayerNormalization',
    [
      [2, 3, 4],
      [3, 4],
    ],
    { axis: 1 },
    { outputs: 3 },
  ),
  of('RMSNormalization', [[2, 3, 4], [4]], {}, { opset: 23 }),
  of('LRN', [image], { size: 3 }),
  of('MeanVarianceNormalization', [image]),
  microsoft('SkipLayerNormalization', [[2, 3, 8], [2, 3, 8], [8], [8], [8]]),
  of('SimplifiedLayerNormalization', [[2, 3, 8], [8]]),
];

const recurrent = [
  of(
    'LSTM',
    [[5, 2, 3], [2, 16, 3], [2, 16, 4], [2, 32], { is: [5, 3], type: 'int32' }],
    { hidden_size: 4, direction: 'bidirectional' },
    { outputs: 3 },
  ),
  of(
    'GRU',
    [
      [5, 2, 3],
      [1, 12, 3],
      [1, 12, 4],
    ],
    { hidden_size: 4 },
    { outputs: 2 },
  ),
  of(
    'RNN',
    [
      [5, 2, 3],
      [1, 4, 3],
      [1, 4, 4],
    ],
    { hidden_size: 4, direction: 'reverse' },
    { outputs: 2 },
  ),
];

const attention = [
  microsoft('Attention', [[2, 5, 8], [8, 24], [24]], { num_heads: 2 }),
  microsoft('Attention', [[2, 5, 8], [8, 24], [24], null, [2, 2, 2, 3, 4]], { num_heads: 2 }, 2),
  microsoft(
    'MultiHeadAttention',
    [
      [2, 5, 8],
      [2, 7, 8],
      [2, 7, 12],
    ],
    { num_heads: 2 },
  ),
  microsoft(
    'MultiHeadAttention',
    [[2, 5, 8], [2, 5, 8], [2, 5, 8], null, null, null, [2, 2, 3, 4], [2, 2, 3, 4]],
    { num_heads: 2 },
    3,
  ),
  microsoft(
    'GroupQueryAttention',
    [
      [1, 1, 32],
      [1, 1, 16],
      [1, 1, 16],
      [1, 2, 6, 8],
      [1, 2, 6, 8],
      { is: [6], type: 'int32' },
      { is: [7], type: 'int32' },
    ],
    { num_heads: 4, kv_num_heads: 2 },
    3,
  ),
  microsoft('RotaryEmbedding', [[1, 3, 16], int64(1), [10, 4], [10, 4]], { num_heads: 2 }),
  of(
    'Attention',
    [
      [2, 4, 5, 8],
      [2, 2, 7, 8],
      [2, 2, 7, 6],
    ],
    {},
    { opset: 23 },
  ),
  of(
    'Attention',
    [
      [2, 5, 32],
      [2, 7, 16],
      [2, 7, 12],
    ],
    { q_num_heads: 4, kv_num_heads: 2 },
    { opset: 23 },
  ),
];

const quantized = [
  of('QuantizeLinear', [[2, 3], scale, zero]),
  of('QuantizeLinear', [[2, 3], scale]),
  of('DequantizeLinear', [uint8(2, 3), scale, zero]),
  of('DynamicQuantizeLinear', [[2, 3]], {}, { outputs: 3 }),
  microsoft('QLinearAdd', [uint8(2, 3), scale, zero, uint8(3), scale, zero, scale, zero]),
  microsoft('QLinearMul', [int8(2, 3), scale, zeroSigned, int8(3), scale, zeroSigned, scale, zeroSigned]),
  microsoft('QLinearSigmoid', [uint8(2, 3), scale, zero, scale, zero]),
  microsoft('QLinearGlobalAveragePool', [uint8(...image), scale, zero, scale, zero]),
  microsoft('QLinearConcat', [scale, zero, uint8(2, 3), scale, zero, uint8(4, 3), scale, zero], { axis: 0 }),
  microsoft('QGemm', [uint8(3, 4), scale, zero, uint8(4, 5), scale, zero]),
];

const others = [
  ...unary.map((op) => of(op, [[2, 3]])),
  ...['Add', 'Sub', 'Mul', 'Div', 'Pow', 'PRelu'].map((op) => of(op, [[2, 3, 1], op === 'PRelu' ? [1] : [4]])),
  ...['Equal', 'Greater', 'GreaterOrEqual', 'Less', 'LessOrEqual'].map((op) => of(op, [[2, 3, 1], [4]])),
  ...['And', 'Or', 'Xor'].map((op) => of(op, [bool(2, 1), bool(3)])),
  ...['Max', 'Min', 'Mean', 'Sum'].map((op) => of(op, [[2, 1], [3], [1, 3]])),
  of('Mod', [[2, 3], [3]], { fmod: 1 }),
  of('Not', [bool(2, 3)]),
  of('Gelu', [[2, 3]], {}, { opset: 20 }),
  microsoft('BiasGelu', [[2, 3], [3]]),
  microsoft('FastGelu', [[2, 3], [3]]),
  microsoft('QuickGelu', [[2, 3]]),
  of('RandomNormal', [], { shape: [2, 3] }),
  of('RandomUniformLike', [[2, 3]]),
  of('HannWindow', [scalarInt(9)]),
  of('DFT', [[1, 16, 1]], { onesided: 1, axis: 1 }),
  of('STFT', [[1, 64, 1], scalarInt(8), null, scalarInt(16)]),
  of('MelWeightMatrix', [scalarInt(10), scalarInt(64), scalarInt(8000), scalar(0), scalar(4000)]),
];

export const operatorCases: readonly OperatorCase[] = [
  ...[...others, ...convolutions, ...products, ...reductions, ...movement, ...resampling],
  ...[...normalizations, ...recurrent, ...attention, ...quantized],
];

/** The case as a model of one node; what is no value is an input of it. */
export function caseModel({
  op,
  inputs,
  attributes = {},
  outputs = 1,
  opset = 17,
  domain = '',
}: OperatorCase): ModelGraph {
  const b = new GraphBuilder();
  const names = inputs.map((operand, index) => {
    if (operand === null) return '';
    if ('is' in operand) return b.values(operand.is, { dims: operand.dims, dataType: operand.type });
    const { shape, type = 'float32' } = Array.isArray(operand) ? { shape: operand } : operand;
    return b.input(`x${index}`, shape, type);
  });
  const results = b.addMany(op, names, { attributes, outputs, domain });
  // What it gives out must not be declared: the rule is to tell.
  for (const name of results) b.outputs.push({ name, type: { kind: 'unknown' } });
  return b.model({ opset, irVersion: opset >= 23 ? 11 : 8, opsets: [{ domain: 'com.microsoft', version: 1 }] });
}
