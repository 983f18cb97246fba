/** Weights that a file holds more than once. */

import { createHash } from 'node:crypto';
import { tensorBytes } from '../model/dataTypes.js';
import type { ModelGraph, TensorRef } from '../model/graph.js';
import { modelTensors } from '../model/tensors.js';

export interface WeightReader {
  readBytes(tensor: TensorRef, maximumBytes: number): Uint8Array | null;
  readSample(tensor: TensorRef, length: number): Uint8Array | null;
}

const SMALLEST_BYTES = 4096;
const LARGEST_BYTES = 256 * 2 ** 20;
/** What differs differs almost always in so many bytes from its middle, which are read sooner than the whole. */
const SAMPLE_BYTES = 64;

export const bytesOf = ({ dataType, dims }: TensorRef): number => tensorBytes(dataType, dims) ?? 0;

/** What a small weight takes nobody misses. */
export const isWorthAWord = (tensor: TensorRef): boolean => bytesOf(tensor) >= SMALLEST_BYTES;

/** One value throughout, of up to eight bytes: fresh biases and statistics, which are equal by nature. */
const isUniform = (content: Uint8Array): boolean => content.every((byte, position) => byte === content[position & 7]);

/** null for a tensor that cannot be read: a load will say so where a file is missing, a check about equal ones need not. */
function orNull<T>(read: () => T | null): T | null {
  try {
    return read();
  } catch {
    return null;
  }
}

/** Tensors by a key, those alone with theirs left out, as are those whose key is null. */
function alike(tensors: readonly TensorRef[], keyOf: (tensor: TensorRef) => string | null): TensorRef[][] {
  const groups = new Map<string, TensorRef[]>();
  for (const tensor of tensors) {
    const key = keyOf(tensor);
    if (key === null) continue;
    const group = groups.get(key);
    if (group) group.push(tensor);
    else groups.set(key, [tensor]);
  }
  return [...groups.values()].filter(({ length }) => length > 1);
}

/**
 * Second and further copies. Only tensors of equal type and shape are read: first a few bytes of each, then up to
 * `maximumBytes` of those that are equal so far.
 */
export function duplicatedWeights(model: ModelGraph, weights: WeightReader, maximumBytes: number): TensorRef[] {
  const large = modelTensors(model).filter((tensor) => isWorthAWord(tensor) && bytesOf(tensor) <= LARGEST_BYTES);
  const sample = (tensor: TensorRef): string =>
    Buffer.from(orNull(() => weights.readSample(tensor, SAMPLE_BYTES)) ?? []).toString('base64');
  let left = maximumBytes;
  const digest = (tensor: TensorRef): string | null => {
    left -= bytesOf(tensor);
    const content = left < 0 ? null : orNull(() => weights.readBytes(tensor, LARGEST_BYTES));
    return content === null || isUniform(content) ? null : createHash('sha256').update(content).digest('base64');
  };
  return alike(large, ({ dataType, dims }) => `${dataType}:${dims.join('x')}`)
    .flatMap((group) => alike(group, sample))
    .flatMap((group) => alike(group, digest))
    .flatMap(([, ...further]) => further);
}
