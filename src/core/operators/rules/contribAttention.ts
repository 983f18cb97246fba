/** ONNX Runtime's own attention operators; the formulas are those of `attention.ts`. */

import { DataTypes } from '../../model/dataTypes.js';
import type { OperatorCall } from '../call.js';
import { type OperatorRule, type RuleBody, rules, type Shapes } from '../rule.js';
import { at, demand, product } from '../shapes.js';
import { attentionElementwise, type AttentionExtent, attentionMacs, byExtent, rotary } from './attention.js';

const MICROSOFT = 'com.microsoft';

/** Widths of the projected Q, K and V, from `qkv_hidden_sizes` or a third of the weights each. */
function projectedWidths(call: OperatorCall): readonly number[] {
  const third = at(call.dims(1), 1) / 3;
  return call.ints('qkv_hidden_sizes') ?? [third, third, third];
}

/** Projection and attention in one: input B × S × I, weights I × (Q + K + V), past 2 × B × N × P × d. */
function projectingExtent(call: OperatorCall, pastInput: number): AttentionExtent {
  const input = call.dims(0);
  demand(input.length === 3);
  const heads = call.requiredInt('num_heads');
  const widths = projectedWidths(call);
  const past = call.has(pastInput) ? at(call.dims(pastInput), 3) : 0;
  const shared = call.int('past_present_share_buffer', 0) === 1;
  const keys = past + (shared ? 0 : at(input, 1));
  return {
    batch: at(input, 0),
    queries: at(input, 1),
    keys,
    present: keys,
    heads,
    keyHeads: heads,
    headSize: at(widths, 0) / heads,
    valueSize: at(widths, 2) / heads,
  };
}

const projecting = (pastInput: number, quantized: boolean): RuleBody => ({
  types: (call) => (quantized ? [call.type(3), call.type(3)] : [call.type(0), call.type(0)]),
  shapes: (call) => {
    const e = projectingExtent(call, pastInput);
    return [
      [e.batch, e.queries, e.heads * e.valueSize],
      [2, e.batch, e.heads, e.present, e.headSize],
    ];
  },
  macs: (call) => {
    const projection = product(call.dims(0)) * at(call.dims(1), 1);
    return projection + attentionMacs(projectingExtent(call, pastInput));
  },
  elementwise: (call) => {
    const bias = product(call.dims(0).slice(0, -1)) * at(call.dims(1), 1);
    return bias * (quantized ? 3 : 1) + attentionElementwise(projectingExtent(call, pastInput));
  },
});

/** Keys and values: B × L × N·d, or already B × N × L × d, or packed with Q or with each other along an axis of 3 or 2. */
function multiHeadExtent(call: OperatorCall, pastInput: number): AttentionExtent {
  const query = call.dims(0);
  const heads = call.requiredInt('num_heads');
  const packed = query.length === 5;
  const headSize = packed ? at(query, 4) : at(query, 2) / heads;
  const past = call.has(pastInput) ? at(call.dims(pastInput), 2) : 0;
  const shared = call.int('past_present_share_buffer', 0) === 1;
  const { length, valueSize } = keysAndValues(call, heads, headSize);
  const keys = shared && past > 0 ? past : past + length;
  const base = { batch: at(query, 0), queries: at(query, 1), keys, present: keys };
  return { ...base, heads, keyHeads: heads, headSize, valueSize };
}

function keysAndValues(call: OperatorCall, heads: number, headSize: number): { length: number; valueSize: number } {
  if (!call.has(1)) return { length: at(call.dims(0), 1), valueSize: headSize };
  const key = call.dims(1);
  if (key.length === 5) return { length: at(key, 1), valueSize: headSize };
  const value = call.dims(2);
  if (key.length === 4) return { length: at(key, 2), valueSize: at(value, 3) };
  return { length: at(key, 1), valueSize: at(value, 2) / heads };
}

/** Query B × S × N·d, or Q, K and V packed in it; caches B × Nkv × P × d. Its total length is an input. */
function groupedExtent(call: OperatorCall): AttentionExtent {
  const query = call.dims(0);
  const heads = call.requiredInt('num_heads');
  const keyHeads = call.requiredInt('kv_num_heads');
  demand(query.length === 3);
  const headSize = at(query, 2) / (call.has(1) ? heads : heads + 2 * keyHeads);
  const past = call.has(3) ? at(call.dims(3), 2) : 0;
  const total = call.known(6)?.[0];
  const keys = total ?? past + at(query, 1);
  const base = { batch: at(query, 0), queries: at(query, 1), keys, present: Math.max(past, keys) };
  return { ...base, heads, keyHeads, headSize, valueSize: headSize };
}

/** Sequences packed without padding: tokens × I; offsets B × S tell how long the longest is, counted for all. */
const packedProjecting: RuleBody = {
  shapes: (call) => [[at(call.dims(0), 0), at(projectedWidths(call), 2)]],
  macs: (call) => product(call.dims(0)) * at(call.dims(1), 1) + attentionMacs(packedExtent(call)),
  elementwise: (call) => attentionElementwise(packedExtent(call)),
};

function packedExtent(call: OperatorCall): AttentionExtent {
  const heads = call.requiredInt('num_heads');
  const widths = projectedWidths(call);
  const offsets = call.dims(3);
  const queries = at(offsets, 1);
  const sizes = { headSize: at(widths, 0) / heads, valueSize: at(widths, 2) / heads };
  return { batch: at(offsets, 0), queries, keys: queries, present: queries, heads, keyHeads: heads, ...sizes };
}

/** A bias for every pair of positions, from buckets: heads × S × S, looked up. */
const relativeBias: RuleBody = {
  shapes: (call): Shapes => {
    const heads = at(call.dims(0), 1);
    return [[1, heads, at(call.value(1), 0), at(call.value(2), 0)]];
  },
  elementwise: (call) => product(call.out()),
};

export const contribAttentionRules: OperatorRule[] = [
  ...rules('Attention', projecting(4, false), 1, MICROSOFT),
  ...rules('DecoderMaskedSelfAttention', projecting(4, false), 1, MICROSOFT),
  ...rules('QAttention', projecting(8, true), 1, MICROSOFT),
  ...rules(
    'MultiHeadAttention',
    byExtent((call) => multiHeadExtent(call, 6)),
    1,
    MICROSOFT,
  ),
  ...rules(
    'DecoderMaskedMultiHeadAttention',
    byExtent((call) => multiHeadExtent(call, 5)),
    1,
    MICROSOFT,
  ),
  ...rules('GroupQueryAttention', byExtent(groupedExtent), 1, MICROSOFT),
  ...rules('PackedAttention', packedProjecting, 1, MICROSOFT),
  ...rules('RotaryEmbedding GemmaRotaryEmbedding', rotary, 1, MICROSOFT),
  ...rules(
    'RelativePositionBias',
    { ...relativeBias, types: (call) => [call.type(0) || DataTypes.float32] },
    1,
    MICROSOFT,
  ),
];
