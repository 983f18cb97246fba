import { Tensor } from 'onnxruntime-node';
import { ExpectedError } from '../core/common/errors.js';
import { oneLine } from '../core/common/oneLine.js';
import type { Feeds, TensorValue } from '../core/runtime/port.js';

/** The native binding knows their names, and refuses them as inputs; inside a model they are fine. */
const NOT_PASSED: ReadonlySet<string> = new Set(['int4', 'uint4', 'bfloat16']);

/** Throws ExpectedError('runtime') where type, dims and data do not fit each other. */
export function toRuntimeTensor(name: string, value: TensorValue): Tensor {
  if (NOT_PASSED.has(value.dataType))
    throw new ExpectedError('runtime', 'error.runtime.dataType', { dataType: value.dataType });
  try {
    // The constructor has an overload for each type; what it takes is checked there, at run time.
    return new Tensor(value.dataType as 'float32', value.data as Float32Array, value.dims);
  } catch (error) {
    const text = oneLine(error instanceof Error ? error.message : String(error));
    throw new ExpectedError('runtime', 'error.runtime.input', { name: oneLine(name, 80), text }, { cause: error });
  }
}

export function toRuntimeTensors(feeds: Feeds): Record<string, Tensor> {
  // No prototype: an input may be called '__proto__'.
  const tensors = Object.create(null) as Record<string, Tensor>;
  for (const [name, value] of Object.entries(feeds)) tensors[name] = toRuntimeTensor(name, value);
  return tensors;
}

/** Outputs that lie on another device are fetched. float16 comes as its bits, whatever array the engine has for it. */
export async function fromRuntimeTensor(tensor: Tensor): Promise<TensorValue> {
  const data = await tensor.getData();
  const value = { dataType: tensor.type, dims: [...tensor.dims] };
  if (tensor.type !== 'float16' || Array.isArray(data)) return { ...value, data };
  const bits = new Uint16Array(data.buffer, data.byteOffset, data.byteLength / Uint16Array.BYTES_PER_ELEMENT);
  return { ...value, data: bits };
}
