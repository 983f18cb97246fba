/** Arithmetic on shapes. A rule that lacks something to go on throws one of two shared errors; the analysis catches both. */

/** Why a rule gives no answer. */
export class RuleStop extends Error {
  constructor(readonly why: 'unknownShape' | 'needsValue' | 'mismatch') {
    super(why);
  }
}

// Shared: making an Error with its stack costs more than a rule does.
const UNKNOWN_SHAPE = new RuleStop('unknownShape');
const NEEDS_VALUE = new RuleStop('needsValue');
const MISMATCH = new RuleStop('mismatch');

/** An input's shape is not known. */
export function unknownShape(): never {
  throw UNKNOWN_SHAPE;
}

/** The shape depends on a value that is only known while running. */
export function needsValue(): never {
  throw NEEDS_VALUE;
}

/** The operator's inputs do not fit its definition: the runtime would refuse it. */
export function mismatch(): never {
  throw MISMATCH;
}

export function demand(condition: boolean): asserts condition {
  if (!condition) mismatch();
}

/** Number of elements; 1 for a scalar. */
export function product(dims: readonly number[]): number {
  let result = 1;
  for (const dim of dims) result *= dim;
  return result;
}

/** `dims[index]`, negative from the end; a mismatch where there is none. */
export function at(dims: readonly number[], index: number): number {
  return dims[index < 0 ? dims.length + index : index] ?? mismatch();
}

/** An axis from 0, of one that may count from the end. `rank` itself is allowed with `inclusive`. */
export function positiveAxis(axis: number, rank: number, inclusive = false): number {
  const positive = axis < 0 ? axis + rank : axis;
  demand(Number.isInteger(positive) && positive >= 0 && (positive < rank || (inclusive && positive === rank)));
  return positive;
}

/** Numpy's broadcasting of any number of shapes. */
export function broadcast(shapes: readonly (readonly number[])[]): number[] {
  let rank = 0;
  for (const shape of shapes) rank = Math.max(rank, shape.length);
  const result: number[] = [];
  while (result.length < rank) result.push(1);
  for (const shape of shapes) {
    const offset = rank - shape.length;
    for (let axis = 0; axis < shape.length; axis++) {
      const dim = shape[axis]!;
      const current = result[offset + axis]!;
      if (current === 1) result[offset + axis] = dim;
      else demand(dim === 1 || dim === current);
    }
  }
  return result;
}

export const sameShape = (a: readonly number[] | null, b: readonly number[] | null): boolean =>
  a === b || (a !== null && b !== null && a.length === b.length && a.every((dim, axis) => dim === b[axis]));

/** Whole, not negative, and few enough elements to be counted exactly. */
export function isPossibleShape(dims: readonly number[]): boolean {
  if (dims.length > 1024) return false;
  let elements = 1;
  for (const dim of dims) {
    if (!Number.isInteger(dim) || dim < 0) return false;
    if (dim > 0) elements *= dim;
  }
  return elements <= Number.MAX_SAFE_INTEGER;
}

/** `dims` with one axis replaced. */
export function withAxis(dims: readonly number[], axis: number, dim: number): number[] {
  const result = dims.slice();
  result[axis] = dim;
  return result;
}
