import assert from 'node:assert/strict';
import { copyFileSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import { toFailure } from '../../src/core/common/errors.js';
import { silentLogger } from '../../src/core/common/logger.js';
import { readModel } from '../../src/core/model/read.js';
import type { QuantizationPlan } from '../../src/protocol/quantization.js';
import type { Report } from '../../src/protocol/report.js';
import type { QuantizeRequest, QuantizeSettings } from '../../src/protocol/worker.js';
import { Runner } from '../../src/runner/runner.js';
import { createRuntime } from '../../src/worker/onnxRuntime.js';
import { fixture } from '../models/index.js';
import { buildDist, type Dist, runOptions } from './process.build.js';
import { writeSamples } from './quantizeSamples.js';

const SAMPLES = 12;
const settings: QuantizeSettings = {
  calibration: 'minMax',
  targetSqnrDb: 10,
  method: null,
  plan: null,
  mostSamples: 64,
};

describe('quantization through the runner', { timeout: 180_000 }, () => {
  const root = mkdtempSync(path.join(tmpdir(), 'quantization-run-'));
  const file = (name: string): string => path.join(root, name);
  const model = fixture('cnn');
  let dist: Dist;
  let runner: Runner;
  let found: Report;

  const quantize = (
    changes: Partial<QuantizeSettings>,
    output: QuantizeRequest['output'] = null,
    batches: number[] = [],
  ): Promise<Report> => {
    const dimensions = batches.length === 0 ? [] : [{ name: 'batch', values: batches, source: 'flag' as const }];
    const inputs = [{ name: null, path: file('samples.npz') }];
    const options = runOptions({ inputs, dimensions, budgetSeconds: 0.4 });
    return runner.quantize({ modelPath: model, options, settings: { ...settings, ...changes }, output }).result;
  };

  before(async () => {
    dist = buildDist({ worker: 'src/worker/main.ts', inspector: 'src/worker/inspector.ts' });
    runner = new Runner({ distFolder: dist.folder, logger: silentLogger, temporaryRoot: root });
    const image = { name: 'image', shape: [1, 3, 32, 32] };
    const answers = await writeSamples(createRuntime(root), model, image, SAMPLES, file('samples.npz'));
    // The first sample's label is wrong.
    const labels = answers.map((answer, index) => (index === 1 ? (answer + 1) % 3 : answer));
    writeFileSync(file('labels.csv'), `label\n${labels.join('\n')}\n`);
    found = await quantize({ labels: file('labels.csv') }, null, [1, 2]);
  });
  after(() => {
    runner.dispose();
    dist.remove();
    rmSync(root, { recursive: true });
  });

  it('looks at pruning alone, and at other models alone, without trying a plan', async () => {
    const pruned = await quantize({ only: 'pruning', pruning: true });
    const [section] = pruned.quantization;
    assert.ok(section?.pruning && section.pruning.layers.length > 0);
    assert.deepEqual([section.plans, section.layers, section.explanation], [[], [], []]);
    copyFileSync(model, file('copy.onnx'));
    const compared = await quantize({ only: 'alternatives', alternatives: [file('copy.onnx')] });
    assert.deepEqual(compared.quantization, []);
    assert.equal(compared.alternatives?.[0]?.models[0]?.measured?.agreement, 1);
  });

  it('gives every scenario its section, half of the samples calibrate and half judge', () => {
    assert.deepEqual(
      found.quantization.map(({ scenarioId, calibration }) => [
        scenarioId,
        calibration.samples,
        calibration.judgementSamples,
      ]),
      [
        ['s0', 6, 6],
        ['s1', 3, 3],
      ],
    );
    assert.deepEqual(
      found.scenarios.map(({ inputs }) => inputs[0]?.shape[0]),
      [1, 2],
    );
  });

  it('counts the answers that stay, and accuracy against labels before and after', () => {
    for (const { plans, labels } of found.quantization) {
      assert.equal(labels?.source, 'labels.csv');
      assert.equal(labels.used, 6);
      assert.equal(labels.output, 'probabilities');
      for (const { measured } of plans) {
        assert.equal(measured?.answers?.items, 6);
        assert.equal((measured.agreement ?? 0) * 6, measured.answers.same);
        assert.equal(measured.accuracy?.samples, 6);
        assert.ok(measured.accuracy.eceFloat >= 0 && measured.accuracy.eceFloat <= 1);
      }
    }
    // Alone the odd samples judge, of which one has a wrong label.
    assert.ok(Math.abs((found.quantization[0]?.plans[0]?.measured?.accuracy?.float ?? 0) - 5 / 6) < 1e-9);
  });

  it('measures the memory of each plan in a process of its own, and leaves nothing behind', () => {
    for (const { plans, float } of found.quantization) {
      assert.ok(plans.length > 1 && float);
      for (const { measured } of plans)
        assert.ok(
          (measured?.peakResidentBytes ?? 0) > 2 ** 18 ||
            measured?.peakResidentReason?.code === 'error.worker.memoryTooSmall',
          JSON.stringify(measured),
        );
      const known = plans.filter(({ measured }) => measured?.peakResidentBytes != null);
      assert.ok(known.length > 0, 'no memory at all');
    }
    const own = readdirSync(root).find((name) => name.startsWith('inference-profiler-')) ?? '';
    assert.deepEqual(readdirSync(path.join(root, own)), []);
  });

  it('tells the error at each layer beside that at the outputs', () => {
    const trials = found.quantization[0]!.layers.flatMap((layer) => layer.trials);
    const judged = trials.filter(({ sqnrDb }) => sqnrDb !== null);
    assert.ok(judged.length > 0);
    for (const { layerSqnrDb, layerCosine } of judged) assert.ok((layerSqnrDb ?? 0) > 10 && (layerCosine ?? 0) > 0.9);
  });

  it('saves a plan of the report as that plan, and writes over it only when asked to', async () => {
    const plans = found.quantization[0]!.plans.filter(({ method }) => /staticInt8|mixedInt8/.test(method));
    const chosen = plans.reduce<QuantizationPlan>(
      (a, b) => (a.assignments.length <= b.assignments.length ? a : b),
      plans[0]!,
    );
    const plan = {
      method: chosen.method,
      operatorIds: chosen.assignments.map(({ operatorId }) => operatorId),
      scenarioId: 's0',
    };
    const out = file('saved.onnx');
    const report = await quantize({ plan }, { path: out, overwrite: false }, [1, 2]);
    const [section] = report.quantization;
    assert.equal(report.quantization.length, 1);
    assert.deepEqual(section?.plans[0]?.assignments, chosen.assignments);
    assert.deepEqual(section.explanation.at(-1), {
      code: 'quantization.note.wrote',
      params: { file: out, method: chosen.method },
    });
    const written = readModel(out);
    const note = (key: string): string | undefined => written.metadata[`inference-profiler.quantization.${key}`];
    assert.equal(note('method'), chosen.method);
    assert.equal(note('layers'), String(chosen.assignments.length));
    assert.match(note('calibration') ?? '', /^minMax, 6 samples, samples\.npz/);
    const promised = Number(note('sqnrDb'));
    assert.ok(Math.abs(promised - (chosen.measured?.sqnrDb ?? NaN)) < 1, `${promised} dB`);
    const integers = written.graph.nodes.filter(({ opType }) => opType === 'Conv' || opType === 'Gemm');
    const fed = integers.filter(({ inputs }) => inputs[1]?.endsWith('_dequantized'));
    assert.equal(fed.length, chosen.assignments.length);

    const before = readFileSync(out);
    const refused = await quantize({ plan }, { path: out, overwrite: false }).catch((error: unknown) => error);
    assert.equal(toFailure(refused).message.code, 'quantization.error.exists');
    assert.deepEqual(readFileSync(out), before);
    writeFileSync(out, 'old');
    await quantize({ plan }, { path: out, overwrite: true });
    assert.ok(readModel(out).graph.nodes.length > 0);
  });
});
