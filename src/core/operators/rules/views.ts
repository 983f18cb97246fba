/**
 * Operators that only look at a buffer in another shape (Reshape, Squeeze …), and those that make shapes: Shape, Size,
 * Constant, ConstantOfShape, Range. No MACs and no elementwise operations; views read and write nothing.
 */

import type { OperatorCall } from '../call.js';
import { DataTypes } from '../../model/dataTypes.js';
import { type Elements, MAXIMUM_FOLDED, type OperatorRule, rules, type Shapes } from '../rule.js';
import { at, demand, positiveAxis, product } from '../shapes.js';

const sameElements = (call: OperatorCall): Elements[] => [call.known(0)];

/** 0 copies the input's dimension (unless `allowzero`), one -1 takes what is left. */
export function reshapedDims(dims: readonly number[], target: readonly number[], allowZero: boolean): number[] {
  const result = target.map((dim, axis) => (dim === 0 && !allowZero ? at(dims, axis) : dim));
  const open = result.indexOf(-1);
  const total = product(dims);
  if (open !== -1) {
    const known = product(result.filter((_, axis) => axis !== open));
    result[open] = known === 0 ? 0 : total / known;
  }
  demand(product(result) === total);
  return result;
}

function flattenedShape(call: OperatorCall): Shapes {
  const dims = call.dims(0);
  const axis = positiveAxis(call.int('axis', 1), dims.length, true);
  return [[product(dims.slice(0, axis)), product(dims.slice(axis))]];
}

/** Axes of Squeeze and Unsqueeze: an attribute before opset 13, then an input. */
const axesOf = (call: OperatorCall): readonly number[] | null =>
  call.has(1) ? call.value(1) : (call.ints('axes') ?? null);

function squeezedShape(call: OperatorCall): Shapes {
  const dims = call.dims(0);
  const axes = axesOf(call);
  if (axes === null) return [dims.filter((dim) => dim !== 1)];
  const removed = new Set(axes.map((axis) => positiveAxis(axis, dims.length)));
  demand([...removed].every((axis) => dims[axis] === 1));
  return [dims.filter((_, axis) => !removed.has(axis))];
}

function unsqueezedShape(call: OperatorCall): Shapes {
  const dims = call.dims(0);
  const axes = axesOf(call) ?? [];
  const rank = dims.length + axes.length;
  const added = new Set(axes.map((axis) => positiveAxis(axis, rank)));
  demand(added.size === axes.length);
  let next = 0;
  return [Array.from({ length: rank }, (_, axis) => (added.has(axis) ? 1 : dims[next++]!))];
}

/** The part of the input's shape that Shape gives: `start` to `end` from opset 15. */
function shapeElements(call: OperatorCall): readonly number[] {
  const dims = call.dims(0);
  const clamp = (axis: number): number => Math.min(Math.max(axis < 0 ? axis + dims.length : axis, 0), dims.length);
  return dims.slice(clamp(call.int('start', 0)), clamp(call.int('end', dims.length)));
}

function constantType(call: OperatorCall): number[] {
  const tensor = call.tensor('value');
  if (tensor) return [tensor.dataType];
  if (call.has(0)) return [0];
  if (call.floats('value_floats') ?? call.float('value_float', NaN) === call.float('value_float', 0)) {
    return [DataTypes.float32];
  }
  return [(call.strings('value_strings') ?? call.text('value_string', '') !== '') ? DataTypes.string : DataTypes.int64];
}

function constantShape(call: OperatorCall): Shapes {
  const list = call.ints('value_ints') ?? call.floats('value_floats') ?? call.strings('value_strings');
  return [call.tensor('value')?.dims ?? (list ? [list.length] : [])];
}

function rangeLength(call: OperatorCall): number {
  const [start = 0] = call.value(0);
  const [limit = 0] = call.value(1);
  const [delta = 1] = call.value(2);
  demand(delta !== 0);
  return Math.max(0, Math.ceil((limit - start) / delta));
}

export const viewRules: OperatorRule[] = [
  ...rules('Identity', { view: true, values: sameElements }),
  ...rules('Reshape', {
    view: true,
    shapes: (call) => {
      const target = call.has(1) ? call.value(1) : (call.ints('shape') ?? []);
      return [reshapedDims(call.dims(0), target, call.int('allowzero', 0) === 1)];
    },
    values: sameElements,
  }),
  ...rules('Flatten', { view: true, shapes: flattenedShape, values: sameElements }),
  ...rules('Squeeze', { view: true, shapes: squeezedShape, values: sameElements }),
  ...rules('Unsqueeze', { view: true, shapes: unsqueezedShape, values: sameElements }),
  ...rules('ExpandDims', { view: true, shapes: unsqueezedShape, values: sameElements }, 1, 'com.microsoft'),
  ...rules('Dropout', {
    // Nothing at inference: the runtime drops it, and its mask with it.
    view: true,
    types: (call) => [call.type(0), DataTypes.bool],
    shapes: (call) => [call.dims(0), call.dims(0)],
    values: sameElements,
  }),
  ...rules('Shape', {
    types: () => [DataTypes.int64],
    shapes: (call) => [[shapeElements(call).length]],
    values: (call) => [shapeElements(call)],
    readBytes: () => 0,
  }),
  ...rules('Size', {
    types: () => [DataTypes.int64],
    shapes: () => [[]],
    values: (call) => [[product(call.dims(0))]],
    readBytes: () => 0,
  }),
  ...rules('Constant', {
    types: constantType,
    shapes: constantShape,
    values: (call, _, read) => {
      const tensor = call.tensor('value');
      if (tensor) return [product(tensor.dims) <= MAXIMUM_FOLDED ? read(tensor) : null];
      const list = call.ints('value_ints') ?? call.floats('value_floats');
      if (list !== null) return [list];
      const scalar = call.int('value_int', call.float('value_float', NaN));
      return [Number.isNaN(scalar) ? null : [scalar]];
    },
    // It is part of the model, not of a run.
    readBytes: () => 0,
    writtenBytes: () => 0,
  }),
  ...rules('ConstantOfShape', {
    types: (call) => [call.tensor('value')?.dataType ?? DataTypes.float32],
    shapes: (call) => [call.value(0)],
    values: (call, shapes, read) => {
      const tensor = call.tensor('value');
      const element = tensor ? read(tensor)?.[0] : 0;
      return [element === undefined ? null : new Array<number>(product(shapes[0] ?? [])).fill(element)];
    },
  }),
  ...rules(
    'Range',
    {
      shapes: (call) => [[rangeLength(call)]],
      values: (call) => {
        const [start = 0] = call.value(0);
        const [delta = 1] = call.value(2);
        return [Array.from({ length: rangeLength(call) }, (_, step) => start + step * delta)];
      },
    },
    11,
  ),
  ...rules('Range', { shapes: (call) => [[rangeLength(call)]] }, 1, 'com.microsoft'),
];
