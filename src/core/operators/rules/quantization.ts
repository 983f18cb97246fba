/**
 * Quantization. QuantizeLinear and DequantizeLinear: 2 elementwise operations per element (scale, zero point), the
 * dynamic form 4 (minimum and maximum besides). The QLinear kin of an elementwise operator costs the operator's own
 * operation, 2 per element of each input to read it as real and 2 to quantize the result. No MACs; products are with the
 * matrix products and convolutions.
 */

import { DataTypes } from '../../model/dataTypes.js';
import type { OperatorCall } from '../call.js';
import { type OperatorRule, type RuleBody, rules } from '../rule.js';
import { broadcast, product } from '../shapes.js';

const MICROSOFT = 'com.microsoft';

const quantize: RuleBody = {
  types: (call) => [call.has(2) ? call.type(2) : call.int('output_dtype', 0) || DataTypes.uint8],
  elementwise: (call) => 2 * product(call.dims(0)),
};

const dequantize: RuleBody = {
  types: (call) => [call.int('output_dtype', 0) || call.type(1)],
  elementwise: (call) => 2 * product(call.dims(0)),
};

const dynamicQuantize: RuleBody = {
  types: () => [DataTypes.uint8, DataTypes.float32, DataTypes.uint8],
  shapes: (call) => [call.dims(0), [], []],
  elementwise: (call) => 4 * product(call.dims(0)),
};

/** A and B with scale and zero point each, then the output's. */
const binary: RuleBody = {
  shapes: (call) => [broadcast([call.dims(0), call.dims(3)])],
  elementwise: (call) => 7 * product(call.out()),
};

const unary: RuleBody = { elementwise: (call: OperatorCall) => 5 * product(call.out()) };

const where: RuleBody = {
  types: (call) => [call.type(1)],
  shapes: (call) => [broadcast([call.dims(0), call.dims(1), call.dims(4)])],
  elementwise: (call) => 5 * product(call.out()),
};

export const quantizationRules: OperatorRule[] = [
  ...rules('QuantizeLinear', quantize, 10),
  ...rules('DequantizeLinear', dequantize, 10),
  ...rules('DynamicQuantizeLinear', dynamicQuantize, 11),
  ...rules('QuantizeLinear', quantize, 1, MICROSOFT),
  ...rules('DequantizeLinear', dequantize, 1, MICROSOFT),
  ...rules('QLinearAdd QLinearMul', binary, 1, MICROSOFT),
  ...rules('MulInteger', { ...binary, types: () => [DataTypes.int32], shapes: mulIntegerShape }, 1, MICROSOFT),
  ...rules('QLinearLeakyRelu QLinearSigmoid', unary, 1, MICROSOFT),
  ...rules('QLinearWhere', where, 1, MICROSOFT),
];

/** A, A's zero point, B, B's zero point. */
function mulIntegerShape(call: OperatorCall): number[][] {
  return [broadcast([call.dims(0), call.dims(call.inputs.length > 2 ? 2 : 1)])];
}
