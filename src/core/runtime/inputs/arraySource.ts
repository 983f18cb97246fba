/** Arrays from files: ONNX's test data sets, and .npy, .npz and .pb files of one sample. */

import { partOf, samplesAlongBatch } from './batchSplit.js';
import path from 'node:path';
import { ExpectedError } from '../../common/errors.js';
import { oneLine } from '../../common/oneLine.js';
import { ARRAY_EXTENSIONS, readArrays } from './files.js';
import { entriesOf } from './folders.js';
import { matchByNameOrOrder } from './fit.js';
import type { ModelInput, NamedTensor, Sample, SampleSource, SourceTarget } from './types.js';

const SET_NAME = /^test_data_set_(\d+)$/;
const TENSOR_NAME = /^(input|output)_(\d+)\.pb$/;

interface ArrayFiles {
  label: string;
  inputs: readonly string[];
  expected: readonly string[];
  /** An array without a name of its own is named after its file. */
  namedByFile: boolean;
}

export const isArrayFile = (entry: string): boolean => ARRAY_EXTENSIONS.includes(path.extname(entry).toLowerCase());
export const isTestDataSet = (entry: string): boolean => SET_NAME.test(entry);
export const isTestInput = (entry: string): boolean => TENSOR_NAME.exec(entry)?.[1] === 'input';

function numbered(folder: string, entries: readonly string[], kind: string): string[] {
  return entries
    .map((entry) => ({ entry, match: TENSOR_NAME.exec(entry) }))
    .filter(({ match }) => match?.[1] === kind)
    .sort((a, b) => Number(a.match?.[2]) - Number(b.match?.[2]))
    .map(({ entry }) => path.join(folder, entry));
}

/** `input_0.pb`, `output_0.pb` … */
const testData = (folder: string, entries: readonly string[]): ArrayFiles => ({
  label: path.basename(folder),
  inputs: numbered(folder, entries, 'input'),
  expected: numbered(folder, entries, 'output'),
  namedByFile: false,
});

/** The folder beside a model of ONNX's own test suite, with `test_data_set_0` … in it. */
export async function testDataSets(folder: string, entries: readonly string[], target: SourceTarget) {
  const sets = entries.filter(isTestDataSet);
  sets.sort((a, b) => Number(SET_NAME.exec(a)?.[1]) - Number(SET_NAME.exec(b)?.[1]));
  const samples: ArrayFiles[] = [];
  for (const set of sets) samples.push(testData(path.join(folder, set), await entriesOf(path.join(folder, set))));
  return arraySource(samples, path.basename(folder), target);
}

export const testDataSet = (folder: string, entries: readonly string[], target: SourceTarget): SampleSource =>
  arraySource([testData(folder, entries)], path.basename(folder), target);

/** Arrays named after the inputs: `input_ids.npy`. */
export function namedArrays(folder: string, entries: readonly string[], target: SourceTarget): SampleSource {
  const label = path.basename(folder);
  const inputs = entries.filter(isArrayFile).map((entry) => path.join(folder, entry));
  return arraySource([{ label, inputs, expected: [], namedByFile: true }], label, target);
}

/** One file: all of its arrays, or for a named input the one that is for it. */
export function arrayFile(file: string, target: SourceTarget): SampleSource {
  const label = path.basename(file);
  return arraySource([{ label, inputs: [file], expected: [], namedByFile: false }], label, target);
}

async function readAll(files: readonly string[], namedByFile: boolean, folder: string | null): Promise<NamedTensor[]> {
  const tensors: NamedTensor[] = [];
  for (const file of files)
    for (const tensor of await readArrays(file))
      tensors.push({
        ...tensor,
        name: namedByFile && tensor.name === '' ? path.parse(file).name : tensor.name,
        source: folder === null ? tensor.source : `${folder}/${tensor.source}`,
      });
  return tensors;
}

/** The array for one named input; in an archive of several, the one of that name. */
function chosenFor(input: string, tensors: readonly NamedTensor[], file: string): NamedTensor {
  const chosen = tensors.length === 1 ? tensors[0] : tensors.find(({ name }) => name === input);
  if (chosen) return chosen;
  throw new ExpectedError('input', 'measure.input.noMatch', {
    file: oneLine(file),
    found: oneLine(tensors.map(({ name }) => name).join(', ')),
    expected: oneLine(input),
  });
}

async function readSample(files: ArrayFiles, { names, input }: SourceTarget): Promise<Sample> {
  const single = files.inputs.length === 1 && files.label === path.basename(files.inputs[0] ?? '');
  const folder = single ? null : files.label;
  const tensors = await readAll(files.inputs, files.namedByFile, folder);
  const byInput =
    input === null
      ? matchByNameOrOrder(tensors, names, files.label)
      : new Map([[input, chosenFor(input, tensors, files.label)]]);
  return {
    folder: files.label,
    byInput,
    expected: await readAll(files.expected, false, folder),
    members: [files.label],
  };
}

/** The first sample, which fixes the sizes, is read once. */
function arraySource(samples: readonly ArrayFiles[], label: string, target: SourceTarget): SampleSource {
  let first: Promise<Sample> | null = null;
  const read = (index: number): Promise<Sample> => {
    const files = samples[index];
    if (!files) throw new Error(`no sample ${index}`);
    if (index > 0) return readSample(files, target);
    first ??= readSample(files, target);
    return first;
  };
  return {
    label,
    many: samples.length > 1,
    fixedShapes: async () => {
      const { byInput } = await read(0);
      return new Map([...byInput].map(([name, { value }]) => [name, value.dims]));
    },
    mayHoldMany: samples.length === 1,
    bind: async (inputs: readonly ModelInput[]) => {
      if (samples.length > 1) return { count: samples.length, warnings: [], read };
      const whole = await read(0);
      const count = samplesAlongBatch(whole, inputs);
      const part = (index: number): Promise<Sample> =>
        Promise.resolve(count === 1 ? whole : { ...partOf(whole, index, count), members: [] });
      return { count, warnings: [], read: part };
    },
  };
}
