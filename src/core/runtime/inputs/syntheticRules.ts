/** Which synthetic data an input gets, by its name, its type and what the graph does with it. */

import { isPastInput, isStateInput } from '../../model/dimensionKinds.js';
import type { ModelGraph } from '../../model/graph.js';
import { walkGraphs, walkNodes } from '../../model/walk.js';
import type { ModelInput } from './types.js';

/**
 * uniform01: floats in [0, 1), as images have. noise: floats in [-1, 1), as audio has. tokenIds: integers below the
 * embedding's rows. positions: 0, 1, 2 … along the last axis, after the cached ones. lengths: the longest axis of the
 * other inputs. bytes: the type's whole range. coin: random booleans. trips: what a loop counts. smallIntegers: 0 or 1.
 */
export type SyntheticRule =
  | 'uniform01'
  | 'noise'
  | 'zeros'
  | 'ones'
  | 'tokenIds'
  | 'positions'
  | 'lengths'
  | 'sampleRate'
  | 'bytes'
  | 'coin'
  | 'cacheInUse'
  | 'trips'
  | 'smallIntegers'
  | 'text';

const SHAPE_ONLY: ReadonlySet<string> = new Set([
  'Cast',
  'Identity',
  'Reshape',
  'Unsqueeze',
  'Squeeze',
  'Flatten',
  'Transpose',
  'Expand',
  'Slice',
  'Clip',
]);
/** Operators that look rows up: position of the ids among their inputs, and of the table. */
const LOOKUPS: ReadonlyMap<string, readonly { ids: number; table: number }[]> = new Map([
  ['Gather', [{ ids: 1, table: 0 }]],
  ['GatherBlockQuantized', [{ ids: 1, table: 0 }]],
  [
    'EmbedLayerNormalization',
    [
      { ids: 0, table: 2 },
      { ids: 1, table: 4 },
    ],
  ],
]);

function constantTables(model: ModelGraph): Map<string, readonly number[]> {
  const tables = new Map<string, readonly number[]>();
  for (const { graph } of walkGraphs(model)) {
    for (const initializer of graph.initializers) tables.set(initializer.name, initializer.dims);
    for (const node of graph.nodes) {
      const value = node.opType === 'Constant' ? node.attributes.find(({ name }) => name === 'value') : undefined;
      if (value?.type === 'tensor') tables.set(node.outputs[0] ?? '', value.value.dims);
    }
  }
  return tables;
}

/** What the graph does with an input's values. */
export interface InputUse {
  /** Of the smallest constant table in which they are looked up. */
  rows?: number;
  /** They say how often a loop runs: with 0 or 1 it would not be measured. */
  countsTrips?: boolean;
}

/** By input name; an input that is used in none of these ways has no entry. */
export function inputUses(model: ModelGraph): Map<string, InputUse> {
  const tables = constantTables(model);
  /** Input whose values a tensor still holds. */
  const origins = new Map(model.graph.inputs.map(({ name }) => [name, name]));
  const uses = new Map<string, InputUse>();
  const learn = (input: string | undefined, use: InputUse): void => {
    if (input === undefined) return;
    const known = uses.get(input);
    const rows = Math.min(use.rows ?? Infinity, known?.rows ?? Infinity);
    uses.set(input, { ...known, ...use, ...(rows < Infinity ? { rows } : {}) });
  };
  // Nodes are in topological order, so one pass carries the inputs' names along.
  for (const { node } of walkNodes(model)) {
    const carried = origins.get(node.inputs[0] ?? '');
    if (carried !== undefined && SHAPE_ONLY.has(node.opType)) origins.set(node.outputs[0] ?? '', carried);
    if (node.opType === 'Loop') learn(carried, { countsTrips: true });
    for (const { ids, table } of LOOKUPS.get(node.opType) ?? []) {
      const rows = tables.get(node.inputs[table] ?? '')?.[0] ?? 0;
      if (rows > 0) learn(origins.get(node.inputs[ids] ?? ''), { rows });
    }
  }
  return uses;
}

/** Segment Anything's: a mask of an earlier round, and whether there is one. */
const EARLIER_MASK = /has_mask|mask_input/;
const isFloat = (dataType: string): boolean => /^b?float/.test(dataType);

function integerRule(name: string, input: ModelInput, { rows, countsTrips }: InputUse): SyntheticRule {
  if (countsTrips) return 'trips';
  if (/mask/.test(name)) return 'ones';
  if (/pos(ition)?s?(_?ids?)?$|position/.test(name)) return 'positions';
  if (/token_?type|segment/.test(name)) return 'zeros';
  if (/^sr$|sampl(e|ing)_?rate/.test(name)) return 'sampleRate';
  if (rows !== undefined || /ids?$|token/.test(name)) return 'tokenIds';
  if (/len(gth)?s?$|_lens?_/.test(name)) return 'lengths';
  if (/^u?int(4|8)$/.test(input.dataType)) return 'bytes';
  return 'smallIntegers';
}

function floatRule(name: string): SyntheticRule {
  if (/mask|^scales?$|speed|temperature|_scale$/.test(name)) return 'ones';
  if (/audio|wav|speech|signal|samples|pcm/.test(name)) return 'noise';
  return 'uniform01';
}

/** Caches and recurrent states start empty; what counts or masks them does not. */
function holdsState(inputName: string): boolean {
  const name = inputName.toLowerCase();
  if (EARLIER_MASK.test(name)) return true;
  return !/position|length|mask/.test(name) && (isPastInput(inputName) || isStateInput(inputName));
}

export function syntheticRule(input: ModelInput, use: InputUse): SyntheticRule {
  const name = input.name.toLowerCase();
  if (input.dataType === 'string') return 'text';
  if (input.dataType === 'bool') {
    if (/use_cache/.test(name)) return 'cacheInUse';
    if (holdsState(input.name)) return 'zeros';
    return /mask/.test(name) || input.shape.every((dim) => dim === 1) ? 'ones' : 'coin';
  }
  if (holdsState(input.name) && use.rows === undefined) return 'zeros';
  return isFloat(input.dataType) ? floatRule(name) : integerRule(name, input, use);
}
