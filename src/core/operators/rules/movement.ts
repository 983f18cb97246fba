/**
 * Operators that move data: no MACs, no elementwise operations. They read and write their tensors, but for those that
 * read only a part: Slice and Split read what they write.
 */

import type { OperatorCall } from '../call.js';
import { bytesOf } from '../bytes.js';
import { type Elements, type OperatorRule, type RuleBody, rules, type Shapes } from '../rule.js';
import { at, broadcast, demand, mismatch, needsValue, positiveAxis, product, withAxis } from '../shapes.js';
import { expandElements, forEachIndex, strides } from '../values.js';

/** What is written was read once: a part of the input. Index inputs are small and left out. */
export const readsWhatItWrites = (call: OperatorCall): number =>
  call.outputs.reduce((sum, info) => sum + (info ? bytesOf(info) : 0), 0);

/** Elements of a result by the position in the source that each comes from. */
function pick(call: OperatorCall, target: readonly number[], source: (index: readonly number[]) => number): Elements {
  const elements = call.known(0);
  if (elements === null) return null;
  const result: number[] = [];
  forEachIndex(target, (index) => result.push(elements[source(index)] ?? 0));
  return result;
}

function permutation(call: OperatorCall): readonly number[] {
  const rank = call.dims(0).length;
  const perm = call.ints('perm') ?? Array.from({ length: rank }, (_, axis) => rank - 1 - axis);
  demand(perm.length === rank && new Set(perm).size === rank);
  return perm;
}

const transpose: RuleBody = {
  shapes: (call) => [permutation(call).map((axis) => at(call.dims(0), axis))],
  values: (call, shapes) => {
    const step = strides(call.dims(0));
    const perm = permutation(call);
    return [pick(call, shapes[0] ?? [], (index) => index.reduce((sum, i, axis) => sum + i * step[perm[axis]!]!, 0))];
  },
};

function concatenated(shapes: readonly (readonly number[])[], axis: number): number[] {
  const first = shapes[0] ?? mismatch();
  const along = positiveAxis(axis, first.length);
  demand(shapes.every((dims) => dims.length === first.length && dims.every((d, i) => i === along || d === first[i])));
  return withAxis(
    first,
    along,
    shapes.reduce((sum, dims) => sum + at(dims, along), 0),
  );
}

/** Only along the first axis: lists of dimensions. */
function concatenatedElements(call: OperatorCall): Elements[] {
  if (positiveAxis(call.int('axis', 0), call.dims(0).length) !== 0) return [null];
  const result: number[] = [];
  for (let input = 0; input < call.inputs.length; input++) {
    const elements = call.known(input);
    if (elements === null) return [null];
    result.push(...elements);
  }
  return [result];
}

/** Sizes of the parts: `split` (attribute before 13, then input), else equal ones, the last smaller from 18. */
function parts(call: OperatorCall, axisSize: number): readonly number[] {
  const sizes = call.optional(1) ?? call.ints('split');
  if (sizes !== null) return sizes;
  const count = call.int('num_outputs', call.outputCount);
  const size = Math.ceil(axisSize / count);
  return Array.from({ length: count }, (_, part) => Math.max(0, Math.min(size, axisSize - part * size)));
}

function splitShapes(call: OperatorCall): number[][] {
  const dims = call.dims(0);
  const axis = positiveAxis(call.int('axis', 0), dims.length);
  return parts(call, at(dims, axis)).map((size) => withAxis(dims, axis, size));
}

function splitElements(call: OperatorCall, shapes: Shapes): Elements[] {
  const elements = call.dims(0).length === 1 ? call.known(0) : null;
  let start = 0;
  return shapes.map((dims) => {
    if (elements === null || dims === null) return null;
    const end = start + product(dims);
    const part = elements.slice(start, end);
    start = end;
    return part;
  });
}

interface AxisSlice {
  start: number;
  step: number;
  length: number;
}

/** Slice's begins, ends, axes and steps: attributes before opset 10, then inputs. */
function slices(call: OperatorCall): AxisSlice[] {
  const dims = call.dims(0);
  const starts = call.has(1) ? call.value(1) : (call.ints('starts') ?? mismatch());
  const ends = call.has(2) ? call.value(2) : (call.ints('ends') ?? mismatch());
  const axes = call.optional(3) ?? call.ints('axes') ?? starts.map((_, axis) => axis);
  const steps = call.optional(4) ?? starts.map(() => 1);
  const result: AxisSlice[] = dims.map((length) => ({ start: 0, step: 1, length }));
  axes.forEach((axis, position) => {
    const along = positiveAxis(axis, dims.length);
    result[along] = axisSlice(at(dims, along), at(starts, position), at(ends, position), at(steps, position));
  });
  return result;
}

function axisSlice(size: number, start: number, end: number, step: number): AxisSlice {
  demand(step !== 0);
  const from = start < 0 ? start + size : start;
  const to = end < 0 ? end + size : end;
  if (step > 0) {
    const first = Math.min(Math.max(from, 0), size);
    const last = Math.min(Math.max(to, 0), size);
    return { start: first, step, length: Math.max(0, Math.ceil((last - first) / step)) };
  }
  const first = Math.min(Math.max(from, 0), size - 1);
  const last = Math.min(Math.max(to, -1), size - 1);
  return { start: first, step, length: Math.max(0, Math.ceil((last - first) / step)) };
}

