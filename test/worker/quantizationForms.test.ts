import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, describe, it } from 'node:test';
import { sessionOptions } from '../../src/core/analysis/tracing.js';
import { toFailure } from '../../src/core/common/errors.js';
import { FileConstants } from '../../src/core/model/constants.js';
import type { ModelGraph } from '../../src/core/model/graph.js';
import { readModel } from '../../src/core/model/read.js';
import { writeModel } from '../../src/core/model/write.js';
import { AccuracySum } from '../../src/core/quantization/accuracy.js';
import { findCandidates } from '../../src/core/quantization/candidates.js';
import { saveModel, type SaveRequest } from '../../src/core/quantization/save.js';
import type { PlanMethod } from '../../src/core/quantization/types.js';
import { rewriteModel } from '../../src/core/quantization/rewrite/rewrite.js';
import type { Feeds } from '../../src/core/runtime/port.js';
import type { QuantizeRequest } from '../../src/protocol/worker.js';
import { createRuntime } from '../../src/worker/onnxRuntime.js';
import { quantizeModel } from '../../src/worker/quantizeJob.js';
import { GraphBuilder } from '../models/builder.js';
import { fixture } from '../models/index.js';
import { runOptions } from './process.build.js';

const folder = mkdtempSync(path.join(tmpdir(), 'quantization-forms-'));
after(() => {
  rmSync(folder, { recursive: true });
});
const runtime = createRuntime(folder);
const plain = sessionOptions({ provider: 'cpu', threads: 1, optimization: 'all' });

/** A convolution of 16 channels and a product behind it. */
function convThenMatMul(opset: number): ModelGraph {
  const b = new GraphBuilder({ seed: 3 });
  b.input('x', [1, 16, 8, 8]);
  b.add('Conv', ['x', b.weight([16, 16, 3, 3]), b.weight([16], { scale: 0.1 })], {
    name: 'conv',
    outputs: ['c'],
    attributes: { kernel_shape: [3, 3], pads: [1, 1, 1, 1] },
  });
  b.add('Relu', ['c'], { name: 'relu', outputs: ['r'] });
  b.add('GlobalAveragePool', ['r'], { name: 'pool', outputs: ['p'] });
  b.add('Flatten', ['p'], { name: 'flat', outputs: ['f'] });
  b.add('MatMul', ['f', b.weight([16, 32])], { name: 'mul', outputs: ['y'] });
  b.output('y', [1, 32]);
  return b.model({ opset });
}

const feeds: Feeds = {
  x: {
    dataType: 'float32',
    dims: [1, 16, 8, 8],
    data: Float32Array.from({ length: 1024 }, (_, index) => Math.sin(index)),
  },
};

/** Op types of the kernels that run, and the error against the float model. */
async function runOf(model: ModelGraph, method: PlanMethod): Promise<{ kernels: string[]; db: number }> {
  const { layers } = findCandidates(model, ({ name }) => name);
  const ranges = new Map(
    model.graph.nodes
      .flatMap(({ inputs, outputs }) => [...inputs, ...outputs])
      .map((name) => [name, { min: name === 'r' || name === 'p' || name === 'f' ? 0 : -4, max: 4 }]),
  );
  const context = { model, constants: new FileConstants(model), ranges, reducedRange: false };
  const sum = new AccuracySum(null);
  const outputs = [];
  let kernels: string[] = [];
  for (const one of [model, rewriteModel(context, layers, method)]) {
    const source = { kind: 'bytes', bytes: writeModel(one, { weights: 'inline' }), weightsFolder: '' } as const;
    const session = await runtime.open(source, { ...plain, saveOptimizedGraph: true });
    outputs.push(await session.evaluate(feeds));
    kernels = readModel(session.optimizedGraphPath ?? '').graph.nodes.map(({ opType }) => opType);
    await session.close();
  }
  sum.add(outputs[0]!, outputs[1]!);
  return { kernels, db: sum.result().sqnrDb ?? NaN };
}

describe('integer kernels in each operator set', () => {
  for (const opset of [10, 11, 12, 13, 17])
    it(`static int8, operator set ${opset}`, async () => {
      const { kernels, db } = await runOf(convThenMatMul(opset), 'staticInt8');
      assert.ok(kernels.includes('QLinearConv'), kernels.join());
      assert.ok(
        kernels.some((kernel) => /QLinearMatMul|MatMulIntegerToFloat/.test(kernel)),
        kernels.join(),
      );
      assert.ok(db > 25, `${db} dB`);
    });

  it('static convolutions with dynamic products', async () => {
    const { kernels, db } = await runOf(convThenMatMul(17), 'mixedStaticDynamic');
    assert.ok(kernels.includes('QLinearConv'), kernels.join());
    assert.ok(
      kernels.some((kernel) => /DynamicQuantizeMatMul|MatMulIntegerToFloat/.test(kernel)),
      kernels.join(),
    );
    assert.ok(db > 25, `${db} dB`);
  });

  it('operator set 9 is refused in words that name the way', async () => {
    await assert.rejects(runOf(convThenMatMul(9), 'staticInt8'), (error) => {
      assert.deepEqual(toFailure(error).message, { code: 'quantization.error.opset', params: { opset: 9 } });
      return true;
    });
  });
});

