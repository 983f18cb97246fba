/**
 * ai.onnx.ml. A linear model: MACs = rows × coefficients. A support vector machine: rows × support vectors × features
 * (its kernel) + rows × coefficients. Trees compare and branch: no MACs, and how many comparisons, only a run knows.
 * Scalers and the like: 2 elementwise operations per element.
 */

import { DataTypes } from '../../model/dataTypes.js';
import type { OperatorCall } from '../call.js';
import { type OperatorRule, type RuleBody, rules, type Shapes } from '../rule.js';
import { at, needsValue, product } from '../shapes.js';

const ML = 'ai.onnx.ml';

/** Rows of the input: a single one may come without a batch axis. */
const rows = (call: OperatorCall): number => (call.dims(0).length < 2 ? 1 : at(call.dims(0), 0));
const coefficients = (call: OperatorCall): number => call.floats('coefficients')?.length ?? 0;

const classLabels = (call: OperatorCall): readonly (number | string)[] =>
  call.ints('classlabels_ints') ??
  call.ints('classlabels_int64s') ??
  call.strings('classlabels_strings') ??
  call.strings('classlabels_strings') ??
  [];

function classifierShapes(call: OperatorCall): Shapes {
  const labels = classLabels(call).length;
  return [[rows(call)], labels === 0 ? null : [rows(call), labels]];
}

function classifierTypes(call: OperatorCall): number[] {
  const named = call.strings('classlabels_strings');
  return [named && named.length > 0 ? DataTypes.string : DataTypes.int64, DataTypes.float32];
}

const linear = (call: OperatorCall): number => rows(call) * coefficients(call);

function supportVectorMacs(call: OperatorCall): number {
  const vectors = call.floats('support_vectors')?.length ?? 0;
  return rows(call) * (vectors + coefficients(call));
}

const classifier: RuleBody = { types: classifierTypes, shapes: classifierShapes };
const regressor: RuleBody = {
  types: () => [DataTypes.float32],
  shapes: (call) => [[rows(call), call.int('targets', call.int('n_targets', 1))]],
};
const comparisons = { elementwise: () => needsValue() };
const scaled: RuleBody = { types: () => [DataTypes.float32], elementwise: (call) => 2 * product(call.dims(0)) };

const labelTypes = (call: OperatorCall): number[] => {
  if (call.strings('values_strings')) return [DataTypes.string];
  if (call.floats('values_floats')) return [DataTypes.float32];
  if (call.ints('values_int64s')) return [DataTypes.int64];
  const values = call.tensor('values_tensor');
  if (values) return [values.dataType];
  return [call.type(0) === DataTypes.string ? DataTypes.int64 : DataTypes.string];
};

export const classicalRules: OperatorRule[] = [
  ...rules('LinearClassifier', { ...classifier, macs: linear }, 1, ML),
  ...rules('LinearRegressor', { ...regressor, macs: linear }, 1, ML),
  ...rules('SVMClassifier', { ...classifier, macs: supportVectorMacs }, 1, ML),
  ...rules('SVMRegressor', { ...regressor, macs: supportVectorMacs }, 1, ML),
  ...rules('TreeEnsembleClassifier', { ...classifier, ...comparisons }, 1, ML),
  ...rules('TreeEnsembleRegressor', { ...regressor, ...comparisons }, 1, ML),
  ...rules('TreeEnsemble', { ...regressor, types: (call) => [call.type(0)], ...comparisons }, 5, ML),
  ...rules('Scaler Normalizer Imputer', scaled, 1, ML),
  ...rules('Binarizer', { elementwise: (call) => product(call.dims(0)) }, 1, ML),
  ...rules('LabelEncoder CategoryMapper', { types: labelTypes }, 1, ML),
  ...rules(
    'OneHotEncoder',
    {
      types: () => [DataTypes.float32],
      shapes: (call) => [
        [...call.dims(0), (call.ints('cats_int64s') ?? call.strings('cats_strings') ?? needsValue()).length],
      ],
    },
    1,
    ML,
  ),
  ...rules(
    'ArrayFeatureExtractor',
    { shapes: (call) => [[...call.dims(0).slice(0, -1), product(call.dims(1))]] },
    1,
    ML,
  ),
  ...rules(
    'FeatureVectorizer',
    {
      types: () => [DataTypes.float32],
      shapes: (call) => [[rows(call), call.inputs.reduce((sum, _, input) => sum + at(call.dims(input), -1), 0)]],
    },
    1,
    ML,
  ),
  // A list of maps, or tensors of maps: not tensors.
  ...rules('ZipMap CastMap DictVectorizer', { types: () => [0], shapes: () => needsValue() }, 1, ML),
];
