/**
 * Operators that pick elements by indices, or put them there. No MACs. A gather reads its indices and what it writes,
 * not the whole table; a scatter copies its input and writes its updates over it. Sorting counts n·log2(n) elementwise
 * operations, a search one per element.
 */

import type { OperatorCall } from '../call.js';
import { bytesOf } from '../bytes.js';
import { DataTypes } from '../../model/dataTypes.js';
import { type Elements, type OperatorRule, type RuleBody, rules } from '../rule.js';
import { at, demand, mismatch, needsValue, positiveAxis, product, withAxis } from '../shapes.js';
import { forEachIndex, strides } from '../values.js';

const inputBytes = (call: OperatorCall, input: number): number => {
  const info = call.inputs[input];
  return info ? bytesOf(info) : 0;
};
const outputBytes = (call: OperatorCall): number => call.outputs.reduce((sum, o) => sum + (o ? bytesOf(o) : 0), 0);
const gatherReads = (call: OperatorCall): number => inputBytes(call, 1) + outputBytes(call);

function gatheredElements(call: OperatorCall, target: readonly number[]): Elements {
  const elements = call.known(0);
  const indices = elements === null ? null : call.known(1);
  if (elements === null || indices === null) return null;
  const dims = call.dims(0);
  const axis = positiveAxis(call.int('axis', 0), dims.length);
  const inner = product(dims.slice(axis + 1));
  const result: number[] = [];
  for (let outer = 0; outer < product(dims.slice(0, axis)); outer++) {
    for (const index of indices) {
      const row = outer * at(dims, axis) + (index < 0 ? index + at(dims, axis) : index);
      for (let i = 0; i < inner; i++) result.push(elements[row * inner + i] ?? mismatch());
    }
  }
  return result.length === product(target) ? result : null;
}

const gather: RuleBody = {
  shapes: (call) => {
    const dims = call.dims(0);
    const axis = positiveAxis(call.int('axis', 0), dims.length);
    return [[...dims.slice(0, axis), ...call.dims(1), ...dims.slice(axis + 1)]];
  },
  values: (call, shapes) => [gatheredElements(call, shapes[0] ?? [])],
  readBytes: gatherReads,
};

const gatherElements: RuleBody = {
  shapes: (call) => [call.dims(1)],
  values: (call, shapes) => {
    const elements = call.known(0);
    const indices = call.known(1);
    if (elements === null || indices === null) return [null];
    const dims = call.dims(0);
    const along = positiveAxis(call.int('axis', 0), dims.length);
    const step = strides(dims);
    const result: number[] = [];
    forEachIndex(shapes[0] ?? [], (index, position) => {
      const chosen = indices[position]! < 0 ? indices[position]! + at(dims, along) : indices[position]!;
      const place = index.reduce((sum, i, axis) => sum + (axis === along ? chosen : i) * step[axis]!, 0);
      result.push(elements[place] ?? mismatch());
    });
    return [result];
  },
  readBytes: gatherReads,
};

const gatherNd: RuleBody = {
  shapes: (call) => {
    const indices = call.dims(1);
    const batch = call.int('batch_dims', 0);
    return [[...indices.slice(0, -1), ...call.dims(0).slice(batch + at(indices, -1))]];
  },
  readBytes: gatherReads,
};

/** ScatterND into a list, as exporters write one dimension of a shape. */
function scatteredElements(call: OperatorCall): Elements {
  const data = call.dims(0).length === 1 ? call.known(0) : null;
  const indices = data === null ? null : call.known(1);
  const updates = indices === null ? null : call.known(2);
  if (data === null || indices === null || updates === null || updates.length !== indices.length) return null;
  if (call.text('reduction', 'none') !== 'none') return null;
  const result = [...data];
  indices.forEach((index, position) => {
    const place = index < 0 ? index + data.length : index;
    demand(place >= 0 && place < data.length);
    result[place] = updates[position]!;
  });
  return result;
}

const scatter: RuleBody = {
  values: (call) => [scatteredElements(call)],
  elementwise: (call) => (call.text('reduction', 'none') === 'none' ? 0 : product(call.dims(2))),
};

