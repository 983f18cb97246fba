/** What the writer makes must load and compute bit for bit what the original does. */

import assert from 'node:assert/strict';
import { copyFileSync, linkSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, describe, it } from 'node:test';
import * as ort from 'onnxruntime-node';
import { weightsFolder } from '../../src/core/model/externalData.js';
import type { ModelGraph } from '../../src/core/model/graph.js';
import { inlineFunctions } from '../../src/core/model/inline.js';
import { readModel } from '../../src/core/model/read.js';
import { withSafeNames } from '../../src/core/model/safeNames.js';
import { summarizeModel } from '../../src/core/model/summary.js';
import { walkNodes } from '../../src/core/model/walk.js';
import { writeModel } from '../../src/core/model/write.js';
import { fixture, fixtureNames, realModels, staticOnly } from '../models/index.js';
import { Random } from '../models/random.js';

const folder = mkdtempSync(path.join(tmpdir(), 'model-worker-'));
after(() => {
  rmSync(folder, { recursive: true });
});

type Feeds = Record<string, ort.Tensor>;
type Options = ort.InferenceSession.SessionOptions;

const quiet: Options = { logSeverityLevel: 3, intraOpNumThreads: 1, graphOptimizationLevel: 'basic' };

/** Small sizes for symbols; what the six real models need is named. */
const sizes: Record<string, Record<string, number>> = {
  det: { 'p2o.DynamicDimension.0': 1, 'p2o.DynamicDimension.1': 64, 'p2o.DynamicDimension.2': 64 },
  rec: { 'p2o.DynamicDimension.0': 1, 'p2o.DynamicDimension.1': 64 },
  cls: { 'p2o.DynamicDimension.0': 1, 'p2o.DynamicDimension.1': 48, 'p2o.DynamicDimension.2': 192 },
  sileroLegacy: { batch: 1, sequence: 512 },
  decoderWithCache: { 'past_sequence_length + sequence_length': 4, past_sequence_length: 2, sequence_length: 2 },
};
const sileroInput = [1, 576];

function feedsOf(name: string, model: ModelGraph): Feeds {
  const random = new Random(5);
  const feeds: Feeds = {};
  for (const { name: input, type } of model.graph.inputs) {
    if (type.kind !== 'tensor') throw new Error(`${input} is no tensor`);
    const dims = (type.shape ?? []).map((dimension, axis) => {
      if (typeof dimension === 'number') return dimension;
      if (dimension === null) return name.startsWith('silero') && input === 'input' ? sileroInput[axis]! : 1;
      return sizes[name]?.[dimension] ?? 2;
    });
    const count = dims.reduce((product, dimension) => product * dimension, 1);
    feeds[input] = tensorFor(type.dataType, dims, count, random, input);
  }
  return feeds;
}

function tensorFor(dataType: number, dims: number[], count: number, random: Random, input: string): ort.Tensor {
  const fill = <T>(make: () => T): T[] => Array.from({ length: count }, make);
  switch (dataType) {
    case 1:
      return new ort.Tensor('float32', Float32Array.from(fill(() => random.normal())), dims);
    case 6:
      return new ort.Tensor('int32', Int32Array.from(fill(() => random.integer(9))), dims);
    case 7:
      return new ort.Tensor('int64', BigInt64Array.from(fill(() => (input === 'sr' ? 16000n : 1n))), dims);
    case 8:
      return new ort.Tensor(
        'string',
        fill(() => 'text'),
        dims,
      );
    case 9:
      return new ort.Tensor('bool', Uint8Array.from(fill(() => 1)), dims);
    case 10:
      return new ort.Tensor('float16', Uint16Array.from(fill(() => 0x3c00)), dims);
    case 11:
      return new ort.Tensor('float64', Float64Array.from(fill(() => random.normal())), dims);
    default:
      throw new Error(`no data of type ${dataType}`);
  }
}

async function outputsOf(model: string | Uint8Array, feeds: Feeds, options: Options = {}): Promise<unknown[]> {
  const session =
    typeof model === 'string'
      ? await ort.InferenceSession.create(model, { ...quiet, ...options })
      : await ort.InferenceSession.create(model, { ...quiet, ...options });
  try {
    const outputs = await session.run(feeds);
    return session.outputNames.map((name) => {
      const { dims, data, type } = outputs[name]!;
      return {
        type,
        dims,
        data: type === 'string' ? data : Buffer.from((data as Float32Array).buffer).toString('hex'),
      };
    });
  } finally {
    await session.release();
  }
}

const inFolderOf = (model: ModelGraph): Options => ({
  extra: { session: { model_external_initializers_file_folder_path: weightsFolder(model) } },
});

const models = new Map<string, string>([
  ...Object.entries(realModels),
  ...fixtureNames
    .filter((name) => !staticOnly.has(name) && !['chain20000', 'mobilenetV2', 'mediumEncoder'].includes(name))
    .map((name): [string, string] => [name, fixture(name)]),
]);

