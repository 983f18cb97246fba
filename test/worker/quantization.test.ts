import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, describe, it } from 'node:test';
import { sessionOptions } from '../../src/core/analysis/tracing.js';
import { toFailure } from '../../src/core/common/errors.js';
import { DataTypes, elementCount } from '../../src/core/model/dataTypes.js';
import { FileConstants } from '../../src/core/model/constants.js';
import { readModel } from '../../src/core/model/read.js';
import { AccuracySum } from '../../src/core/quantization/accuracy.js';
import { calibrate } from '../../src/core/quantization/calibrate.js';
import { findCandidates } from '../../src/core/quantization/candidates.js';
import { preprocess, sourceOf, withSafeInputs } from '../../src/core/quantization/preprocess.js';
import { rewriteModel } from '../../src/core/quantization/rewrite/rewrite.js';
import { sweep } from '../../src/core/quantization/sensitivity.js';
import type { Layer, PlanMethod } from '../../src/core/quantization/types.js';
import { analyzeStatically } from '../../src/core/report/build.js';
import { openInputSet } from '../../src/core/runtime/inputs/inputs.js';
import type { QuantizeRequest } from '../../src/protocol/worker.js';
import { createRuntime } from '../../src/worker/onnxRuntime.js';
import { quantizeModel } from '../../src/worker/quantizeJob.js';
import { type FixtureName, fixture, realModels } from '../models/index.js';

const folder = mkdtempSync(path.join(tmpdir(), 'quantization-'));
after(() => {
  rmSync(folder, { recursive: true });
});
const runtime = createRuntime(folder);
const conditions = sessionOptions({ provider: 'cpu', threads: 1, optimization: 'all' });

async function prepare(name: FixtureName) {
  const { model, scenarios } = analyzeStatically(readModel(fixture(name)), []);
  const preprocessed = await preprocess(runtime, model);
  const { layers, refused } = findCandidates(preprocessed.model, preprocessed.operatorIdOf);
  const set = await openInputSet(model, scenarios[0]!.dimensions, [], 1);
  const feeds = withSafeInputs((await set.sample(0)).feeds, preprocessed.safe);
  const samples = { count: 1, synthetic: true, label: '', feeds: () => Promise.resolve(feeds) };
  const tensors = layers.flatMap(({ input, output }) => [input, output]);
  const options = { method: 'minMax', threads: 1, blockBytes: 2 ** 26, tick: () => Promise.resolve() } as const;
  const { ranges } = await calibrate(runtime, preprocessed.model, tensors, samples, options);
  const context = {
    model: preprocessed.model,
    constants: new FileConstants(preprocessed.model),
    ranges,
    reducedRange: false,
  };
  const float = await runtime.open(sourceOf(preprocessed.model), conditions);
  const reference = await float.evaluate(feeds);
  await float.close();
  return { context, layers, refused, samples, feeds, reference };
}

type Prepared = Awaited<ReturnType<typeof prepare>>;

async function decibels({ context, layers, feeds, reference }: Prepared, method: PlanMethod): Promise<number> {
  const session = await runtime.open(sourceOf(rewriteModel(context, layers, method)), conditions);
  const sum = new AccuracySum(null);
  sum.add(reference, await session.evaluate(feeds));
  await session.close();
  return sum.result().sqnrDb ?? NaN;
}

describe('models rewritten by every method load, run and stay near the float model', () => {
  /** Of the worst output, on the sample that the ranges come from. */
  const least: readonly [FixtureName, PlanMethod, number][] = [
    ['cnn', 'staticInt8', 25],
    ['cnn', 'staticInt8PerTensor', 25],
    ['cnn', 'staticInt8Signed', 25],
    ['cnn', 'staticInt8Reduced', 20],
    ['cnn', 'float16', 50],
    ['encoder', 'staticInt8', 20],
    ['encoder', 'dynamicInt8', 25],
    ['encoder', 'weightOnly8Block128', 30],
    ['encoder', 'weightOnly4Block32', 10],
    ['decoderWithCache', 'dynamicInt8', 15],
    ['externalData', 'staticInt8', 25],
    ['hostile', 'float16', 50],
  ];
  for (const [name, method, bar] of least)
    it(`${name}, ${method}`, async () => {
      const found = await decibels(await prepare(name), method);
      assert.ok(found >= bar, `${found} dB`);
    });
});

/** With the layer's output as an output of the model. */
async function layerDecibels({ context, feeds }: Prepared, layer: Layer): Promise<number> {
  const type = { kind: 'tensor', dataType: DataTypes.float32, shape: null } as const;
  const { graph } = context.model;
  const model = { ...context.model, graph: { ...graph, outputs: [{ name: layer.output, type }] } };
  const sum = new AccuracySum(null);
  const values = [];
  for (const one of [model, rewriteModel({ ...context, model }, [layer], 'staticInt8')]) {
    const session = await runtime.open(sourceOf(one), conditions);
    values.push(await session.evaluate(feeds));
    await session.close();
  }
  sum.add(values[0]!, values[1]!);
  return sum.result().sqnrDb ?? NaN;
}