const slice: RuleBody = {
  shapes: (call) => [slices(call).map(({ length }) => length)],
  values: (call, shapes) => {
    const step = strides(call.dims(0));
    const taken = slices(call);
    const position = (index: readonly number[]): number =>
      index.reduce((sum, i, axis) => sum + (taken[axis]!.start + i * taken[axis]!.step) * step[axis]!, 0);
    return [pick(call, shapes[0] ?? [], position)];
  },
  readBytes: readsWhatItWrites,
};

const expand: RuleBody = {
  shapes: (call) => [broadcast([call.dims(0), call.value(1)])],
  values: (call, shapes) => {
    const elements = call.known(0);
    return [elements ? expandElements(elements, call.dims(0), shapes[0] ?? []) : null];
  },
};

const tile: RuleBody = {
  shapes: (call) => {
    const repeats = call.value(1);
    demand(repeats.length === call.dims(0).length);
    return [call.dims(0).map((dim, axis) => dim * at(repeats, axis))];
  },
  values: (call, shapes) => {
    const dims = call.dims(0);
    const step = strides(dims);
    return [pick(call, shapes[0] ?? [], (i) => i.reduce((sum, at, axis) => sum + (at % dims[axis]!) * step[axis]!, 0))];
  },
};

/** Pads of every axis, begins then ends: an attribute before opset 11, then an input, for some axes from 18. */
function paddedShape(call: OperatorCall): Shapes {
  const dims = call.dims(0);
  const pads = call.has(1) ? call.value(1) : (call.ints('pads') ?? mismatch());
  const axes = call.optional(3) ?? dims.map((_, axis) => axis);
  demand(pads.length === 2 * axes.length);
  const result = dims.slice();
  axes.forEach((axis, position) => {
    const along = positiveAxis(axis, dims.length);
    result[along] = at(dims, along) + at(pads, position) + at(pads, position + axes.length);
  });
  return [result];
}

function depthToSpaceShape(call: OperatorCall): Shapes {
  const [n = 0, c = 0, h = 0, w = 0] = imageDims(call);
  const block = call.requiredInt('blocksize');
  return [[n, c / (block * block), h * block, w * block]];
}

function spaceToDepthShape(call: OperatorCall): Shapes {
  const [n = 0, c = 0, h = 0, w = 0] = imageDims(call);
  const block = call.requiredInt('blocksize');
  return [[n, c * block * block, h / block, w / block]];
}

function imageDims(call: OperatorCall): readonly number[] {
  demand(call.dims(0).length === 4);
  return call.dims(0);
}

/** Blocks of a column tensor put back into an image; overlaps are added. */
const col2Im: RuleBody = {
  shapes: (call) => {
    const dims = call.dims(0);
    return [[at(dims, 0), at(dims, 1) / product(call.value(2)), ...call.value(1)]];
  },
  elementwise: (call) => product(call.dims(0)),
};

const centerCropPad: RuleBody = {
  shapes: (call) => {
    const dims = call.dims(0);
    const axes = call.ints('axes') ?? dims.map((_, axis) => axis);
    const wanted = call.value(1);
    demand(wanted.length === axes.length);
    const result = dims.slice();
    axes.forEach((axis, position) => (result[positiveAxis(axis, dims.length)] = at(wanted, position)));
    return [result];
  },
};

const unfold: RuleBody = {
  shapes: (call) => {
    const dims = call.dims(0);
    const axis = positiveAxis(call.int('dim', -1), dims.length);
    const size = call.requiredInt('size');
    const step = call.int('step', 1);
    return [[...withAxis(dims, axis, Math.floor((at(dims, axis) - size) / step) + 1), size]];
  },
};

export const movementRules: OperatorRule[] = [
  ...rules('Transpose', transpose),
  ...rules('Concat', {
    shapes: (call) => [
      concatenated(
        call.inputs.map((_, input) => call.dims(input)),
        call.requiredInt('axis'),
      ),
    ],
    values: concatenatedElements,
  }),
  ...rules('Split', { shapes: splitShapes, types: sameTypes, values: splitElements, readBytes: readsWhatItWrites }),
  ...rules('Slice', slice),
  ...rules('DynamicSlice', slice),
  ...rules('Expand', expand),
  ...rules('Tile', tile, 6),
  ...rules('Pad', { shapes: paddedShape }),
  ...rules('DepthToSpace', { shapes: depthToSpaceShape }),
  ...rules('SpaceToDepth', { shapes: spaceToDepthShape }),
  ...rules('ReverseSequence', {}, 10),
  ...rules('Trilu', {}, 14),
  ...rules('Col2Im', col2Im, 18),
  ...rules('CenterCropPad', centerCropPad, 18),
  ...rules('Trilu', {}, 1, 'com.microsoft'),
  ...rules('Pad', { shapes: paddedShape }, 1, 'com.microsoft'),
  ...rules('UnfoldTensor', unfold, 1, 'com.microsoft'),
  ...rules(
    'QLinearConcat',
    {
      // Output scale and zero point, then tensor, scale and zero point of each input.
      types: (call) => [call.type(1)],
      shapes: (call) => {
        const tensors = call.inputs.map((_, input) => input).filter((input) => input >= 2 && input % 3 === 2);
        return [
          concatenated(
            tensors.map((input) => call.dims(input)),
            call.requiredInt('axis'),
          ),
        ];
      },
      elementwise: (call) => product(call.out()),
    },
    1,
    'com.microsoft',
  ),
  ...rules('DynamicTimeWarping', { shapes: () => needsValue() }, 1, 'com.microsoft'),
];

function sameTypes(call: OperatorCall): number[] {
  return new Array<number>(call.outputCount).fill(call.type(0));
}
