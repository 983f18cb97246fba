import { Tensor } from 'onnxruntime-node';
import { ExpectedError } from '../core/common/errors.js';
import { oneLine } from '../core/common/oneLine.js';
import type { Feeds, TensorData, TensorValue } from '../core/runtime/port.js';

/** The runtime takes both 4-bit types as bytes, two elements in each. */
const PACKED_TYPES: ReadonlySet<string> = new Set(['int4', 'uint4']);

function bytesOf(data: TensorData): TensorData {
  return data instanceof Int8Array ? new Uint8Array(data.buffer, data.byteOffset, data.byteLength) : data;
}

/** Throws ExpectedError('runtime') where type, dims and data do not fit each other. */
export function toRuntimeTensor(name: string, value: TensorValue): Tensor {
  const data = PACKED_TYPES.has(value.dataType) ? bytesOf(value.data) : value.data;
  try {
    // The constructor has an overload for each type; what it takes is checked there, at run time.
    return new Tensor(value.dataType as 'float32', data as Float32Array, value.dims);
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
