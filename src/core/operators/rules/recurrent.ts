/**
 * LSTM, GRU and RNN by their weights: every step of every sequence multiplies the whole of W and R of each direction,
 * MACs = steps × (Π W + Π R), where W is `D × gH × I`, R is `D × gH × H` and steps = T × batch, or the sum of
 * `sequence_lens` where they are known. Gate activations and state updates are elementwise operations, per step and
 * direction: LSTM 14 H (8 for adding input, recurrent and bias parts, 5 activations counted with the cell's 3 products
 * and sums), GRU 12 H, RNN 3 H. A peephole (3 D H) adds 6 H.
 */

import { DataTypes } from '../../model/dataTypes.js';
import type { OperatorCall } from '../call.js';
import { type OperatorRule, type RuleBody, rules } from '../rule.js';
import { at, demand, product } from '../shapes.js';

interface Extent {
  steps: number;
  batch: number;
  directions: number;
  hidden: number;
}

function extent(call: OperatorCall): Extent {
  const dims = call.dims(0);
  demand(dims.length === 3);
  const batchFirst = call.int('layout', 0) === 1;
  const weights = call.dims(1);
  const recurrence = call.dims(2);
  demand(weights.length === 3 && recurrence.length === 3);
  return {
    steps: at(dims, batchFirst ? 1 : 0),
    batch: at(dims, batchFirst ? 0 : 1),
    directions: call.text('direction', 'forward') === 'bidirectional' ? 2 : 1,
    hidden: call.int('hidden_size', at(recurrence, 2)),
  };
}

/** Steps over all sequences of the batch. */
function sequenceSteps(call: OperatorCall): number {
  const { steps, batch } = extent(call);
  const lengths = call.known(4);
  if (lengths === null) return steps * batch;
  return lengths.reduce((sum, length) => sum + Math.min(length, steps), 0);
}

function recurrentShapes(call: OperatorCall, states: number): number[][] {
  const { steps, batch, directions, hidden } = extent(call);
  const batchFirst = call.int('layout', 0) === 1;
  const sequence = batchFirst ? [batch, steps, directions, hidden] : [steps, directions, batch, hidden];
  const state = batchFirst ? [batch, directions, hidden] : [directions, batch, hidden];
  return [sequence, ...Array.from({ length: states }, () => state)];
}

const recurrent = (states: number, perHidden: number): RuleBody => ({
  types: (call) => new Array<number>(states + 1).fill(call.type(0)),
  shapes: (call) => recurrentShapes(call, states),
  macs: (call) => sequenceSteps(call) * (product(call.dims(1)) + product(call.dims(2))),
  elementwise: (call) => {
    const { directions, hidden } = extent(call);
    return sequenceSteps(call) * directions * hidden * (perHidden + (call.has(7) && states === 2 ? 6 : 0));
  },
});

/** The contrib LSTM keeps its weights transposed: W `D × I × 4H`, R `D × H × 4H`; quantized ones follow the peephole. */
const dynamicQuantizedLstm: RuleBody = {
  ...recurrent(2, 14),
  shapes: (call) => {
    const [steps = 0, batch = 0] = call.dims(0);
    const directions = at(call.dims(2), 0);
    const hidden = at(call.dims(2), 1);
    const state = [directions, batch, hidden];
    return [[steps, directions, batch, hidden], state, state];
  },
  elementwise: (call) => sequenceSteps(call) * at(call.dims(2), 0) * at(call.dims(2), 1) * 14,
};

export const recurrentRules: OperatorRule[] = [
  ...rules('LSTM', recurrent(2, 14)),
  ...rules('GRU', recurrent(1, 12)),
  ...rules('RNN', recurrent(1, 3)),
  ...rules(
    'DynamicQuantizeLSTM',
    { ...dynamicQuantizedLstm, types: () => [DataTypes.float32, DataTypes.float32, DataTypes.float32] },
    1,
    'com.microsoft',
  ),
];
