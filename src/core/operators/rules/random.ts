/** Random numbers and windows: 1 elementwise operation per output element; windows 4. They are never constants. */

import { DataTypes } from '../../model/dataTypes.js';
import type { OperatorCall } from '../call.js';
import { type OperatorRule, rules } from '../rule.js';
import { at, product } from '../shapes.js';

const perOutput = (call: OperatorCall): number => product(call.out());

export const randomRules: OperatorRule[] = [
  ...rules('RandomNormal RandomUniform', {
    types: (call) => [call.int('dtype', DataTypes.float32)],
    shapes: (call) => [call.ints('shape') ?? []],
    elementwise: perOutput,
    random: true,
  }),
  ...rules('RandomNormalLike RandomUniformLike Bernoulli', {
    types: (call) => [call.int('dtype', call.type(0))],
    elementwise: perOutput,
    readBytes: () => 0,
    random: true,
  }),
  ...rules('Multinomial', {
    types: (call) => [call.int('dtype', DataTypes.int32)],
    shapes: (call) => [[at(call.dims(0), 0), call.int('sample_size', 1)]],
    elementwise: (call) => product(call.dims(0)),
    random: true,
  }),
  ...rules(
    'HannWindow HammingWindow BlackmanWindow',
    {
      types: (call) => [call.int('output_datatype', DataTypes.float32)],
      shapes: (call) => [[at(call.value(0), 0)]],
      elementwise: (call) => 4 * perOutput(call),
    },
    17,
  ),
];
