/** What a measurement is fed: the first samples of the files that are given, synthetic data otherwise. */

import type { BoundDimension } from '../../../protocol/report.js';
import type { Message } from '../../../protocol/text.js';
import type { DimensionRequest, InputRequest } from '../../../protocol/worker.js';
import { ExpectedError } from '../../common/errors.js';
import { dataTypeNumber, elementCount, tensorBytes } from '../../model/dataTypes.js';
import type { ModelGraph } from '../../model/graph.js';
import { dimensionName, feedInputs } from '../../model/openDimensions.js';
import { openInputSet, openSources } from './inputSet.js';
import type { InputSet, PreparedInputs, PreparedSample, SampleSource } from './types.js';

export { openInputSet } from './inputSet.js';
export { modelInputs } from './modelInputs.js';

/** Enough for latency that depends on the data to show; more would only take memory. */
const MOST_SAMPLES = 32;
const LARGEST_SAMPLES_BYTES = 256 * 2 ** 20;

/**
 * Values of open dimensions that the given files fix: what `resolveDimensions` takes beside what was asked for. With
 * `batchIsSamples` the first axis of one file's arrays counts samples and leaves the batch open.
 */
export async function dimensionsFromInputs(
  model: ModelGraph,
  requests: readonly InputRequest[],
  options: { batchIsSamples?: boolean } = {},
): Promise<DimensionRequest[]> {
  const shapes = new Map<string, readonly (number | null)[]>();
  for (const source of await openSources(model, requests))
    for (const [name, shape] of await fixedShapesOf(source, options)) shapes.set(name, shape);
  const found = new Map<string, number>();
  for (const input of feedInputs(model)) {
    const dims = shapes.get(input.name);
    if (!dims || input.type.kind !== 'tensor' || input.type.shape?.length !== dims.length) continue;
    for (const [axis, dimension] of input.type.shape.entries()) {
      const name = dimensionName(input.name, axis, dimension);
      const value = dims[axis] ?? null;
      if (name !== null && value !== null && !found.has(name)) found.set(name, value);
    }
  }
  return [...found].map(([name, value]) => ({ name, values: [value], source: 'user' }));
}

type FixedShapes = Awaited<ReturnType<SampleSource['fixedShapes']>>;

async function fixedShapesOf(source: SampleSource, options: { batchIsSamples?: boolean }): Promise<FixedShapes> {
  const shapes = await source.fixedShapes();
  if (!options.batchIsSamples || !source.mayHoldMany) return shapes;
  return new Map([...shapes].map(([name, shape]) => [name, shape.length > 1 ? [null, ...shape.slice(1)] : shape]));
}

/** Feeds under one set of dimensions. ExpectedError when a file is wrong or does not fit the model. */
export async function prepareInputs(
  model: ModelGraph,
  dimensions: readonly BoundDimension[],
  requests: readonly InputRequest[],
  seed: number,
): Promise<PreparedInputs> {
  const set = await openInputSet(model, dimensions, requests, seed);
  const { samples, warnings } = await firstSamples(set);
  const summaries = set.summaries;
  return { ...(samples[0] as PreparedSample), samples, summaries, warnings: [...set.warnings, ...warnings] };
}

/** A sample beside the first whose shapes are others, as test data sets may have, is left out. */
async function firstSamples(set: InputSet): Promise<{ samples: PreparedSample[]; warnings: Message[] }> {
  const bytes = set.summaries.reduce(
    (sum, { dataType, shape }) => sum + (tensorBytes(dataTypeNumber(dataType), shape) ?? 16 * elementCount(shape)),
    0,
  );
  const most = Math.max(1, Math.min(set.count, MOST_SAMPLES, Math.floor(LARGEST_SAMPLES_BYTES / Math.max(1, bytes))));
  const samples: PreparedSample[] = [await set.sample(0)];
  let unfit = 0;
  for (let index = 1; index < most; index++) {
    const sample = await set.sample(index).catch((error: unknown) => {
      if (error instanceof ExpectedError && error.failureMessage.code === 'measure.input.shapeMismatch') return null;
      throw error;
    });
    if (sample) samples.push(sample);
    else unfit += 1;
  }
  const warnings: Message[] = [];
  if (most < set.count)
    warnings.push({ code: 'measure.warning.samplesUsed', params: { count: most, total: set.count } });
  if (unfit > 0) warnings.push({ code: 'measure.warning.samplesUnfit', params: { count: unfit, total: set.count } });
  return { samples, warnings };
}
