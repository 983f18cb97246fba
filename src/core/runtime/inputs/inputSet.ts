/** Every sample that files hold for a model: calibration goes through all of them, a measurement through the first. */

import type { BoundDimension, InputSummary } from '../../../protocol/report.js';
import type { Message } from '../../../protocol/text.js';
import type { InputRequest } from '../../../protocol/worker.js';
import { ExpectedError } from '../../common/errors.js';
import { oneLine } from '../../common/oneLine.js';
import { dataTypeNumber, elementCount, tensorBytes } from '../../model/dataTypes.js';
import type { ModelGraph } from '../../model/graph.js';
import { feedInputs } from '../../model/openDimensions.js';
import type { TensorValue } from '../port.js';
import { fitTensor } from './fit.js';
import { modelInputs } from './modelInputs.js';
import { openSource } from './sources.js';
import { syntheticTensor } from './synthetic.js';
import { type InputUse, inputUses } from './syntheticRules.js';
import type { BoundSamples, InputSet, ModelInput, PreparedSample, SampleSource } from './types.js';

const LARGEST_INPUT_BYTES = 4 * 2 ** 30;

/** Sources of all requests, those for one input last: they go over what a folder has for it. */
export async function openSources(model: ModelGraph, requests: readonly InputRequest[]): Promise<SampleSource[]> {
  const names = feedInputs(model).map(({ name }) => name);
  const ordered = [...requests.filter(({ name }) => name === null), ...requests.filter(({ name }) => name !== null)];
  const sources: SampleSource[] = [];
  for (const request of ordered) {
    if (request.name !== null && !names.includes(request.name))
      throw new ExpectedError('input', 'measure.input.unknownName', {
        name: oneLine(request.name, 80),
        known: oneLine(names.join(', ')),
      });
    sources.push(await openSource(request, { model, names, input: request.name }));
  }
  return sources;
}

function checkSize({ name, dataType, shape }: ModelInput): void {
  const bytes = tensorBytes(dataTypeNumber(dataType), shape) ?? elementCount(shape) * 16;
  if (!(bytes <= LARGEST_INPUT_BYTES))
    throw new ExpectedError('input', 'measure.input.tooLarge', {
      name: oneLine(name, 80),
      shape: shape.join(' × '),
    });
}

/** ExpectedError when a file is wrong, or an input can be neither read nor made up. */
export async function openInputSet(
  model: ModelGraph,
  dimensions: readonly BoundDimension[],
  requests: readonly InputRequest[],
  seed: number,
): Promise<InputSet> {
  const inputs = modelInputs(model, dimensions);
  for (const input of inputs) checkSize(input);
  const sources = await openSources(model, requests);
  const bound: Bound[] = [];
  for (const source of sources) bound.push({ source, samples: await source.bind(inputs) });
  const count = Math.max(1, ...bound.map(({ samples }) => samples.count));
  const uses = inputUses(model);
  const sample = async (index: number): Promise<PreparedSample> =>
    (await assemble(index, inputs, bound, uses, seed)).prepared;
  const first = await assemble(0, inputs, bound, uses, seed);
  const label = sources.map((source) => source.label).join(', ');
  return {
    count,
    label: count > 1 ? withCount(label, count) : label,
    synthetic: first.summaries.every(({ source }) => source.startsWith('synthetic:')),
    summaries: first.summaries,
    warnings: bound.flatMap(({ samples }): readonly Message[] => samples.warnings),
    sample: (index) => (index === 0 ? Promise.resolve(first.prepared) : sample(index)),
  };
}

interface Bound {
  source: SampleSource;
  samples: BoundSamples;
}

const withCount = (label: string, count: number): string => `${label} (${count} samples)`;

/** One sample of each source, the shorter ones begun anew; what none of them feeds is made up, differently each time. */
async function assemble(
  index: number,
  inputs: readonly ModelInput[],
  bound: readonly Bound[],
  uses: ReadonlyMap<string, InputUse>,
  seed: number,
): Promise<{ prepared: PreparedSample; summaries: InputSummary[] }> {
  const fed = new Map<string, { value: TensorValue; source: string }>();
  const most = Math.max(1, ...bound.map(({ samples }) => samples.count));
  const prepared: Omit<PreparedSample, 'feeds'> = { expected: [], folder: '' };
  for (const { source, samples } of bound) {
    const { folder, byInput, expected, members } = await samples.read(index % samples.count);
    for (const input of inputs) {
      const tensor = byInput.get(input.name);
      if (!tensor) continue;
      const from = samples.count > 1 ? withCount(source.label, samples.count) : tensor.source;
      fed.set(input.name, { value: fitTensor(tensor, input), source: `file:${from}` });
    }
    if (expected.length > 0) Object.assign(prepared, { expected, folder });
    if (members && samples.count === most) Object.assign(prepared, { members });
  }
  // No prototype: an input may be called '__proto__'.
  const feeds = Object.create(null) as Record<string, TensorValue>;
  const summaries: InputSummary[] = [];
  for (const input of inputs) {
    const { value, source } =
      fed.get(input.name) ?? syntheticTensor(input, inputs, uses.get(input.name) ?? {}, seed + index);
    feeds[input.name] = value;
    summaries.push({ name: input.name, dataType: input.dataType, shape: input.shape, source });
  }
  return { prepared: { ...prepared, feeds }, summaries };
}
