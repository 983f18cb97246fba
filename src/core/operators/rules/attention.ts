/**
 * Attention. With B sequences, S queries, T keys (past and present together), N query heads of d elements and values of
 * dv: MACs = B × S × T × N × (d + dv), the two products QKᵀ and PV. Grouped heads share keys, which saves memory, not
 * products. A causal mask is not subtracted: runtimes compute the whole of it, and published counts do too. Operators that
 * contain the projections add B × S × Π(weights). Elementwise: 7 operations for each of the B × N × S × T scores
 * (scale, mask, and softmax's 5). Rotary embedding: 3 per element.
 */

import type { OperatorCall } from '../call.js';
import { type OperatorRule, type RuleBody, rules, type Shapes } from '../rule.js';
import { at, demand, product } from '../shapes.js';

const PER_SCORE = 7;

/** Sizes of one attention. `present` is the length of the cache that it gives out; a shared buffer is longer than T. */
export interface AttentionExtent {
  batch: number;
  queries: number;
  keys: number;
  present: number;
  heads: number;
  keyHeads: number;
  headSize: number;
  valueSize: number;
}

export const attentionMacs = (e: AttentionExtent): number =>
  e.batch * e.queries * e.keys * e.heads * (e.headSize + e.valueSize);
export const attentionElementwise = (e: AttentionExtent): number => PER_SCORE * e.batch * e.heads * e.queries * e.keys;

/** Output, key cache, value cache, scores. */
export const separateCaches = (e: AttentionExtent): Shapes => [
  [e.batch, e.queries, e.heads * e.valueSize],
  [e.batch, e.keyHeads, e.present, e.headSize],
  [e.batch, e.keyHeads, e.present, e.valueSize],
  [e.batch, e.heads, e.queries, e.keys],
];

/** ai.onnx Attention: Q, K, V of rank 4 (B × N × S × d) or of rank 3 (B × S × N·d) with head counts as attributes. */
function standardExtent(call: OperatorCall): AttentionExtent {
  const [q, k, v] = [call.dims(0), call.dims(1), call.dims(2)];
  const past = call.has(4) ? at(call.dims(4), 2) : 0;
  if (q.length === 4) {
    demand(k.length === 4 && v.length === 4);
    const keys = past + at(k, 2);
    const sizes = { heads: at(q, 1), keyHeads: at(k, 1), headSize: at(q, 3), valueSize: at(v, 3) };
    return { batch: at(q, 0), queries: at(q, 2), keys, present: keys, ...sizes };
  }
  demand(q.length === 3 && k.length === 3 && v.length === 3);
  const heads = call.requiredInt('q_num_heads');
  const keyHeads = call.requiredInt('kv_num_heads');
  const sizes = { heads, keyHeads, headSize: at(q, 2) / heads, valueSize: at(v, 2) / keyHeads };
  const keys = past + at(k, 1);
  return { batch: at(q, 0), queries: at(q, 1), keys, present: keys, ...sizes };
}

const standard: RuleBody = {
  types: (call) => [call.type(0), call.type(1), call.type(2), call.type(0)],
  shapes: (call) => {
    const e = standardExtent(call);
    const [flat = null, ...caches] = separateCaches(e);
    return [call.dims(0).length === 4 ? [e.batch, e.heads, e.queries, e.valueSize] : flat, ...caches];
  },
  macs: (call) => attentionMacs(standardExtent(call)),
  elementwise: (call) => attentionElementwise(standardExtent(call)),
};

/** Shape by an extent, counts by it too. */
export const byExtent = (extent: (call: OperatorCall) => AttentionExtent): RuleBody => ({
  types: (call) => new Array<number>(4).fill(call.type(0)),
  shapes: (call) => separateCaches(extent(call)),
  macs: (call) => attentionMacs(extent(call)),
  elementwise: (call) => attentionElementwise(extent(call)),
});

export const rotary: RuleBody = { elementwise: (call) => 3 * product(call.dims(0)) };

export const attentionRules: OperatorRule[] = [
  ...rules('Attention', standard, 23),
  ...rules('RotaryEmbedding', rotary, 23),
];