describe('a written model computes what the original does', () => {
  for (const [name, file] of models) {
    it(name, async () => {
      const model = readModel(file);
      const feeds = feedsOf(name, model);
      const expected = await outputsOf(file, feeds);
      assert.deepEqual(await outputsOf(writeModel(model, { weights: 'inline' }), feeds), expected, 'inline');
      const inlined = inlineFunctions(model);
      const safe = withSafeNames(inlined);
      const renamed = Object.fromEntries(
        Object.entries(feeds).map(([input, tensor]) => [safe.inputNames.get(input)!, tensor]),
      );
      const bytes = writeModel(safe.model, { weights: 'reference' });
      assert.deepEqual(await outputsOf(bytes, renamed, inFolderOf(model)), expected, 'safe names, by reference');
      const disabled: Options = { graphOptimizationLevel: 'disabled' };
      const asIs = await outputsOf(file, feeds, disabled);
      const asWritten = await outputsOf(bytes, renamed, { ...disabled, ...inFolderOf(model) });
      assert.deepEqual(asWritten, asIs, 'unoptimised');
    });
  }
});

describe('a model file with several hard links, as package managers leave them', () => {
  for (const [name, file] of Object.entries({ sileroV5: realModels.sileroV5, resnet18Like: fixture('resnet18Like') })) {
    it(`${name} computes the same from a copy that refers to its weights`, async () => {
      const linked = path.join(folder, `${name}.onnx`);
      copyFileSync(file, path.join(folder, `${name}.stored`));
      linkSync(path.join(folder, `${name}.stored`), linked);
      const model = readModel(linked);
      const feeds = feedsOf(name, model);
      const referring = writeModel(model, { weights: 'reference' });
      assert.deepEqual(await outputsOf(referring, feeds, inFolderOf(model)), await outputsOf(linked, feeds));
    });
  }
});

describe('an ORT model', () => {
  for (const [name, file] of [
    ...Object.entries(realModels),
    ['branches', fixture('branches')],
    ['loop', fixture('loop')],
    ['quantized', fixture('quantized')],
    ['dataTypes', fixture('dataTypes')],
    ['hostile', fixture('hostile')],
  ] as const) {
    it(`saved from ${name} is read with its nodes, values and weights`, async () => {
      const original = readModel(file);
      const save = async (format: 'ORT' | 'ONNX'): Promise<ModelGraph> => {
        const target = path.join(folder, `${name}.${format.toLowerCase()}`);
        const session = await ort.InferenceSession.create(file, {
          ...quiet,
          optimizedModelFilePath: target,
          extra: { session: { save_model_format: format } },
        });
        await session.release();
        return readModel(target);
      };
      const [asOrt, asOnnx] = [await save('ORT'), await save('ONNX')];
      assert.equal(asOrt.format, 'ort');
      assert.deepEqual(asOrt.graph.inputs, original.graph.inputs);
      const outline = (model: ModelGraph): string[] =>
        [...walkNodes(model)].map(({ node }) => [node.domain, node.opType, node.inputs, node.outputs].join(' ')).sort();
      assert.deepEqual(outline(asOrt), outline(asOnnx));
      const weights = (model: ModelGraph): string[] =>
        model.graph.initializers.map(({ name: own, dataType, dims }) => `${own} ${dataType} ${dims.join()}`).sort();
      assert.deepEqual(weights(asOrt), weights(asOnnx));
      const [ortSummary, onnxSummary] = [summarizeModel(asOrt), summarizeModel(asOnnx)];
      assert.equal(ortSummary.parameterCount, onnxSummary.parameterCount);
      assert.equal(ortSummary.weightBytes, onnxSummary.weightBytes);
    });
  }

  it('that is damaged is read or refused, never more', async () => {
    const target = path.join(folder, 'damaged.ort');
    const extra = { session: { save_model_format: 'ORT' } };
    const session = await ort.InferenceSession.create(fixture('branches'), {
      ...{ ...quiet, optimizedModelFilePath: target, extra },
    });
    await session.release();
    const whole = readFileSync(target);
    const survives = (bytes: Uint8Array): void => {
      writeFileSync(target, bytes);
      try {
        summarizeModel(readModel(target));
      } catch (error) {
        assert.ok(error instanceof Error && 'kind' in error && error.kind === 'expected', (error as Error).stack);
      }
    };
    for (let length = 0; length < whole.length; length += 97) survives(whole.subarray(0, length));
    const random = new Random(13);
    for (let round = 0; round < 1000; round++) {
      const bytes = Buffer.from(whole);
      for (let change = random.integer(4); change >= 0; change--)
        bytes[random.integer(bytes.length)] = random.integer(256);
      survives(bytes);
    }
  });
});
