/** Folders that feed all inputs at once. A further kind of folder is one more reader in `READERS`. */

import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { ExpectedError } from '../../common/errors.js';
import { oneLine } from '../../common/oneLine.js';
import { ARRAY_EXTENSIONS, readArrays } from './files.js';
import type { NamedTensor, Sample, SampleReader } from './types.js';

const MOST_FILES = 10_000;
const SET_NAME = /^test_data_set_(\d+)$/;
const TENSOR_NAME = /^(input|output)_(\d+)\.pb$/;

async function entriesOf(folder: string): Promise<string[]> {
  try {
    const entries = await readdir(folder);
    return entries.slice(0, MOST_FILES).sort();
  } catch (error) {
    const cause = error instanceof Error && 'code' in error ? String(error.code) : 'unknown';
    throw new ExpectedError(
      'input',
      'measure.input.folderUnreadable',
      { folder: oneLine(folder), cause },
      { cause: error },
    );
  }
}

function numbered(entries: readonly string[], kind: string): string[] {
  return entries
    .map((entry) => ({ entry, match: TENSOR_NAME.exec(entry) }))
    .filter(({ match }) => match?.[1] === kind)
    .sort((a, b) => Number(a.match?.[2]) - Number(b.match?.[2]))
    .map(({ entry }) => entry);
}

async function readAll(folder: string, entries: readonly string[]): Promise<NamedTensor[]> {
  const tensors: NamedTensor[] = [];
  for (const entry of entries)
    for (const tensor of await readArrays(path.join(folder, entry)))
      tensors.push({ ...tensor, source: `${path.basename(folder)}/${tensor.source}` });
  return tensors;
}

async function readTestData(folder: string, entries: readonly string[]): Promise<Sample> {
  return {
    folder: path.basename(folder),
    inputs: await readAll(folder, numbered(entries, 'input')),
    expected: await readAll(folder, numbered(entries, 'output')),
  };
}

/** `input_0.pb`, `output_0.pb` … */
const testData: SampleReader = {
  accepts: (entries) => entries.some((entry) => entry.startsWith('input_') && TENSOR_NAME.test(entry)),
  read: async (folder, entries) => [await readTestData(folder, entries)],
};

/** The folder beside a model of ONNX's own test suite, with `test_data_set_0` … in it. */
const testDataSets: SampleReader = {
  accepts: (entries) => entries.some((entry) => SET_NAME.test(entry)),
  read: async (folder, entries, limit) => {
    const sets = entries.filter((entry) => SET_NAME.test(entry));
    sets.sort((a, b) => Number(SET_NAME.exec(a)?.[1]) - Number(SET_NAME.exec(b)?.[1]));
    const samples: Sample[] = [];
    for (const set of sets.slice(0, limit)) {
      const inside = path.join(folder, set);
      samples.push(await readTestData(inside, await entriesOf(inside)));
    }
    return samples;
  },
};

/** Arrays named after the inputs: `input_ids.npy`. */
const namedArrays: SampleReader = {
  accepts: (entries) => entries.some((entry) => ARRAY_EXTENSIONS.includes(path.extname(entry).toLowerCase())),
  read: async (folder, entries) => {
    const files = entries.filter((entry) => ARRAY_EXTENSIONS.includes(path.extname(entry).toLowerCase()));
    const inputs: NamedTensor[] = [];
    for (const file of files)
      for (const tensor of await readAll(folder, [file]))
        inputs.push({ ...tensor, name: tensor.name === '' ? path.parse(file).name : tensor.name });
    return [{ folder: path.basename(folder), inputs, expected: [] }];
  },
};

const READERS: readonly SampleReader[] = [testDataSets, testData, namedArrays];

/** At most `limit` samples from a folder of a known kind. ExpectedError when it is of none. */
export async function readSamples(folder: string, limit: number): Promise<Sample[]> {
  const entries = await entriesOf(folder);
  const reader = READERS.find((candidate) => candidate.accepts(entries));
  if (!reader) throw new ExpectedError('input', 'measure.input.folderKind', { folder: oneLine(folder) });
  return reader.read(folder, entries, limit);
}
