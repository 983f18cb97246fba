/** Feeds for every input of a model: from files where they are given, synthetic otherwise. */

import { stat } from 'node:fs/promises';
import path from 'node:path';
import type { BoundDimension, InputSummary } from '../../../protocol/report.js';
import type { DimensionRequest, InputRequest } from '../../../protocol/worker.js';
import { ExpectedError } from '../../common/errors.js';
import { oneLine } from '../../common/oneLine.js';
import { dataTypeName } from '../../model/dataTypes.js';
import type { ModelGraph } from '../../model/graph.js';
import { boundShape, dimensionName, feedInputs } from '../../model/openDimensions.js';
import type { TensorValue } from '../port.js';
import { readArrays } from './files.js';
import { fitTensor, matchByNameOrOrder } from './fit.js';
import { readSamples } from './sampleFolders.js';
import { syntheticTensor } from './synthetic.js';
import { lookUpRows } from './syntheticRules.js';
import type { ModelInput, NamedTensor, PreparedInputs } from './types.js';

/** Inputs that must be fed, with their shapes. ExpectedError for one that is no tensor or has no known shape. */
export function modelInputs(model: ModelGraph, dimensions: readonly BoundDimension[]): ModelInput[] {
  const bindings = new Map(dimensions.map(({ name, value }) => [name, value]));
  return feedInputs(model).map((input) => {
    const name = oneLine(input.name, 80);
    if (input.type.kind !== 'tensor')
      throw new ExpectedError('input', 'measure.input.notATensor', { name, kind: input.type.kind });
    const shape = boundShape(input, bindings);
    if (!shape) throw new ExpectedError('input', 'measure.input.noShape', { name });
    return { name: input.name, dataType: dataTypeName(input.type.dataType), shape };
  });
}

interface FileFeeds {
  byInput: Map<string, NamedTensor>;
  expected: NamedTensor[];
  folder: string;
}

async function isFolder(file: string): Promise<boolean> {
  try {
    return (await stat(file)).isDirectory();
  } catch {
    return false; // The reader of files says what is wrong with it.
  }
}

/** The array for one named input; in an archive of several, the one of that name. */
async function readFor(name: string, file: string): Promise<NamedTensor> {
  const arrays = await readArrays(file);
  const chosen = arrays.length === 1 ? arrays[0] : arrays.find((array) => array.name === name);
  if (chosen) return chosen;
  throw new ExpectedError('input', 'measure.input.noMatch', {
    file: oneLine(file),
    found: oneLine(arrays.map((array) => array.name).join(', ')),
    expected: oneLine(name),
  });
}

async function readRequests(names: readonly string[], requests: readonly InputRequest[]): Promise<FileFeeds> {
  const feeds: FileFeeds = { byInput: new Map(), expected: [], folder: '' };
  for (const request of requests.filter(({ name }) => name === null)) {
    const source = path.basename(request.path);
    const sample = (await isFolder(request.path))
      ? (await readSamples(request.path, 1))[0]
      : { folder: source, inputs: await readArrays(request.path), expected: [] };
    if (!sample) continue;
    for (const [name, tensor] of matchByNameOrOrder(sample.inputs, names, request.path))
      feeds.byInput.set(name, tensor);
    if (sample.expected.length > 0) Object.assign(feeds, { expected: sample.expected, folder: sample.folder });
  }
  for (const { name, path: file } of requests) {
    if (name === null) continue;
    if (!names.includes(name))
      throw new ExpectedError('input', 'measure.input.unknownName', {
        name: oneLine(name, 80),
        known: oneLine(names.join(', ')),
      });
    feeds.byInput.set(name, await readFor(name, file));
  }
  return feeds;
}

/** Values of open dimensions that the given files fix: what `resolveDimensions` takes beside what was asked for. */
export async function dimensionsFromInputs(
  model: ModelGraph,
  requests: readonly InputRequest[],
): Promise<DimensionRequest[]> {
  const inputs = feedInputs(model);
  const names = inputs.map(({ name }) => name);
  const { byInput } = await readRequests(names, requests);
  const found = new Map<string, number>();
  for (const input of inputs) {
    const dims = byInput.get(input.name)?.value.dims;
    if (!dims || input.type.kind !== 'tensor' || input.type.shape?.length !== dims.length) continue;
    for (const [axis, dimension] of input.type.shape.entries()) {
      const name = dimensionName(input.name, axis, dimension);
      if (name !== null && !found.has(name)) found.set(name, dims[axis] as number);
    }
  }
  return [...found].map(([name, value]) => ({ name, values: [value], source: 'user' }));
}

/** Feeds under one set of dimensions. ExpectedError when a file is wrong or does not fit the model. */
export async function prepareInputs(
  model: ModelGraph,
  dimensions: readonly BoundDimension[],
  requests: readonly InputRequest[],
  seed: number,
): Promise<PreparedInputs> {
  const inputs = modelInputs(model, dimensions);
  const names = inputs.map(({ name }) => name);
  const { byInput, expected, folder } = await readRequests(names, requests);
  const rows = lookUpRows(model);
  // No prototype: an input may be called '__proto__'.
  const feeds = Object.create(null) as Record<string, TensorValue>;
  const summaries: InputSummary[] = [];
  for (const input of inputs) {
    const tensor = byInput.get(input.name);
    const { value, source } = tensor
      ? { value: fitTensor(tensor, input), source: `file:${tensor.source}` }
      : syntheticTensor(input, inputs, rows.get(input.name), seed);
    feeds[input.name] = value;
    summaries.push({ name: input.name, dataType: input.dataType, shape: input.shape, source });
  }
  return { feeds, summaries, expected, folder };
}
