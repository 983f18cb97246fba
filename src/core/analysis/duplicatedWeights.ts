/** Weights that a file holds more than once. */

import { createHash } from 'node:crypto';
import { tensorBytes } from '../model/dataTypes.js';
import type { ModelGraph, TensorRef } from '../model/graph.js';
import { modelTensors } from '../model/tensors.js';

export interface WeightReader {
  readBytes(tensor: TensorRef, maximumBytes: number): Uint8Array | null;
}

/** Smaller ones are not worth a word. */
const SMALLEST_BYTES = 4096;
const LARGEST_BYTES = 256 * 2 ** 20;
/** Over all tensors: reading more would make a check as slow as a load. */
const READ_BYTES = 1024 * 2 ** 20;

/** One value throughout, of up to eight bytes: fresh biases and statistics, which are equal by nature. */
const isUniform = (content: Uint8Array): boolean => content.every((byte, position) => byte === content[position & 7]);

function digest(tensor: TensorRef, bytes: number, weights: WeightReader): string | null {
  try {
    const content = weights.readBytes(tensor, bytes);
    if (content === null || isUniform(content)) return null;
    return createHash('sha256').update(content).digest('base64');
  } catch {
    // A file of weights is missing or short: the load will say so, a check about equal ones need not.
    return null;
  }
}

/** Second and further copies: their names, and the bytes that they take. Only tensors of equal type and shape are read. */
export function duplicatedWeights(model: ModelGraph, weights: WeightReader): { names: string[]; bytes: number } {
  const alike = new Map<string, TensorRef[]>();
  for (const tensor of modelTensors(model)) {
    const bytes = tensorBytes(tensor.dataType, tensor.dims) ?? 0;
    if (bytes < SMALLEST_BYTES || bytes > LARGEST_BYTES) continue;
    const key = `${tensor.dataType}:${tensor.dims.join('x')}`;
    const known = alike.get(key);
    if (known) known.push(tensor);
    else alike.set(key, [tensor]);
  }
  const found = { names: [] as string[], bytes: 0 };
  let left = READ_BYTES;
  for (const group of alike.values()) {
    if (group.length < 2) continue;
    const seen = new Set<string>();
    for (const tensor of group) {
      const bytes = tensorBytes(tensor.dataType, tensor.dims) ?? 0;
      left -= bytes;
      if (left < 0) return found;
      const content = digest(tensor, bytes, weights);
      if (content === null) continue;
      if (seen.has(content)) {
        found.names.push(tensor.name);
        found.bytes += bytes;
      }
      seen.add(content);
    }
  }
  return found;
}
