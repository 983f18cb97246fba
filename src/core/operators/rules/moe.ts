/**
 * Mixture of experts: each token passes through `k` experts, so MACs = tokens × k × Σ (weights of one expert), whatever
 * number of experts lies in memory. Weights are `experts × …`; packed ones (QMoE: `expert_weight_bits` 4 or 8) hold
 * 8/bits elements a byte. The router's logits come as an input, from a matrix product of its own. Bytes: the weights of
 * at most tokens × k experts.
 */

import type { OperatorCall } from '../call.js';
import { bytesOf } from '../bytes.js';
import { type OperatorRule, type RuleBody, rules } from '../rule.js';
import { at, product } from '../shapes.js';

const expertElements = (call: OperatorCall, weightInputs: readonly number[]): number =>
  weightInputs.reduce((sum, input) => sum + (call.has(input) ? product(call.dims(input).slice(1)) : 0), 0);

const tokens = (call: OperatorCall): number => product(call.dims(0).slice(0, -1));

function readBytes(call: OperatorCall, weightInputs: readonly number[]): number {
  const experts = at(call.dims(1), -1);
  const active = Math.min(1, (tokens(call) * call.int('k', 1)) / Math.max(1, experts));
  return Math.round(
    call.inputs.reduce((sum, info, input) => {
      if (info === null) return sum;
      return sum + bytesOf(info) * (weightInputs.includes(input) ? active : 1);
    }, 0),
  );
}

const experts = (weightInputs: readonly number[], elementsPerWord: (call: OperatorCall) => number): RuleBody => ({
  shapes: (call) => [call.dims(0)],
  macs: (call) => tokens(call) * call.int('k', 1) * expertElements(call, weightInputs) * elementsPerWord(call),
  // Weighted sum of the experts' outputs, and softmax over the router's logits.
  elementwise: (call) => 2 * product(call.dims(0)) * call.int('k', 1) + 5 * product(call.dims(1)),
  readBytes: (call) => readBytes(call, weightInputs),
});

export const MOE_OPERATORS: ReadonlySet<string> = new Set(['MoE', 'QMoE']);

export const moeRules: OperatorRule[] = [
  ...rules(
    'MoE',
    experts([2, 4, 6], () => 1),
    1,
    'com.microsoft',
  ),
  ...rules(
    'QMoE',
    experts([2, 5, 8], (call) => 8 / call.int('expert_weight_bits', 4)),
    1,
    'com.microsoft',
  ),
];
