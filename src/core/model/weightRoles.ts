import type { Node } from './graph.js';

/** What a constant is to an operator that reads it. */
export type WeightRole =
  | { kind: 'plain' }
  /** Integers that stand for this many floating-point elements. */
  | { kind: 'quantized'; elements: number }
  /** Running statistics, and scales of a quantization. */
  | { kind: 'notParameter' };

const PLAIN: WeightRole = { kind: 'plain' };
const NOT_PARAMETER: WeightRole = { kind: 'notParameter' };

interface Positions {
  /** Inputs that are quantized weights or biases, an element for each that they stand for. */
  quantized?: readonly number[];
  notParameter?: readonly number[];
}

/** By op type; the same names mean the same in every domain that has them. */
const positions: ReadonlyMap<string, Positions> = new Map<string, Positions>([
  ['BatchNormalization', { notParameter: [3, 4] }],
  ['FusedBatchNorm', { notParameter: [3, 4] }],
  ['DequantizeLinear', { quantized: [0], notParameter: [1, 2] }],
  ['QuantizeLinear', { notParameter: [1, 2] }],
  ['QLinearConv', { quantized: [3, 8], notParameter: [1, 4, 6] }],
  ['QLinearMatMul', { quantized: [0, 3], notParameter: [1, 4, 6] }],
  ['QGemm', { quantized: [3, 6], notParameter: [1, 4, 7] }],
  ['ConvInteger', { quantized: [1] }],
  ['MatMulInteger', { quantized: [0, 1] }],
  ['MatMulIntegerToFloat', { quantized: [1], notParameter: [2, 3] }],
  ['DynamicQuantizeMatMul', { quantized: [1], notParameter: [2] }],
  ['DynamicQuantizeLSTM', { quantized: [1, 2], notParameter: [8, 10] }],
  ['QAttention', { quantized: [1], notParameter: [3, 4] }],
  ['QEmbedLayerNormalization', { quantized: [2, 3, 4, 5, 6], notParameter: [8, 9, 10, 11, 12] }],
  ['QLinearAdd', { quantized: [0, 3], notParameter: [1, 4, 6] }],
  ['QLinearMul', { quantized: [0, 3], notParameter: [1, 4, 6] }],
]);

/** Weights of fewer bits packed into bytes: input and the attribute that names the bits. */
const packedWeights: ReadonlyMap<string, { bits: string; inputs: readonly number[]; scales: readonly number[] }> =
  new Map([
    ['QMoE', { bits: 'expert_weight_bits', inputs: [2, 5, 8], scales: [3, 6, 9] }],
    ['GatherBlockQuantized', { bits: 'bits', inputs: [0], scales: [2] }],
  ]);

/** The role of input `position`, a constant of `elements` elements, for `node`. */
export function weightRole(node: Node, position: number, elements: number): WeightRole {
  if (node.opType === 'MatMulNBits' || node.opType === 'MatMulBnb4') return blockRole(node, position);
  const packed = packedWeights.get(node.opType);
  if (packed?.inputs.includes(position) === true) {
    return { kind: 'quantized', elements: (elements * 8) / integerAttribute(node, packed.bits, 8) };
  }
  if (packed?.scales.includes(position) === true) return NOT_PARAMETER;
  const known = positions.get(node.opType);
  if (known?.quantized?.includes(position) === true) return { kind: 'quantized', elements };
  return known?.notParameter?.includes(position) === true ? NOT_PARAMETER : PLAIN;
}

/** Input 1 holds K×N elements in blocks; then come scales, zero points and an order. */
function blockRole(node: Node, position: number): WeightRole {
  if (position === 1)
    return { kind: 'quantized', elements: integerAttribute(node, 'K', 0) * integerAttribute(node, 'N', 0) };
  return position >= 2 && position <= 4 ? NOT_PARAMETER : PLAIN;
}

function integerAttribute(node: Node, name: string, otherwise: number): number {
  const attribute = node.attributes.find((own) => own.name === name);
  return attribute?.type === 'int' && attribute.value > 0 ? attribute.value : otherwise;
}
