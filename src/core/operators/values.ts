/** Elements of small tensors as they pass through the arithmetic of shapes. Row-major, as in the tensor. */

import type { OperatorCall } from './call.js';
import type { Elements } from './rule.js';
import { broadcast, product } from './shapes.js';

export type BinaryFunction = (a: number, b: number) => number;

export const mapElements = (elements: Elements, apply: (x: number) => number): Elements =>
  elements === null ? null : elements.map((element) => apply(element));

/** Distance in elements between neighbours of each axis. */
export function strides(dims: readonly number[]): number[] {
  const result = new Array<number>(dims.length);
  let step = 1;
  for (let axis = dims.length - 1; axis >= 0; axis--) {
    result[axis] = step;
    step *= dims[axis]!;
  }
  return result;
}

/** Calls `visit` with every index of a tensor, row-major. The index array is reused. */
export function forEachIndex(dims: readonly number[], visit: (index: readonly number[], position: number) => void) {
  const total = product(dims);
  const index = new Array<number>(dims.length).fill(0);
  for (let position = 0; position < total; position++) {
    visit(index, position);
    for (let axis = dims.length - 1; axis >= 0; axis--) {
      index[axis] = index[axis]! + 1;
      if (index[axis]! < dims[axis]!) break;
      index[axis] = 0;
    }
  }
}

/** A tensor's elements as they stand in a larger shape that it broadcasts to. */
export function expandElements(
  elements: readonly number[],
  dims: readonly number[],
  target: readonly number[],
): number[] {
  const result: number[] = [];
  const step = strides(dims);
  const offset = target.length - dims.length;
  forEachIndex(target, (index) => {
    let position = 0;
    for (let axis = 0; axis < dims.length; axis++) {
      if (dims[axis] !== 1) position += index[offset + axis]! * step[axis]!;
    }
    result.push(elements[position] ?? 0);
  });
  return result;
}

/** A binary operator with broadcasting; null when either side is not known. */
export function combine(
  left: Elements,
  leftDims: readonly number[],
  right: Elements,
  rightDims: readonly number[],
  apply: BinaryFunction,
): Elements {
  if (left === null || right === null) return null;
  const target = broadcast([leftDims, rightDims]);
  const a = expandElements(left, leftDims, target);
  const b = expandElements(right, rightDims, target);
  return a.map((element, position) => apply(element, b[position]!));
}

/** Where: by a condition, of two tensors. */
export function selectElements(call: OperatorCall, target: readonly number[] | null): Elements {
  const condition = call.known(0);
  const yes = condition === null ? null : call.known(1);
  const no = yes === null ? null : call.known(2);
  if (condition === null || yes === null || no === null || target === null) return null;
  const chosen = expandElements(condition, call.dims(0), target);
  const a = expandElements(yes, call.dims(1), target);
  const b = expandElements(no, call.dims(2), target);
  return chosen.map((flag, position) => (flag !== 0 ? a[position]! : b[position]!));
}
