/**
 * Matrix products. `A[…, M, K] × B[…, K, N]`: MACs = Π(output) × K, with batches broadcast as the operator does (a
 * vector counts as one row or column that the output drops). Gemm: M × N × K after its transposes; adding C is one
 * elementwise operation per output element, as is a bias, an activation or a requantization.
 */

import type { OperatorCall } from '../call.js';
import { DataTypes } from '../../model/dataTypes.js';
import { type OperatorRule, type RuleBody, rules } from '../rule.js';
import { at, broadcast, demand, product } from '../shapes.js';

function transposedDims(dims: readonly number[], transpose: boolean): readonly number[] {
  if (!transpose || dims.length < 2) return dims;
  return [...dims.slice(0, -2), at(dims, -1), at(dims, -2)];
}

/** Moves the first axis in front of the last: FusedMatMul's `transBatch`. */
function batchTransposed(dims: readonly number[], transpose: boolean): readonly number[] {
  if (!transpose || dims.length < 3) return dims;
  return [...dims.slice(1, -1), at(dims, 0), at(dims, -1)];
}

export function matMulShape(a: readonly number[], b: readonly number[]): number[] {
  demand(a.length > 0 && b.length > 0);
  const left = a.length === 1 ? [1, ...a] : a;
  const right = b.length === 1 ? [...b, 1] : b;
  demand(at(left, -1) === at(right, -2));
  const result = broadcast([left.slice(0, -2), right.slice(0, -2)]);
  if (a.length > 1) result.push(at(left, -2));
  if (b.length > 1) result.push(at(right, -1));
  return result;
}

function operand(call: OperatorCall, input: number, side: 'A' | 'B'): readonly number[] {
  const dims = batchTransposed(call.dims(input), call.int(`transBatch${side}`, 0) === 1);
  return transposedDims(dims, call.int(`trans${side}`, 0) === 1);
}

/** `a` and `b`: which inputs they are. `extras`: the inputs that are added to the product. */
const matMul = (a: number, b: number, extras: readonly number[] = []): RuleBody => ({
  shapes: (call) => [matMulShape(operand(call, a, 'A'), operand(call, b, 'B'))],
  macs: (call) => product(call.out()) * at(operand(call, a, 'A'), -1),
  elementwise: (call) => {
    const fused = extras.filter((input) => call.has(input)).length + (call.text('activation', '') === '' ? 0 : 1);
    return fused * product(call.out());
  },
});

const gemm = (a: number, b: number, c: number): RuleBody => ({
  shapes: (call) => {
    const left = operand(call, a, 'A');
    const right = operand(call, b, 'B');
    demand(left.length === 2 && right.length === 2 && left[1] === right[0]);
    return [[at(left, 0), at(right, 1)]];
  },
  macs: (call) => product(call.out()) * at(operand(call, a, 'A'), 1),
  elementwise: (call) => {
    const fused = (call.has(c) ? 1 : 0) + (call.text('activation', '') === '' ? 0 : 1);
    return fused * product(call.out());
  },
});

/** Weights packed in blocks: their shape says nothing of N and K, which are attributes. Unpacking: one operation each. */
const blockQuantized: RuleBody = {
  shapes: (call) => [[...call.dims(0).slice(0, -1), call.requiredInt('N')]],
  macs: (call) => product(call.dims(0)) * call.requiredInt('N'),
  elementwise: (call) => call.requiredInt('K') * call.requiredInt('N') + (call.has(5) ? product(call.out()) : 0),
};

/** A[M, K] sparse or dense by B[K, N] dense, counted as dense. */
const sparse: RuleBody = {
  ...matMul(0, 1),
  shapes: (call) => [matMulShape(operand(call, 0, 'A'), operand(call, 1, 'B'))],
};

/** Gaussian elimination: n³/3 multiply-accumulates for each matrix; an inverse takes n³. */
const determinant: RuleBody = {
  shapes: (call) => {
    demand(call.dims(0).length >= 2);
    return [call.dims(0).slice(0, -2)];
  },
  macs: (call) => Math.round((product(call.dims(0)) * at(call.dims(0), -1)) / 3),
};
const inverse: RuleBody = { macs: (call) => product(call.dims(0)) * at(call.dims(0), -1) };

/** Distance of every row of A to every row of B. */
const distance: RuleBody = {
  shapes: (call) => [[at(call.dims(0), 0), at(call.dims(1), 0)]],
  macs: (call) => product(call.out()) * at(call.dims(0), 1),
  elementwise: (call) => 2 * product(call.out()),
};

const MICROSOFT = 'com.microsoft';
const toInt32 = { types: () => [DataTypes.int32] };
const toFloat = { types: () => [DataTypes.float32] };

export const matMulRules: OperatorRule[] = [
  ...rules('MatMul', matMul(0, 1)),
  ...rules('Gemm', gemm(0, 1, 2)),
  ...rules('MatMulInteger', { ...matMul(0, 1), ...toInt32 }, 10),
  ...rules('QLinearMatMul', { ...matMul(0, 3), types: (call) => [call.type(7)] }, 10),
  ...rules('Det', determinant, 11),
  ...rules('FusedMatMul TransposeMatMul FusedMatMulActivation', matMul(0, 1), 1, MICROSOFT),
  ...rules('FusedGemm GemmFastGelu GemmFloat8', gemm(0, 1, 2), 1, MICROSOFT),
  ...rules('MatMulInteger16', { ...matMul(0, 1), ...toInt32 }, 1, MICROSOFT),
  ...rules('QLinearMatMul', { ...matMul(0, 3), types: (call) => [call.type(7)] }, 1, MICROSOFT),
  ...rules('DynamicQuantizeMatMul', { ...matMul(0, 1, [4]), ...toFloat }, 1, MICROSOFT),
  ...rules('MatMulIntegerToFloat', { ...matMul(0, 1, [6]), ...toFloat }, 1, MICROSOFT),
  ...rules(
    'QGemm',
    {
      ...gemm(0, 3, 6),
      types: (call) => [call.has(8) ? call.type(8) : call.has(7) ? call.type(0) : DataTypes.float32],
    },
    1,
    MICROSOFT,
  ),
  ...rules('MatMulNBits MatMulBnb4 MatMulFpQ4', blockQuantized, 1, MICROSOFT),
  ...rules('SparseToDenseMatMul', { ...sparse, types: (call) => [call.type(1)] }, 1, MICROSOFT),
  ...rules('Inverse', inverse, 1, MICROSOFT),
  ...rules('CDist', distance, 1, MICROSOFT),
];
