import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, it } from 'node:test';
import { ExpectedError, toFailure } from '../../src/core/common/errors.js';
import type { EngineRun } from '../../src/extension/session/engine.js';
import { pageFailure } from '../../src/extension/session/pageFailure.js';
import { ProfileRun, quantizing, taskOf } from '../../src/extension/session/profileRun.js';
import { openStored } from '../../src/extension/session/storedReports.js';
import { runOptions } from '../../src/extension/session/choices.js';
import {
  alternativesRequest,
  pruningRequest,
  recommendedPlan,
  saveRequest,
  trialRequest,
  trialSeconds,
} from '../../src/extension/session/trialRequest.js';
import type { RunOptions } from '../../src/protocol/worker.js';
import { ReportStore } from '../../src/store/reportStore.js';
import { buildQuantized } from '../webview/quantizationFixture.js';
import { buildReport } from '../webview/reportFixture.js';
import { nothingChosen } from './support/runChoices.js';

const options: RunOptions = {
  dimensions: [],
  inputs: [],
  seed: 0,
  provider: 'cuda',
  threads: 1,
  optimization: 'all',
  budgetSeconds: 10,
  memoryLimitBytes: null,
  command: 'inference-profiler profile --threads 1',
};
const pages = [{ name: null, path: '/samples/pages' }];

describe('a trial that is asked for', () => {
  it('runs on the CPU with what the next run would use, and names the command that repeats it', () => {
    const { options: asked, settings, output } = trialRequest(options);
    assert.deepEqual(
      [asked.provider, asked.threads, asked.command],
      ['cpu', 1, 'inference-profiler quantize --threads 1'],
    );
    assert.deepEqual([settings.plan, settings.targetSqnrDb, output], [null, 20, null]);
  });

  it('judges against the labels that were picked for the samples', () => {
    const next = runOptions({ ...nothingChosen, picks: { inputs: pages, labels: '/samples/my labels.csv' } });
    const { settings, options: asked } = trialRequest(next);
    assert.equal(settings.labels, '/samples/my labels.csv');
    assert.match(asked.command, / --labels ['"]\/samples\/my labels\.csv['"]$/);
    assert.equal(trialRequest(runOptions(nothingChosen)).settings.labels, null);
  });

  it('looks at pruning or at other models alone, in phases of their own', () => {
    const pruning = pruningRequest({ ...options, inputs: pages, labels: '/samples/labels.csv' });
    assert.deepEqual(
      [pruning.settings.only, pruning.settings.pruning, pruning.settings.labels],
      ['pruning', true, null],
    );
    assert.match(pruning.options.command, /quantize .*--pruning$/);
    const others = alternativesRequest(options, ['/models/small.onnx']);
    assert.deepEqual([others.settings.only, others.settings.alternatives], ['alternatives', ['/models/small.onnx']]);
    assert.match(others.options.command, / --alternatives \/models\/small\.onnx$/);
    assert.deepEqual([pruning, others, trialRequest(options)].map(taskOf), ['pruning', 'alternatives', 'quantization']);
  });

  it('builds one plan again to save it, in its own scenario and layers', () => {
    const [section] = buildQuantized().quantization;
    const plan = recommendedPlan(section!);
    assert.equal(plan?.id, 'p0');
    const output = { path: '/models/det.int8.onnx', overwrite: false };
    const { settings, output: asked } = saveRequest(options, plan, 's1', output);
    assert.equal(settings.plan?.method, 'mixedInt8');
    assert.equal(settings.plan.scenarioId, 's1');
    assert.deepEqual(
      settings.plan.operatorIds,
      plan.assignments.map(({ operatorId }) => operatorId),
    );
    assert.equal(asked, output);
  });

  it('is estimated by its layers, by the samples, and once it was tried by the last time', () => {
    const report = buildReport({ kernels: 40 });
    const synthetic = trialSeconds(report, options) ?? 0;
    assert.ok(synthetic > options.budgetSeconds && synthetic < options.budgetSeconds + 5, String(synthetic));
    assert.ok((trialSeconds(report, { ...options, inputs: pages }) ?? 0) > synthetic);
    assert.equal(trialSeconds(buildQuantized(), { ...options, inputs: pages }), 18.4);
    assert.notEqual(trialSeconds(buildQuantized(), options), 18.4);
    assert.equal(trialSeconds(null, options), null);
  });

  it('shows its phases before they begin, sensitivity only with samples, writing only to save', () => {
    const never: EngineRun = { result: new Promise(() => undefined), stop: () => undefined, cancel: () => undefined };
    const engine = {
      inspect: () => Promise.reject(new Error()),
      profile: () => never,
      quantize: () => never,
      capacity: () => never,
    };
    const phasesOf = (request: ReturnType<typeof trialRequest>): string[] => {
      const run = new ProfileRun(quantizing(engine, '/m', request, 12), null, {
        changed: () => undefined,
        draft: () => undefined,
      });
      assert.equal(run.state.task, taskOf(request));
      assert.ok((run.state.remainingMs ?? 0) > 11_000);
      return run.state.phases.map(({ phase }) => phase);
    };
    assert.deepEqual(phasesOf(alternativesRequest(options, [])), ['alternatives']);
    assert.ok(!phasesOf(pruningRequest(options)).includes('plans'));
    assert.deepEqual(phasesOf(trialRequest(options)), ['preprocess', 'calibration', 'layerSpeed', 'plans']);
    assert.ok(phasesOf(trialRequest({ ...options, inputs: pages })).includes('sensitivity'));
    const output = { path: '/a.onnx', overwrite: false };
    const plan = recommendedPlan(buildQuantized().quantization[0]!)!;
    assert.equal(phasesOf(saveRequest(options, plan, 's1', output)).at(-1), 'write');
  });
});

describe('a trial that the command line made', () => {
  it('is opened with the newest profile of the same file', async () => {
    const folder = mkdtempSync(path.join(tmpdir(), 'stored-'));
    try {
      const store = new ReportStore(folder);
      const log = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined };
      const tried = buildQuantized();
      const [scenario] = tried.scenarios;
      const trial = { ...tried, reportId: 'trial', createdAt: '2026-11-23T00:00:00.000Z' };
      await store.put({ ...trial, scenarios: [{ ...scenario!, latency: null }] }, { modelPath: '/m/det.onnx' });
      assert.equal((await openStored(store, '/m/det.onnx', log))?.report.reportId, 'trial');
      await store.put(buildReport({ kernels: 40 }), { modelPath: '/m/det.onnx' });
      const opened = await openStored(store, '/m/det.onnx', log);
      assert.equal(opened?.report.reportId, 'r1');
      assert.equal(opened.report.quantization.length, 1);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});

describe('a trial that failed', () => {
  const context = { needs: null, choices: null, memoryLimitMiB: 0, task: 'quantization' } as const;

  it('is offered again where another attempt may go better', () => {
    const wrong = toFailure(new ExpectedError('input', 'quantization.error.opset', { opset: 9 }));
    assert.deepEqual(pageFailure(wrong, context)?.remedies, [{ type: 'showLog' }]);
    const found = pageFailure(toFailure(new Error('x')), context);
    assert.equal(found?.task, 'quantization');
    assert.deepEqual(found.remedies, [{ type: 'tryQuantization' }, { type: 'showLog' }]);
  });
});
