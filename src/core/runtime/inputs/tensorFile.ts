/** A serialised TensorProto in a file of its own, as in ONNX's `test_data_set_*` folders. */

import path from 'node:path';
import { ExpectedError } from '../../common/errors.js';
import { oneLine } from '../../common/oneLine.js';
import { FileConstants } from '../../model/constants.js';
import { dataTypeName, DataTypes, tensorBytes } from '../../model/dataTypes.js';
import { FileSource } from '../../model/fileSource.js';
import type { TensorRef } from '../../model/graph.js';
import { ProtobufReader } from '../../model/onnx/protobufReader.js';
import { readTensor } from '../../model/onnx/readTensor.js';
import type { TensorData } from '../port.js';
import type { NamedTensor } from './types.js';

const LARGEST_TENSOR_BYTES = 2 ** 31 - 1;
const MOST_STRINGS = 10_000_000;

const ARRAYS: ReadonlyMap<number, (buffer: ArrayBuffer) => TensorData> = new Map<
  number,
  (buffer: ArrayBuffer) => TensorData
>([
  [DataTypes.float32, (buffer) => new Float32Array(buffer)],
  [DataTypes.float64, (buffer) => new Float64Array(buffer)],
  [DataTypes.float16, (buffer) => new Uint16Array(buffer)],
  [DataTypes.bfloat16, (buffer) => new Uint16Array(buffer)],
  [DataTypes.int8, (buffer) => new Int8Array(buffer)],
  [DataTypes.uint8, (buffer) => new Uint8Array(buffer)],
  [DataTypes.bool, (buffer) => new Uint8Array(buffer)],
  [DataTypes.int4, (buffer) => new Uint8Array(buffer)],
  [DataTypes.uint4, (buffer) => new Uint8Array(buffer)],
  [DataTypes.int16, (buffer) => new Int16Array(buffer)],
  [DataTypes.uint16, (buffer) => new Uint16Array(buffer)],
  [DataTypes.int32, (buffer) => new Int32Array(buffer)],
  [DataTypes.uint32, (buffer) => new Uint32Array(buffer)],
  [DataTypes.int64, (buffer) => new BigInt64Array(buffer)],
  [DataTypes.uint64, (buffer) => new BigUint64Array(buffer)],
]);

const malformed = (source: string, cause?: unknown): ExpectedError =>
  new ExpectedError('input', 'measure.tensorFile.malformed', { file: oneLine(source) }, { cause });

function locate(file: string): TensorRef {
  const source = new FileSource(file);
  try {
    return readTensor(new ProtobufReader(source), source.bytes);
  } catch (error) {
    // Its reader speaks of a model; a sequence or an optional value is no tensor either.
    if (!(error instanceof ExpectedError) || error.reason !== 'input') throw error;
    throw malformed(path.basename(file), error);
  } finally {
    source.close();
  }
}

function elements(file: string, tensor: TensorRef): TensorData | null {
  const constants = new FileConstants({ path: file });
  try {
    if (tensor.dataType === DataTypes.string) return constants.readStrings(tensor, MOST_STRINGS);
    const bytes = constants.readBytes(tensor, LARGEST_TENSOR_BYTES);
    const array = ARRAYS.get(tensor.dataType);
    if (!bytes || !array) return null;
    return array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength) as ArrayBuffer);
  } finally {
    constants.close();
  }
}

/** ExpectedError when the file is no tensor, or its elements do not fit its shape. */
export function readTensorFile(file: string): NamedTensor {
  const source = path.basename(file);
  const tensor = locate(file);
  const dataType = dataTypeName(tensor.dataType);
  if (!ARRAYS.has(tensor.dataType) && tensor.dataType !== DataTypes.string)
    throw new ExpectedError('input', 'measure.tensorFile.dataType', { file: oneLine(source), dataType });
  const data = (tensorBytes(tensor.dataType, tensor.dims) ?? 1) >= 0 ? elements(file, tensor) : null;
  if (!data) throw malformed(source);
  return { name: tensor.name, source, value: { dataType, dims: tensor.dims, data } };
}
