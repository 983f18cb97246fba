/** Tensors made element by element, in the runtime's data types. */

import { oneLine } from '../../common/oneLine.js';
import { ExpectedError } from '../../common/errors.js';
import { elementCount } from '../../model/dataTypes.js';
import { bfloat16ToNumber, halfToNumber, numberToHalf } from '../../model/elements.js';
import type { TensorData, TensorValue } from '../port.js';

type NumberArray =
  Float32Array | Float64Array | Int8Array | Uint8Array | Int16Array | Uint16Array | Int32Array | Uint32Array;

const NUMBER_ARRAYS: ReadonlyMap<string, new (length: number) => NumberArray> = new Map<
  string,
  new (length: number) => NumberArray
>([
  ['float32', Float32Array],
  ['float64', Float64Array],
  ['int8', Int8Array],
  ['uint8', Uint8Array],
  ['int16', Int16Array],
  ['uint16', Uint16Array],
  ['int32', Int32Array],
  ['uint32', Uint32Array],
  ['bool', Uint8Array],
]);

const floatScratch = new Float32Array(1);
const bitsScratch = new Uint32Array(floatScratch.buffer);

/** Upper half of float32, to nearest, ties to even. */
function bnumberToHalf(value: number): number {
  floatScratch[0] = value;
  const bits = bitsScratch[0] as number;
  return Number.isNaN(value) ? 0x7fc0 : ((bits + 0x7fff + ((bits >>> 16) & 1)) >>> 16) & 0xffff;
}

function packedNibbles(count: number, valueAt: (index: number) => number): Uint8Array {
  const packed = new Uint8Array(Math.ceil(count / 2));
  for (let index = 0; index < count; index++)
    packed[index >> 1] = (packed[index >> 1] as number) | ((valueAt(index) & 0xf) << (4 * (index % 2)));
  return packed;
}

function bits16(count: number, encode: (value: number) => number, valueAt: (index: number) => number): Uint16Array {
  const data = new Uint16Array(count);
  for (let index = 0; index < count; index++) data[index] = encode(valueAt(index));
  return data;
}

function dataFrom(name: string, dataType: string, count: number, valueAt: (index: number) => number): TensorData {
  if (dataType === 'float16') return bits16(count, numberToHalf, valueAt);
  if (dataType === 'bfloat16') return bits16(count, bnumberToHalf, valueAt);
  if (dataType === 'int4' || dataType === 'uint4') return packedNibbles(count, valueAt);
  if (dataType === 'int64' || dataType === 'uint64') {
    const data = dataType === 'int64' ? new BigInt64Array(count) : new BigUint64Array(count);
    for (let index = 0; index < count; index++) data[index] = BigInt(valueAt(index));
    return data;
  }
  const NumbersOf = NUMBER_ARRAYS.get(dataType);
  if (!NumbersOf)
    throw new ExpectedError('input', 'measure.input.dataType', {
      name: oneLine(name, 80),
      dataType: oneLine(dataType),
    });
  const data = new NumbersOf(count);
  for (let index = 0; index < count; index++) data[index] = valueAt(index);
  return data;
}

/** A tensor whose element `i` is `valueAt(i)`, an integer for integer types. ExpectedError for a type that cannot be fed. */
export function tensorFrom(
  name: string,
  dataType: string,
  dims: readonly number[],
  valueAt: (index: number) => number,
): TensorValue {
  return { dataType, dims: [...dims], data: dataFrom(name, dataType, elementCount(dims), valueAt) };
}

/** Element `index` as a number; int64 beyond 2^53 is rounded. Strings have none: NaN. */
export function elementAt(value: TensorValue, index: number): number {
  const { data } = value;
  if (value.dataType === 'float16') return halfToNumber(Number(data[index]));
  if (value.dataType === 'bfloat16') return bfloat16ToNumber(Number(data[index]));
  if (value.dataType === 'int4' || value.dataType === 'uint4') {
    const nibble = (Number(data[index >> 1]) >> (4 * (index % 2))) & 0xf;
    return value.dataType === 'int4' && nibble > 7 ? nibble - 16 : nibble;
  }
  const element = data[index];
  return typeof element === 'string' ? NaN : Number(element);
}