const silence = { debug: () => undefined, info: () => undefined, warn: () => undefined };
const control = { stopRequested: () => false, progress: () => undefined, partial: () => undefined, log: silence };
const environment = {
  cpuModel: '',
  logicalCores: 1,
  simd: [],
  memoryBytes: 1,
  os: '',
  runtime: '',
  runtimeVersion: '',
};
const request = (modelPath: string): QuantizeRequest => ({
  kind: 'quantize',
  modelPath,
  options: runOptions({ budgetSeconds: 0.2 }),
  settings: { calibration: 'minMax', targetSqnrDb: 20, method: 'dynamicInt8', plan: null, mostSamples: 8 },
  output: null,
  temporaryFolder: folder,
  host: { machineId: 'test', environment },
  cacheFolder: null,
});

describe('decoders with a cache', () => {
  it('are tried in both of their phases, with the cache that each has', async () => {
    const report = await quantizeModel(runtime, request(fixture('decoderWithCache')), control);
    assert.deepEqual(
      report.scenarios.map(({ phase }) => phase),
      ['prefill', 'decode'],
    );
    for (const { plans, layers } of report.quantization) {
      assert.ok((plans[0]?.measured?.medianNs ?? 0) > 0);
      assert.ok(layers.length > 0);
    }
  });
});

describe('pruning candidates', () => {
  it('tell what the weights hold and what a quarter fewer channels would take', async () => {
    const asked = request(fixture('cnn'));
    asked.settings = { ...asked.settings, method: 'staticInt8', pruning: true };
    const { quantization, operators } = await quantizeModel(runtime, asked, control);
    const found = quantization[0]?.pruning;
    assert.ok(found);
    assert.equal(
      found.layers.length,
      quantization[0]?.layers.filter(({ verdict }) => verdict !== 'notSupported').length,
    );
    for (const { zeroShare, nearZeroShare, channels, channelNorms, removal, reason } of found.layers) {
      assert.ok(zeroShare <= nearZeroShare && nearZeroShare < 0.1);
      assert.ok(channelNorms.min <= channelNorms.median && channelNorms.median <= channelNorms.max);
      if (!removal) assert.ok(reason);
      else assert.ok(removal.channels === Math.floor(channels / 4) && removal.prunedNs > 0 && removal.normShare < 0.25);
    }
    const stem = operators.find(({ name }) => name.startsWith('/stem/Conv'));
    assert.ok(found.layers.find(({ operatorId }) => operatorId === stem?.id)?.removal);
    assert.deepEqual(
      found.explanation.map(({ code }) => code),
      ['quantization.pruning.timeOnly', 'quantization.pruning.unstructured'],
    );
  });
});

describe('models that are too large for one file', () => {
  const target = path.join(folder, 'large.onnx');
  const original = fixture('cnn');
  const save = (changes: Partial<SaveRequest> = {}): Promise<number> => {
    const model = readModel(original);
    const image = Float32Array.from({ length: 3072 }, (_, index) => Math.cos(index));
    return saveModel(runtime, {
      model,
      original,
      target,
      overwrite: false,
      metadata: { how: 'test' },
      sampleCount: 1,
      readSample: () => Promise.resolve({ image: { dataType: 'float32', dims: [1, 3, 32, 32], data: image } }),
      threads: 1,
      expectedDb: 100,
      inlineUpToBytes: 1000,
      ...changes,
    });
  };

  it('get their weights in a file beside them, which loads and gives the same', async () => {
    const bytes = await save();
    const [model, weights] = [target, `${target}.data`].map((file) => readFileSync(file).length);
    assert.ok(weights! > 1000 && model! < weights!, `${model} and ${weights}`);
    assert.equal(bytes >= weights!, true);
    const [first] = readModel(target).graph.initializers.filter(({ storage }) => storage.kind === 'raw');
    assert.ok(first?.storage.kind === 'raw' && first.storage.range.file === 'large.onnx.data');
    const session = await runtime.open({ kind: 'file', path: target }, plain);
    await session.close();
  });

  it('replace neither file unasked, and leave both as they were where the check fails', async () => {
    rmSync(target);
    await assert.rejects(save(), (error) => toFailure(error).message.code === 'quantization.error.exists');
    writeFileSync(target, 'old');
    writeFileSync(`${target}.data`, 'old');
    const broken = readModel(original);
    const scaled = { ...broken, graph: { ...broken.graph, outputs: broken.graph.outputs.slice(0, 0) } };
    await assert.rejects(save({ overwrite: true, model: scaled }));
    assert.equal(readFileSync(target, 'utf8') + readFileSync(`${target}.data`, 'utf8'), 'oldold');
    await save({ overwrite: true });
    assert.ok(existsSync(target) && readFileSync(`${target}.data`).length > 1000);
    assert.deepEqual(
      readdirSync(folder).filter((name) => name.startsWith('.')),
      [],
    );
  });
});