function topShapes(call: OperatorCall): number[][] {
  const dims = call.dims(0);
  const axis = positiveAxis(call.int('axis', -1), dims.length);
  const k = call.has(1) ? at(call.value(1), 0) : call.requiredInt('k');
  const shape = withAxis(dims, axis, k);
  return [shape, shape];
}

const sortCost = (call: OperatorCall): number => {
  const dims = call.dims(0);
  const length = dims.length === 0 ? 1 : at(dims, positiveAxis(call.int('axis', -1), dims.length));
  return Math.ceil(product(dims) * Math.log2(Math.max(2, length)));
};

/** Positions of the elements that are not zero, one column each. */
function nonZeroPositions(call: OperatorCall): number[][] {
  const elements = call.value(0);
  const found: number[][] = [];
  forEachIndex(call.dims(0), (index, position) => {
    if (elements[position] !== 0) found.push([...index]);
  });
  return found;
}

const nonZero: RuleBody = {
  types: () => [DataTypes.int64],
  shapes: (call) => [[call.dims(0).length, nonZeroPositions(call).length]],
  values: (call) => {
    const found = nonZeroPositions(call);
    return [call.dims(0).flatMap((_, axis) => found.map((index) => index[axis]!))];
  },
  elementwise: (call) => product(call.dims(0)),
};

const oneHot: RuleBody = {
  types: (call) => [call.type(2)],
  shapes: (call) => {
    const dims = call.dims(0);
    const axis = positiveAxis(call.int('axis', -1), dims.length + 1);
    return [[...dims.slice(0, axis), at(call.value(1), 0), ...dims.slice(axis)]];
  },
};

/** At most `max_output_boxes_per_class` of each class survive; how many, only a run knows. Every pair is compared. */
const nonMaxSuppression: RuleBody = {
  types: () => [DataTypes.int64],
  shapes: () => needsValue(),
  elementwise: (call) => product(call.dims(1)) * Math.ceil(Math.log2(Math.max(2, at(call.dims(1), -1)))),
};

const eyeLike: RuleBody = {
  types: (call) => [call.int('dtype', call.type(0))],
  readBytes: () => 0,
};

/** Rows of a table that is stored in blocks of 4 or 8 bits. */
const gatherBlockQuantized: RuleBody = {
  ...gather,
  types: (call) => [call.type(2)],
  shapes: (call) => {
    const dims = call.dims(0);
    const axis = positiveAxis(call.int('gather_axis', 0), dims.length);
    // uint8 holds two 4-bit elements; int4 and uint4 tensors are counted by element.
    const packed = call.type(0) === DataTypes.uint8 ? 8 / call.int('bits', 4) : 1;
    const rows = dims.map((dim, i) => (i === dims.length - 1 ? dim * packed : dim));
    return [[...rows.slice(0, axis), ...call.dims(1), ...rows.slice(axis + 1)]];
  },
  values: () => [null],
  elementwise: (call) => product(call.out()),
};

export const indexingRules: OperatorRule[] = [
  ...rules('Gather', gather),
  ...rules('GatherElements', gatherElements, 11),
  ...rules('GatherND', gatherNd, 11),
  ...rules('Scatter ScatterElements ScatterND TensorScatter', scatter),
  ...rules('TopK', { types: (call) => [call.type(0), DataTypes.int64], shapes: topShapes, elementwise: sortCost }),
  ...rules('NonZero', nonZero),
  ...rules('OneHot', oneHot, 9),
  ...rules('EyeLike', eyeLike, 9),
  ...rules('Compress', { shapes: () => needsValue() }, 9),
  ...rules(
    'Unique',
    {
      types: (call) => [call.type(0), DataTypes.int64, DataTypes.int64, DataTypes.int64],
      shapes: () => needsValue(),
      elementwise: sortCost,
    },
    11,
  ),
  ...rules('NonMaxSuppression', nonMaxSuppression, 10),
  ...rules('GatherND', gatherNd, 1, 'com.microsoft'),
  ...rules('GatherBlockQuantized', gatherBlockQuantized, 1, 'com.microsoft'),
  ...rules(
    'Unique',
    {
      types: (call) => [call.type(0), DataTypes.int64, DataTypes.int64],
      shapes: () => needsValue(),
      elementwise: sortCost,
    },
    1,
    'com.microsoft',
  ),
];
