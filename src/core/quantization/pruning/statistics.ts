/** What a layer's weights hold, read piece by piece: they need not fit into memory. */

import { DataTypes, elementCount } from '../../model/dataTypes.js';
import type { FileConstants } from '../../model/constants.js';
import type { TensorRef } from '../../model/graph.js';

export interface WeightStatistics {
  elements: number;
  zeros: number;
  /** Within a thousandth of the largest magnitude, zeros included. */
  nearZeros: number;
  /** L2 norm of each output channel. */
  norms: Float64Array;
}

const PIECE_BYTES = 8 * 2 ** 20;
const NEAR_ZERO = 1e-3;

/** float32 weights with their output channels along `axis`; null where they cannot be read. */
export function weightStatistics(tensor: TensorRef, axis: number, constants: FileConstants): WeightStatistics | null {
  if (tensor.dataType !== DataTypes.float32) return null;
  const elements = elementCount(tensor.dims);
  const channels = tensor.dims[axis] ?? 1;
  const inner = elementCount(tensor.dims.slice(axis + 1));
  const squares = new Float64Array(channels);
  let zeros = 0;
  let largest = 0;
  let seen = 0;
  for (const piece of pieces(tensor, constants)) {
    for (const [place, value] of piece.entries()) {
      const magnitude = Math.abs(value);
      squares[Math.floor((seen + place) / inner) % channels]! += value * value;
      if (value === 0) zeros += 1;
      if (magnitude > largest) largest = magnitude;
    }
    seen += piece.length;
  }
  if (seen !== elements) return null;
  let nearZeros = 0;
  const limit = largest * NEAR_ZERO;
  for (const piece of pieces(tensor, constants))
    for (const value of piece) if (Math.abs(value) <= limit) nearZeros += 1;
  return { elements, zeros, nearZeros, norms: squares.map(Math.sqrt) };
}

function* pieces(tensor: TensorRef, constants: FileConstants): Generator<Float32Array> {
  const { storage } = tensor;
  if (storage.kind !== 'raw') {
    const bytes = constants.readBytes(tensor, 2 ** 31);
    if (bytes) yield floats(bytes);
    return;
  }
  const { file, offset, length } = storage.range;
  for (let done = 0; done < length; done += PIECE_BYTES)
    yield floats(constants.readRange({ file, offset: offset + done, length: Math.min(PIECE_BYTES, length - done) }));
}

function floats(bytes: Uint8Array): Float32Array {
  const aligned = bytes.byteOffset % 4 === 0 ? bytes : bytes.slice();
  return new Float32Array(aligned.buffer, aligned.byteOffset, Math.floor(aligned.byteLength / 4));
}

/** The quarter of the channels with the smallest norms, in order; never all. */
export function weakestQuarter(norms: Float64Array): number[] {
  const order = [...norms.keys()].sort((a, b) => norms[a]! - norms[b]! || a - b);
  return order.slice(0, Math.floor(norms.length / 4)).sort((a, b) => a - b);
}
