/** Training losses: a logarithm, a product and a sum, 3 elementwise operations per input element (softmax: 5 besides). */

import type { OperatorCall } from '../call.js';
import { type OperatorRule, rules } from '../rule.js';
import { product } from '../shapes.js';

const lossShape = (call: OperatorCall): readonly number[] =>
  call.text('reduction', 'mean') === 'none' ? call.dims(1) : [];

export const lossRules: OperatorRule[] = [
  ...rules(
    'NegativeLogLikelihoodLoss',
    { shapes: (call) => [lossShape(call)], elementwise: (call) => 3 * product(call.dims(0)) },
    12,
  ),
  ...rules(
    'SoftmaxCrossEntropyLoss',
    { shapes: (call) => [lossShape(call), call.dims(0)], elementwise: (call) => 8 * product(call.dims(0)) },
    12,
  ),
];
