import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, describe, it } from 'node:test';
import { curveView } from '../../src/format/views/scenarioCurve.js';
import type { Report } from '../../src/protocol/report.js';
import type { PartialSection, PhaseProgress, RunOptions } from '../../src/protocol/worker.js';
import { readEnvironment } from '../../src/runner/environment.js';
import { createRuntime } from '../../src/worker/onnxRuntime.js';
import { profileModel } from '../../src/worker/profileJob.js';
import { fixture, type FixtureName } from '../models/index.js';
import { runOptions } from './process.build.js';

const folder = mkdtempSync(path.join(tmpdir(), 'scenarios-'));
after(() => {
  rmSync(folder, { recursive: true });
});

async function profile(
  name: FixtureName,
  options: Partial<RunOptions>,
): Promise<{ report: Report; progress: PhaseProgress[]; partials: PartialSection[] }> {
  const progress: PhaseProgress[] = [];
  const partials: PartialSection[] = [];
  const silent = (): void => undefined;
  const report = await profileModel(
    createRuntime(folder),
    {
      kind: 'profile',
      modelPath: fixture(name),
      temporaryFolder: folder,
      cacheFolder: null,
      host: await readEnvironment(),
      options: runOptions({ command: 'inference-profiler profile', budgetSeconds: 1, ...options }),
    },
    {
      stopRequested: () => false,
      progress: (one) => progress.push(one),
      partial: (one) => partials.push(one),
      log: { debug: silent, info: silent, warn: silent },
    },
  );
  return { report, progress, partials };
}

describe('scenarios of one call', () => {
  it('give a curve over a dimension, each measured in its share of the time and told as it is', async () => {
    const dimensions = [{ name: 'sequence', values: [16, 64], source: 'flag' as const }];
    const { report, progress, partials } = await profile('encoder', { dimensions, budgetSeconds: 2 });
    const view = curveView(report);
    assert.deepEqual(view?.dimensions, ['sequence']);
    assert.deepEqual(
      view.points.map(({ values }) => values),
      [[16], [64]],
    );
    for (const { medianNs, perItemNs, values } of view.points) {
      assert.ok(medianNs !== null && perItemNs !== null);
      assert.equal(perItemNs * (values[0] ?? 0), medianNs);
    }
    assert.equal(report.scenarios[0]?.run.budgetSeconds, 1);
    assert.ok(report.scenarios.every(({ run }) => (run.budgetSeconds ?? Infinity) <= 2));
    assert.match(report.scenarios[1]?.run.command ?? '', /--budget [\d.]+ .*--dim sequence=64/);
    const places = progress.filter(({ phase }) => phase === 'latency').map(({ scenario }) => scenario?.index);
    assert.deepEqual([...new Set(places)], [1, 2]);
    const drafts = partials.flatMap((one) => (one.section === 'scenario' ? [one.value.id] : []));
    assert.ok(drafts.indexOf('s1') > 0 && drafts.filter((id) => id === 's0').length >= 2);
  });

  it('fill and use a cache, with inputs of the lengths that belong together', async () => {
    const { report } = await profile('decoderWithCache', {});
    const shapes = report.scenarios.map(({ phase, inputs, latency }) => {
      assert.ok(latency && latency.medianNs > 0);
      const shape = (name: string): number[] | undefined => inputs.find((input) => input.name === name)?.shape;
      return [phase, shape('input_ids'), shape('attention_mask'), shape('past_key_values.1.value')];
    });
    assert.deepEqual(shapes, [
      ['prefill', [1, 128], [1, 128], [1, 4, 0, 16]],
      ['decode', [1, 1], [1, 129], [1, 4, 128, 16]],
    ]);
    // Two layers of keys and values, 4 heads of 16 floats each.
    const cache = report.model.checks.find(({ code }) => code === 'checks.cache');
    assert.equal(cache?.params['bytesPerToken'], 2 * 2 * 4 * 16 * 4);
    assert.equal(curveView(report)?.per?.kind, 'token');
  });

  it('say which branch was taken and how often a loop went round', async () => {
    const after = async (name: FixtureName): Promise<string[]> =>
      (await profile(name, {})).report.model.checks.flatMap(({ code, message }) =>
        /branchTaken|loopTrips/.test(code) ? [message] : [],
      );
    assert.deepEqual(await after('branches'), ['Branches taken: outer: then, inner: then.']);
    assert.deepEqual(await after('loop'), ['Trips of loops: loop: 8.']);
  });

  it('leave no thread behind, which the next would count as one of the runtime', async () => {
    const threads = (): number | null => (process.platform === 'linux' ? readdirSync('/proc/self/task').length : null);
    await profile('scalars', { threads: 2 });
    const before = threads();
    await profile('scalars', { threads: 2 });
    assert.equal(threads(), before);
  });

  it('record the threads that the runtime took by itself, and keep the call as it was', async () => {
    const { report } = await profile('scalars', { threads: 0, dataCheck: true });
    const [scenario] = report.scenarios;
    assert.ok(scenario && scenario.run.threads >= 1);
    const cores = report.environment.physicalCores;
    if (cores != null) assert.ok(scenario.run.threads <= (report.environment.logicalCores ?? 0));
    assert.doesNotMatch(scenario.run.command, /--threads/);
    assert.deepEqual(
      scenario.dataSensitivity?.map(({ kind }) => kind),
      ['normal', 'zeros', 'denormals', 'large'],
    );
  });
});
