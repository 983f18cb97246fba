/** Writes a quantized model and checks what was written: it loads, runs, has the model's inputs and outputs and the error that was measured. */

import { randomBytes } from 'node:crypto';
import { closeSync, openSync, writeSync } from 'node:fs';
import { mkdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { sessionOptions } from '../analysis/tracing.js';
import { ExpectedError } from '../common/errors.js';
import type { ModelGraph } from '../model/graph.js';
import { writeModel } from '../model/write.js';
import type { Runtime, RuntimeSession, ValueMetadata } from '../runtime/port.js';
import { AccuracySum } from './accuracy.js';
import { sizeOf } from './keptPlans.js';
import type { ReadSample } from './samples.js';

export interface SaveRequest {
  /** With the file's own names. */
  model: ModelGraph;
  /** The model that was quantized: never overwritten, and what the result is compared with. */
  original: string;
  target: string;
  overwrite: boolean;
  metadata: Record<string, string>;
  /** Those that the plan was judged by, under the file's names. */
  sampleCount: number;
  readSample: ReadSample;
  threads: number;
  /** Larger ones keep their weights in a file beside them; left out: what protobuf can hold. */
  inlineUpToBytes?: number;
  /** Over all of them; null: nothing to hold it to. */
  expectedDb: number | null;
}

/** Larger models keep their weights in a file beside them: protobuf ends at 2 GiB. */
const INLINE_UP_TO_BYTES = 1.5 * 2 ** 30;
/** By which rounding in another order of kernels may change the error. */
const TOLERANCE_DB = 3;

/** @throws ExpectedError (input): it is the model itself, or another file that may not be replaced. */
export async function checkTarget(file: string, original: string, overwrite: boolean): Promise<void> {
  const target = path.resolve(file);
  if (target === path.resolve(original)) throw new ExpectedError('input', 'quantization.error.isModel', { file });
  if (!overwrite && (await exists(target)))
    throw new ExpectedError('input', 'quantization.error.exists', { file: target });
}

/** Bytes of all files written. @throws ExpectedError (input) where the place is taken or cannot be written. */
export async function saveModel(runtime: Runtime, request: SaveRequest): Promise<number> {
  const { original, overwrite } = request;
  const target = path.resolve(request.target);
  const weightsFile = `${target}.data`;
  const isLarge = weightBytes(request.model) > (request.inlineUpToBytes ?? INLINE_UP_TO_BYTES);
  for (const file of isLarge ? [target, weightsFile] : [target]) await checkTarget(file, original, overwrite);
  // A folder of its own on the same disk: the model names the file of its weights, which has its final name in there.
  const folder = path.join(path.dirname(target), `.${randomBytes(6).toString('hex')}`);
  const temporary = path.join(folder, path.basename(target));
  try {
    await mkdir(folder);
    const model = { ...request.model, metadata: { ...request.model.metadata, ...request.metadata } };
    await writeFile(temporary, isLarge ? withWeightsBeside(model, `${temporary}.data`) : inline(model));
    await check(runtime, temporary, request);
    if (isLarge) await rename(`${temporary}.data`, weightsFile);
    await rename(temporary, target);
    return (await stat(target)).size + (isLarge ? (await stat(weightsFile)).size : 0);
  } catch (error) {
    if (error instanceof ExpectedError || !(error instanceof Error) || !('code' in error)) throw error;
    throw new ExpectedError(
      'input',
      'quantization.error.unwritable',
      { file: request.target, reason: String(error.code) },
      { cause: error },
    );
  } finally {
    await rm(folder, { force: true, recursive: true });
  }
}

const exists = async (file: string): Promise<boolean> => (await stat(file).catch(() => null)) !== null;

const weightBytes = (model: ModelGraph): number =>
  model.graph.initializers.reduce((sum, tensor) => sum + sizeOf(tensor), 0);

const inline = (model: ModelGraph): Uint8Array => writeModel(model, { weights: 'inline' });

/** The model's bytes; its weights go to `file`, one tensor at a time: the whole need not fit into memory. */
function withWeightsBeside(model: ModelGraph, file: string): Uint8Array {
  const descriptor = openSync(file, 'wx');
  let length = 0;
  const append = (bytes: Uint8Array): number => {
    const offset = length;
    for (let done = 0; done < bytes.length;)
      done += writeSync(descriptor, bytes, done, bytes.length - done, offset + done);
    length += bytes.length;
    return offset;
  };
  try {
    return writeModel(model, { weights: { location: path.basename(file), append } });
  } finally {
    closeSync(descriptor);
  }
}

async function check(runtime: Runtime, file: string, request: SaveRequest): Promise<void> {
  const { original, sampleCount, readSample, threads, expectedDb } = request;
  const options = sessionOptions({ provider: 'cpu', threads, optimization: 'all' });
  const sessions: RuntimeSession[] = [];
  try {
    for (const one of [original, file]) sessions.push(await runtime.open({ kind: 'file', path: one }, options));
    const [float, written] = sessions as [RuntimeSession, RuntimeSession];
    if (signature(float) !== signature(written)) throw new ExpectedError('runtime', 'quantization.error.checkValues');
    const sum = new AccuracySum(null);
    for (let index = 0; index < sampleCount; index++) {
      const feeds = await readSample(index);
      sum.add(await float.evaluate(feeds), await written.evaluate(feeds));
    }
    const { sqnrDb } = sum.result();
    if (expectedDb === null || sqnrDb === null || sqnrDb >= expectedDb - TOLERANCE_DB) return;
    const params = { file, found: Number(sqnrDb.toFixed(1)), expected: Number(expectedDb.toFixed(1)) };
    throw new ExpectedError('runtime', 'quantization.error.check', params);
  } finally {
    for (const session of sessions) await session.close();
  }
}

/** Names, types and fixed sizes; symbols may have been bound. */
function signature({ inputs, outputs }: RuntimeSession): string {
  const one = ({ name, dataType, shape }: ValueMetadata): string => `${name}:${dataType}:${shape?.length ?? ''}`;
  return [inputs.map(one).join(), outputs.map(one).join()].join(' → ');
}
