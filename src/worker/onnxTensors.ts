import { Tensor } from 'onnxruntime-node';
import { ExpectedError } from '../core/common/errors.js';
import { oneLine } from '../core/common/oneLine.js';
import { carriedTypeName } from '../core/model/carriedTypes.js';
import { elementAt, tensorFrom } from '../core/runtime/inputs/elements.js';
import type { Feeds, TensorValue } from '../core/runtime/port.js';

/**
 * What the native binding does not take goes in the type that a model's copy takes instead (`withCarriedTypes`).
 * Throws ExpectedError('runtime') where type, dims and data do not fit each other.
 */
export function toRuntimeTensor(name: string, value: TensorValue): Tensor {
  const carried = carriedTypeName(value.dataType);
  const { dataType, data, dims } =
    carried === null ? value : tensorFrom(name, carried, value.dims, (index) => elementAt(value, index));
  try {
    // The constructor has an overload for each type; what it takes is checked there, at run time.
    return new Tensor(dataType as 'float32', data as Float32Array, dims);
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