describe('sensitivity', () => {
  it('calls a layer that gives nearly nothing by its name, and divides by nothing', async () => {
    const prepared = await prepare('cnn');
    const silent = { ...prepared.feeds };
    for (const [name, value] of Object.entries(silent))
      silent[name] = { ...value, data: new Float32Array(value.data.length) };
    const bias = new Map(prepared.layers.map(({ bias: own }) => [own?.name, own]));
    const initializers = prepared.context.model.graph.initializers.map((tensor) =>
      bias.has(tensor.name)
        ? { ...tensor, storage: { kind: 'bytes' as const, bytes: new Uint8Array(4 * elementCount(tensor.dims)) } }
        : tensor,
    );
    const model = { ...prepared.context.model, graph: { ...prepared.context.model.graph, initializers } };
    const samples = { ...prepared.samples, feeds: () => Promise.resolve(silent) };
    const [first] = prepared.layers;
    const swept = await sweep(runtime, { ...prepared.context, model }, [first!], samples, {
      method: 'staticInt8',
      threads: 1,
      tick: () => Promise.resolve(false),
    });
    assert.deepEqual(swept.get(first!.name)?.layer, { sqnrDb: null, cosine: null, nearlyZero: true });
  });

  it('gives for each layer what the model with that layer alone quantized gives', async () => {
    const prepared = await prepare('cnn');
    const swept = await sweep(runtime, prepared.context, prepared.layers, prepared.samples, {
      method: 'staticInt8',
      threads: 1,
      tick: () => Promise.resolve(false),
    });
    assert.equal(swept.size, prepared.layers.length);
    for (const layer of prepared.layers) {
      const own = await layerDecibels(prepared, layer);
      const atLayer = swept.get(layer.name)?.layer.sqnrDb ?? NaN;
      assert.ok(Math.abs(atLayer - own) < 1, `${layer.name}: at its output ${atLayer} dB instead of ${own} dB`);
      assert.equal(swept.get(layer.name)?.layer.nearlyZero, false);
      const alone = await decibels({ ...prepared, layers: [layer] }, 'staticInt8');
      const found = swept.get(layer.name)?.model.sqnrDb ?? NaN;
      assert.ok(Math.abs(found - alone) < 3, `${layer.name}: ${found} dB instead of ${alone} dB`);
    }
  });
});

const request = (modelPath: string, out: string | null, method: string | null): QuantizeRequest => ({
  kind: 'quantize',
  modelPath,
  options: {
    dimensions: [],
    inputs: [],
    seed: 1,
    provider: 'cpu',
    threads: 1,
    optimization: 'all',
    budgetSeconds: 0.2,
    memoryLimitBytes: null,
    command: '',
  },
  settings: { calibration: 'percentile', targetSqnrDb: 20, method, plan: null, mostSamples: 8 },
  output: out === null ? null : { path: out, overwrite: false },
  temporaryFolder: folder,
  host: {
    machineId: 'test',
    environment: {
      cpuModel: '',
      logicalCores: 1,
      simd: ['avx2', 'avx512_vnni'],
      memoryBytes: 1,
      os: '',
      runtime: '',
      runtimeVersion: '',
    },
  },
  cacheFolder: null,
});
const silence = { debug: () => undefined, info: () => undefined, warn: () => undefined };
const control = { stopRequested: () => false, progress: () => undefined, partial: () => undefined, log: silence };

describe('the job', () => {
  it('writes a model that says how it was made, and never over another file', async () => {
    const out = path.join(folder, 'quantized.onnx');
    const report = await quantizeModel(runtime, request(fixture('cnn'), out, 'staticInt8'), control);
    const [section] = report.quantization;
    assert.ok(section);
    assert.equal(section.plans.length, 1);
    assert.ok((section.plans[0]?.measured?.speedup ?? 0) > 0);
    assert.ok(statSync(out).size > 0);
    const written = readModel(out);
    assert.equal(written.metadata['inference-profiler.quantization.method'], 'staticInt8');
    assert.deepEqual(
      written.graph.inputs.map(({ name }) => name),
      ['image'],
    );
    assert.ok(written.graph.nodes.some(({ name }) => name.startsWith('/stem/Conv')));
    await assert.rejects(quantizeModel(runtime, request(fixture('cnn'), out, 'staticInt8'), control), (error) => {
      assert.equal(toFailure(error).message.code, 'quantization.error.exists');
      return true;
    });
  });

  it('on synthetic inputs knows no accuracy and recommends nothing', async () => {
    const { quantization } = await quantizeModel(runtime, request(fixture('cnn'), null, null), control);
    const [section] = quantization;
    assert.ok(section);
    assert.equal(section.recommended, null);
    assert.ok(section.plans.length > 1);
    for (const { measured } of section.plans) assert.equal(measured?.sqnrDb, null);
    for (const { trials } of section.layers) for (const { sqnrDb } of trials) assert.equal(sqnrDb, null);
    assert.ok(section.explanation.some(({ code }) => code === 'quantization.note.synthetic'));
  });

  it('names operator set 9 and the way out of it', async () => {
    await assert.rejects(quantizeModel(runtime, request(realModels.cls, null, 'staticInt8'), control), (error) => {
      assert.deepEqual(toFailure(error).message, { code: 'quantization.error.opset', params: { opset: 9 } });
      return true;
    });
  });
});
