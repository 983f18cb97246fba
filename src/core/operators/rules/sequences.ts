/**
 * Sequences, optionals, strings: no MACs, no elementwise operations; how long a sequence is and what a string holds, only
 * a run knows. Tensors in a sequence are counted where they are taken out.
 */

import { DataTypes } from '../../model/dataTypes.js';
import { type OperatorRule, rules } from '../rule.js';
import { at, broadcast, needsValue } from '../shapes.js';

const opaque = { types: () => [0], shapes: () => needsValue() };

export const sequenceRules: OperatorRule[] = [
  ...rules(
    'SequenceConstruct SequenceEmpty SequenceInsert SequenceErase SequenceAt SequenceMap SplitToSequence ' +
      'ConcatFromSequence Optional OptionalGetElement',
    opaque,
  ),
  ...rules('SequenceLength', { types: () => [DataTypes.int64], shapes: () => [[]] }, 11),
  ...rules('OptionalHasElement', { types: () => [DataTypes.bool], shapes: () => [[]] }, 15),
  ...rules('StringNormalizer', { types: () => [DataTypes.string], shapes: () => needsValue() }, 10),
  ...rules('StringConcat', { shapes: (call) => [broadcast([call.dims(0), call.dims(1)])] }, 20),
  ...rules('StringSplit', { types: () => [DataTypes.string, DataTypes.int64], shapes: () => needsValue() }, 20),
  ...rules('RegexFullMatch', { types: () => [DataTypes.bool] }, 20),
  ...rules(
    'TfIdfVectorizer',
    {
      types: () => [DataTypes.float32],
      shapes: (call) => {
        const features = Math.max(-1, ...(call.ints('ngram_indexes') ?? [])) + 1;
        return [[...call.dims(0).slice(0, -1), features]];
      },
      elementwise: (call) => call.out().reduce((a, b) => a * b, 1),
    },
    9,
  ),
  ...rules('ImageDecoder', { types: () => [DataTypes.uint8], shapes: () => needsValue() }, 20),
  ...rules('Tokenizer', { types: () => [DataTypes.string], shapes: () => needsValue() }, 1, 'com.microsoft'),
  ...rules('MurmurHash3', { types: () => [DataTypes.uint32] }, 1, 'com.microsoft'),
  ...rules('WordConvEmbedding', { shapes: (call) => [[at(call.dims(0), 0), at(call.dims(1), 0)]] }, 1, 'com.microsoft'),
];
