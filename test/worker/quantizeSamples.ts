/** Seeded samples of a model in one .npz, along the first axis, and what the model answers to each. */

import { writeFileSync } from 'node:fs';
import { zipSync } from 'fflate';
import { sessionOptions } from '../../src/core/analysis/tracing.js';
import { classOutputOf } from '../../src/core/quantization/accuracy.js';
import type { Runtime } from '../../src/core/runtime/port.js';
import { Random } from '../models/random.js';

export function npy(shape: readonly number[], values: Float32Array): Uint8Array {
  const text = `{'descr': '<f4', 'fortran_order': False, 'shape': (${shape.join(', ')},), }`;
  const header = text.padEnd(Math.ceil((text.length + 11) / 64) * 64 - 11) + '\n';
  const bytes = new Uint8Array(10 + header.length + values.byteLength);
  bytes.set([0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, 1, 0, header.length & 255, header.length >> 8]);
  bytes.set(new TextEncoder().encode(header), 10);
  bytes.set(new Uint8Array(values.buffer), 10 + header.length);
  return bytes;
}

interface SampledInput {
  name: string;
  /** Of one sample, its batch of 1 first. */
  shape: readonly number[];
}

/** The values, sample after sample. */
export function writeNpz(input: SampledInput, count: number, file: string): Float32Array {
  const random = new Random(7);
  const each = input.shape.reduce((product, dim) => product * dim, 1);
  const values = Float32Array.from({ length: count * each }, () => random.integer(1000) / 500 - 1);
  writeFileSync(file, zipSync({ [`${input.name}.npy`]: npy([count, ...input.shape.slice(1)], values) }));
  return values;
}

/** The largest class of each sample. */
export async function writeSamples(
  runtime: Runtime,
  modelPath: string,
  input: SampledInput,
  count: number,
  file: string,
): Promise<number[]> {
  const values = writeNpz(input, count, file);
  const each = values.length / count;
  const session = await runtime.open(
    { kind: 'file', path: modelPath },
    sessionOptions({ provider: 'cpu', threads: 1, optimization: 'all' }),
  );
  const answers: number[] = [];
  for (let index = 0; index < count; index++) {
    const data = values.slice(index * each, (index + 1) * each);
    const outputs = await session.evaluate({ [input.name]: { dataType: 'float32', dims: [...input.shape], data } });
    const scores = outputs[classOutputOf(outputs, Object.keys(outputs)) ?? '']?.data as Float32Array;
    answers.push(scores.indexOf(Math.max(...scores)));
  }
  await session.close();
  return answers;
}
