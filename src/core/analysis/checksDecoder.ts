/** Checks on what generates token by token, and on what runs only a part of its weights. */

import { elementBits, isInteger } from '../model/dataTypes.js';
import type { DimensionRef, ModelGraph, ValueInfo } from '../model/graph.js';
import type { ParameterCount } from '../model/parameters.js';
import { MOE_OPERATORS } from '../operators/rules/moe.js';
import type { NodeAnalysis, StaticAnalysis } from '../operators/types.js';
import { check, type StructureCheck } from './structureCheck.js';

const PAST = /past|(^|[._/])k?v?_?cache/i;
const PRESENT = /present|cache/i;
/** Outputs with fewer columns are classes, not a vocabulary, unless their name says otherwise. */
const SMALLEST_VOCABULARY = 1000;

const tensorShape = ({ type }: ValueInfo): readonly DimensionRef[] | null =>
  type.kind === 'tensor' ? type.shape : null;

/** Inputs that carry keys and values from call to call: B × heads × length × size, or 2 × B × … in one. */
export function cacheInputs({ graph }: ModelGraph): ValueInfo[] {
  const gives = graph.outputs.some(({ name }) => PRESENT.test(name));
  if (!gives) return [];
  return graph.inputs.filter((input) => {
    const rank = tensorShape(input)?.length;
    return PAST.test(input.name) && (rank === 4 || rank === 5);
  });
}

/** Bytes that one more token adds to one cache input: all axes but the batch and the growing one. */
function bytesPerToken(input: ValueInfo): number | null {
  const shape = tensorShape(input);
  if (!shape || input.type.kind !== 'tensor') return null;
  // The batch is the first axis, behind the pair of keys and values where both are in one.
  const batch = shape.length - 4;
  const open = shape.flatMap((dim, axis) => (axis > batch && typeof dim !== 'number' ? [axis] : []));
  const growing = open.length === 1 ? open[0]! : open.length === 0 ? shape.length - 2 : -1;
  if (growing < 0) return null;
  let elements = 1;
  for (const [axis, dim] of shape.entries()) {
    if (axis === batch || axis === growing) continue;
    if (typeof dim !== 'number' || dim <= 0) return null;
    elements *= dim;
  }
  return (elements * elementBits(input.type.dataType)) / 8;
}

const intAttribute = ({ node }: NodeAnalysis, name: string): number | null => {
  const found = node.attributes.find((attribute) => attribute.name === name);
  return found?.type === 'int' ? found.value : null;
};

const COMPARISONS = new Set(['Less', 'LessOrEqual', 'Greater', 'GreaterOrEqual']);

/** Positions of a column compared with those of a row: how exporters write a triangular mask. */
function comparesPositions({ node, inputs }: NodeAnalysis): boolean {
  const [left, right] = [inputs[0]?.shape ?? null, inputs[1]?.shape ?? null];
  if (!COMPARISONS.has(node.opType) || !isInteger(inputs[0]?.dataType ?? 0) || !left || !right) return false;
  const isColumn = (shape: readonly number[]): boolean => shape.length > 1 && shape.at(-1) === 1 && shape.at(-2)! > 1;
  const isRow = (shape: readonly number[]): boolean =>
    shape.length > 0 && shape.at(-1)! > 1 && (shape.at(-2) ?? 1) === 1;
  return (isRow(left) && isColumn(right)) || (isColumn(left) && isRow(right));
}

/** A triangular mask, or an attention that says of itself that it looks back only. */
const isCausal = (known: NodeAnalysis): boolean =>
  known.node.opType === 'Trilu' ||
  comparesPositions(known) ||
  known.node.opType === 'GroupQueryAttention' ||
  intAttribute(known, 'is_causal') === 1 ||
  intAttribute(known, 'unidirectional') === 1;

/** The output with a score for every word at every position. */
function vocabularyOutput({ graph }: ModelGraph, analysis: StaticAnalysis): readonly number[] | null {
  for (const { name } of graph.outputs) {
    const shape = analysis.tensors.get('')?.get(name)?.shape;
    if (shape?.length === 3 && (shape[2]! >= SMALLEST_VOCABULARY || /logits/i.test(name))) return shape;
  }
  return null;
}

export function decoderChecks(model: ModelGraph, analysis: StaticAnalysis): StructureCheck[] {
  const caches = cacheInputs(model);
  if (caches.length > 0) {
    const sizes = caches.map(bytesPerToken);
    if (sizes.includes(null)) return [check('info', 'checks.cacheOfUnknownSize', { count: caches.length })];
    const bytes = sizes.reduce<number>((sum, size) => sum + (size ?? 0), 0);
    return [check('info', 'checks.cache', { count: caches.length, bytesPerToken: bytes })];
  }
  const scores = vocabularyOutput(model, analysis);
  if (!scores || !analysis.nodes.some(isCausal)) return [];
  return [check('warning', 'checks.decoderWithoutCache', { tokens: scores[1]! })];
}

const expertsIn = ({ inputs }: NodeAnalysis): number | undefined => inputs[1]?.shape?.at(-1) ?? inputs[2]?.shape?.[0];
const activeIn = (layer: NodeAnalysis): number => intAttribute(layer, 'k') ?? 1;

/** Active against all experts and parameters, over the layers that have them. */
export function expertChecks(nodes: readonly NodeAnalysis[], parameters: ParameterCount): StructureCheck[] {
  const layers = nodes.filter(({ node }) => node.domain === 'com.microsoft' && MOE_OPERATORS.has(node.opType));
  const [first] = layers;
  const total = first && expertsIn(first);
  if (!first || total === undefined) return [];
  // All that such a layer holds is divided among its experts.
  const idle = layers.reduce((sum, layer) => {
    const held = parameters.byOperator.get(layer.id)?.parameterCount ?? 0;
    return sum + held * (1 - Math.min(1, activeIn(layer) / (expertsIn(layer) ?? total)));
  }, 0);
  const params = {
    active: activeIn(first),
    total,
    layers: layers.length,
    parameters: parameters.parameterCount,
    activeParameters: Math.round(parameters.parameterCount - idle),
  };
  return [check('info', layers.length === 1 ? 'checks.experts.one' : 'checks.experts', params)];
}
