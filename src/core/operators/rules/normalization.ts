/**
 * Normalizations and softmax. No MACs. Elementwise operations per element, counted off their definitions:
 * BatchNormalization at inference 2 (scale and shift are folded into two numbers a channel); Layer, Instance, Group and
 * MeanVariance normalization 8 (mean, subtract, square, mean, divide, scale, shift and their root), RMS 5; softmax 5
 * (maximum, subtract, exp, sum, divide); Lp 3; LRN 2 × size + 3.
 */

import { DataTypes } from '../../model/dataTypes.js';
import type { OperatorCall } from '../call.js';
import { type OperatorRule, type RuleBody, rules } from '../rule.js';
import { positiveAxis, product } from '../shapes.js';

const LAYER = 8;
const RMS = 5;

const perElement =
  (count: number) =>
  (call: OperatorCall): number =>
    count * product(call.dims(0));

/** Means and inverse deviations: the input's shape with ones from the axis on. */
function statisticsShape(call: OperatorCall): number[] {
  const dims = call.dims(0);
  const axis = positiveAxis(call.int('axis', -1), dims.length);
  return dims.map((dim, i) => (i < axis ? dim : 1));
}

const layerNormalization = (count: number): RuleBody => ({
  types: (call) => [call.type(0), call.int('stash_type', DataTypes.float32), call.int('stash_type', DataTypes.float32)],
  shapes: (call) => [call.dims(0), statisticsShape(call), statisticsShape(call)],
  elementwise: perElement(count),
});

/** The training form's running mean and variance; at inference there is one output. */
const batchNormalization: RuleBody = {
  types: (call) => [call.type(0), call.type(3), call.type(4), call.type(3), call.type(4)],
  shapes: (call) => {
    const rest = call.outputCount > 1 ? [call.dims(3), call.dims(4)] : [];
    return [call.dims(0), ...rest, ...rest];
  },
  elementwise: perElement(2),
};

/** Input and skip (and a bias) are summed, the sum may be the last output. */
const skipNormalization = (count: number): RuleBody => ({
  types: (call) => [call.type(0), DataTypes.float32, DataTypes.float32, call.type(0)],
  shapes: (call) => {
    const dims = call.dims(0);
    const statistics = dims.map((dim, axis) => (axis === dims.length - 1 ? 1 : dim));
    return [dims, statistics, statistics, dims];
  },
  elementwise: perElement(count + 1),
});

/** Word, position and segment embeddings summed and normalized: ids B × S, tables V × H. */
const embedNormalization: RuleBody = {
  types: (call) => [call.type(2), DataTypes.int32, call.type(2)],
  shapes: (call) => {
    const [batch = 0, sequence = 0] = call.dims(0);
    const embedded = [batch, sequence, call.dims(2)[1] ?? 0];
    return [embedded, [batch], embedded];
  },
  elementwise: (call) => (LAYER + (call.has(1) ? 2 : 1)) * product(call.out()),
  // Of the tables, one row for each id and table.
  readBytes: (call) => {
    const bytes = call.type(2) === DataTypes.float16 ? 2 : 4;
    return (call.has(1) ? 3 : 2) * product(call.out()) * bytes;
  },
};

const MICROSOFT = 'com.microsoft';

export const normalizationRules: OperatorRule[] = [
  ...rules('Softmax LogSoftmax', { elementwise: perElement(5) }),
  ...rules('Hardmax', { elementwise: perElement(1) }),
  ...rules('BatchNormalization', batchNormalization),
  ...rules('InstanceNormalization GroupNormalization MeanVarianceNormalization', { elementwise: perElement(LAYER) }),
  ...rules('LayerNormalization', layerNormalization(LAYER)),
  ...rules('RMSNormalization', { elementwise: perElement(RMS) }, 23),
  // The runtime registers it in the default domain too.
  ...rules('SimplifiedLayerNormalization', layerNormalization(RMS)),
  ...rules('SimplifiedLayerNormalization', layerNormalization(RMS), 1, MICROSOFT),
  ...rules('LayerNormalization', layerNormalization(LAYER), 1, MICROSOFT),
  ...rules('LpNormalization', { elementwise: perElement(3) }),
  ...rules('LRN', { elementwise: (call) => (2 * call.int('size', 1) + 3) * product(call.dims(0)) }),
  ...rules('SkipLayerNormalization', skipNormalization(LAYER), 1, MICROSOFT),
  ...rules('SkipSimplifiedLayerNormalization', skipNormalization(RMS), 1, MICROSOFT),
  ...rules('EmbedLayerNormalization', embedNormalization, 1, MICROSOFT),
  ...rules('GroupNorm', { elementwise: perElement(LAYER) }, 1, MICROSOFT),
  ...rules(
    'SkipGroupNorm',
    { shapes: (call) => [call.dims(0), call.dims(0)], elementwise: perElement(LAYER + 1) },
    1,
    MICROSOFT,
  ),
  ...rules('BiasSoftmax', { elementwise: perElement(6) }, 1, MICROSOFT),
  ...rules('QLinearSoftmax', { elementwise: perElement(6) }, 1, MICROSOFT),
];
