/** One array with many samples along its first axis, as calibration sets in .npz and .npy files have them. */

import type { TensorValue } from '../port.js';
import type { ModelInput, Sample } from './types.js';

/** How many samples of the inputs' shapes the arrays hold; 1 where they are one sample, or fit in no other way. */
export function samplesAlongBatch({ byInput }: Sample, inputs: readonly ModelInput[]): number {
  let count: number | null = null;
  for (const { name, shape } of inputs) {
    const dims = byInput.get(name)?.value.dims;
    if (!dims) continue;
    const [all = 0, each = 0] = [dims[0], shape[0]];
    const fits = dims.length === shape.length && dims.slice(1).every((dim, axis) => dim === shape[axis + 1]);
    const own = all / each;
    if (!fits || !Number.isInteger(own) || own < 1 || (count !== null && own !== count)) return 1;
    count = own;
  }
  return count ?? 1;
}

/** One of `count` equal parts of every array. */
export function partOf(sample: Sample, index: number, count: number): Sample {
  const byInput = new Map(
    [...sample.byInput].map(([name, tensor]) => [name, { ...tensor, value: slice(tensor.value, index, count) }]),
  );
  return { ...sample, byInput, expected: [] };
}

function slice(value: TensorValue, index: number, count: number): TensorValue {
  const [all = 0, ...rest] = value.dims;
  const length = value.data.length / count;
  const data = value.data.slice(index * length, (index + 1) * length);
  return { ...value, dims: [all / count, ...rest], data };
}
