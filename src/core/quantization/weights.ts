/** Constant weights to fewer bits. Rounding is to nearest, ties to even, as the runtime's own operators round. */

import type { FileConstants } from '../model/constants.js';
import { DataTypes, elementCount } from '../model/dataTypes.js';
import { numberToHalf } from '../model/elements.js';
import type { TensorRef } from '../model/graph.js';
import type { BlockFormat } from './types.js';

export interface QuantizedWeight {
  /** int8, in the weight's own order. */
  values: Int8Array;
  /** One, or one a channel. */
  scales: Float32Array;
}

/** float32 elements; null for other types and for data that cannot be read. */
export function readFloats(tensor: TensorRef, constants: FileConstants): Float32Array | null {
  if (tensor.dataType !== DataTypes.float32) return null;
  const bytes = constants.readBytes(tensor, 2 ** 31);
  if (bytes === null) return null;
  const aligned = bytes.byteOffset % 4 === 0 ? bytes : bytes.slice();
  return new Float32Array(aligned.buffer, aligned.byteOffset, aligned.byteLength / 4);
}

export function roundToEven(value: number): number {
  const rounded = Math.round(value);
  return rounded - value === 0.5 && rounded % 2 !== 0 ? rounded - 1 : rounded;
}

/** Symmetric: scale = largest magnitude / 127 (63 with reduced range). `axis` null: one scale for all. */
export function quantizeSymmetric(
  weights: Float32Array,
  dims: readonly number[],
  axis: number | null,
  reducedRange: boolean,
): QuantizedWeight {
  const limit = reducedRange ? 63 : 127;
  const channels = axis === null ? 1 : (dims[axis] ?? 1);
  const inner = axis === null ? weights.length : elementCount(dims.slice(axis + 1));
  const channelOf = (index: number): number => Math.floor(index / inner) % channels;
  const largest = new Float32Array(channels);
  for (let index = 0; index < weights.length; index++) {
    const channel = channelOf(index);
    const magnitude = Math.abs(weights[index]!);
    if (magnitude > largest[channel]!) largest[channel] = magnitude;
  }
  // A channel of zeros has any scale; 1 keeps the bias's scale a normal number.
  const scales = largest.map((value) => (value > 0 ? Math.max(value / limit, 1e-30) : 1));
  const values = new Int8Array(weights.length);
  for (let index = 0; index < weights.length; index++) {
    const rounded = roundToEven(weights[index]! / scales[channelOf(index)]!);
    values[index] = Math.max(-limit, Math.min(limit, rounded));
  }
  return { values, scales };
}

const LARGEST_INT32 = 2 ** 31 - 1;

/** int32 with scale inputScale · weightScale[channel]. */
export function quantizeBias(
  bias: Float32Array,
  inputScale: number,
  weightScales: Float32Array,
): { values: Int32Array; scales: Float32Array } {
  const scales = weightScales.map((scale) => inputScale * scale);
  const values = Int32Array.from(bias, (value, index) => {
    const rounded = roundToEven(value / (scales.length === 1 ? scales[0]! : scales[index]!));
    return Math.max(-LARGEST_INT32, Math.min(LARGEST_INT32, rounded));
  });
  return { values, scales };
}

/** [rows, columns] to [columns, rows]. */
export function transposed(values: Float32Array, rows: number, columns: number): Float32Array {
  const result = new Float32Array(values.length);
  for (let row = 0; row < rows; row++)
    for (let column = 0; column < columns; column++) result[column * rows + row] = values[row * columns + column]!;
  return result;
}

export interface BlockWeight {
  /** [N, blocks, blockSize · bits / 8], the first value of a pair in the low four bits. */
  packed: Uint8Array;
  /** [N · blocks]. */
  scales: Float32Array;
  blocks: number;
}

/**
 * Weights [N, K] in blocks along K, each with a scale, around the fixed zero point 2^(bits − 1). The scale takes the
 * sign of the block's largest value, so that it falls on the end of the range which holds one value more.
 */
export function quantizeBlocks(weights: Float32Array, n: number, k: number, format: BlockFormat): BlockWeight {
  const { bits, blockSize } = format;
  const blocks = Math.ceil(k / blockSize);
  const zero = 2 ** (bits - 1);
  const blockBytes = (blockSize * bits) / 8;
  const packed = new Uint8Array(n * blocks * blockBytes);
  const scales = new Float32Array(n * blocks);
  for (let block = 0; block < n * blocks; block++) {
    const start = (block % blocks) * blockSize;
    const row = Math.floor(block / blocks) * k;
    const length = Math.min(blockSize, k - start);
    let extreme = 0;
    for (let index = 0; index < length; index++) {
      const value = weights[row + start + index]!;
      if (Math.abs(value) > Math.abs(extreme)) extreme = value;
    }
    const scale = extreme / -zero;
    scales[block] = scale;
    for (let index = 0; index < blockSize; index++) {
      const value = index < length && scale !== 0 ? weights[row + start + index]! / scale : 0;
      const level = Math.max(0, Math.min(2 * zero - 1, roundToEven(value) + zero));
      if (bits === 8) packed[block * blockBytes + index] = level;
      else packed[block * blockBytes + (index >> 1)]! |= level << (4 * (index & 1));
    }
  }
  return { packed, scales, blocks };
}

export const toHalf = (weights: Float32Array): Uint16Array => Uint16Array.from(weights, numberToHalf);
