import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import { toFailure } from '../../src/core/common/errors.js';
import { silentLogger } from '../../src/core/common/logger.js';
import type { ConcurrentSessions } from '../../src/core/cost/concurrency.js';
import { staysOf } from '../../src/core/cost/loadTest.js';
import { poissonArrivalsNs } from '../../src/core/cost/simulation.js';
import { sessionOptions } from '../../src/core/analysis/tracing.js';
import type { Feeds } from '../../src/core/runtime/port.js';
import type { PartialSection } from '../../src/protocol/worker.js';
import type { Report } from '../../src/protocol/report.js';
import { Runner } from '../../src/runner/runner.js';
import { createSessionThreads } from '../../src/worker/sessionThreads.js';
import { fixture } from '../models/index.js';
import { DataType, identityModel } from './process.models.js';
import { buildDist, runOptions, type Dist } from './process.build.js';

const options = sessionOptions({ provider: 'cpu', threads: 1, optimization: 'all' });

describe('sessions in threads', { timeout: 120_000 }, () => {
  let dist: Dist;
  let root: string;
  let runner: Runner;
  before(() => {
    dist = buildDist({
      worker: 'src/worker/main.ts',
      session: 'src/worker/sessionThread.ts',
      inspector: 'src/worker/inspector.ts',
    });
    root = mkdtempSync(path.join(tmpdir(), 'capacity-'));
    writeFileSync(tiny(), identityModel(DataType.float32, [1]));
    runner = new Runner({ distFolder: dist.folder, temporaryRoot: root, logger: silentLogger });
  });
  after(() => {
    runner.dispose();
    rmSync(root, { recursive: true, force: true });
    dist.remove();
  });

  const tiny = (): string => path.join(root, 'identity.onnx');
  const feeds: Feeds = { x: { dataType: 'float32', dims: [1], data: new Float32Array(1) } };
  const threads = (stopRequested = (): boolean => false): ReturnType<typeof createSessionThreads> =>
    createSessionThreads({ script: path.join(dist.folder, 'session.js'), folder: root, stopRequested });
  const open = (count: number, stopRequested?: () => boolean): Promise<ConcurrentSessions> =>
    threads(stopRequested).open(count, { kind: 'file', path: tiny() }, options);

  it('begin together, run beside each other and keep their own times', async () => {
    const sessions = await open(2);
    const times = await sessions.loop(feeds, { durationNs: 100e6, leastCalls: 3, mostCalls: 1000 });
    await sessions.close();
    assert.equal(times.length, 2);
    const [one, other] = times;
    assert.ok(one && other && one.startsNs.length >= 3 && other.startsNs.length >= 3);
    assert.ok(one.endsNs.every((end, call) => end > (one.startsNs[call] ?? Infinity)));
    // Both had begun before either was done.
    assert.ok(
      (one.startsNs[0] ?? 0) < (other.endsNs.at(-1) ?? 0) && (other.startsNs[0] ?? 0) < (one.endsNs.at(-1) ?? 0),
    );
  });

  it('answer every request of a schedule once, none before it came', async () => {
    const sessions = await open(2);
    const arrivals = poissonArrivalsNs(400, 200, 1);
    const { startsNs, endsNs } = await sessions.serve(feeds, arrivals, { giveUpNs: 60e9 });
    await sessions.close();
    assert.ok(staysOf(arrivals, { endsNs }).every((stay) => stay > 0 && Number.isFinite(stay)));
    assert.ok(startsNs.every((start, request) => start >= (arrivals[request] ?? Infinity)));
  });

  it('end a schedule that goes on for minutes as soon as they are asked to stop', async () => {
    let asked = false;
    const sessions = await open(2, () => asked);
    asked = true;
    const { endsNs } = await sessions.serve(feeds, [0, 600e9, 601e9], { giveUpNs: 60e9 });
    await sessions.close();
    assert.deepEqual(endsNs.slice(1), [NaN, NaN]);
  });

  it('say what the runtime says of a wrong input, and of a file that is no model', async () => {
    const sessions = await open(2);
    const wrong: Feeds = { y: { dataType: 'float32', dims: [1], data: new Float32Array(1) } };
    const failed = await sessions.loop(wrong, { durationNs: 1e6, leastCalls: 1, mostCalls: 1 }).catch(toFailure);
    assert.equal('kind' in failed && failed.kind, 'expected');
    await sessions.close();
    const missing = threads().open(1, { kind: 'file', path: path.join(root, 'none.onnx') }, options);
    assert.equal(toFailure(await missing.catch((error: unknown) => error)).kind, 'expected');
  });

  it('measure what the machine carries, with the memory of each replica', async () => {
    const partials: PartialSection[] = [];
    const run = runner.capacity(
      { modelPath: fixture('cnn'), options: runOptions({ threads: 0, budgetSeconds: 1.5 }) },
      { onPartial: (partial) => partials.push(partial) },
    );
    const report = await run.result;
    assert.equal(report.status, 'complete');
    assert.ok(report.capacity.length >= 1);
    for (const { serviceSamplesNs, itemsPerSecond } of report.capacity) {
      assert.ok(serviceSamplesNs.every((ns) => ns > 0 && Number.isFinite(ns)));
      assert.ok(itemsPerSecond > 0 && Number.isFinite(itemsPerSecond));
    }
    const drafts = partials.flatMap((one) => (one.section === 'report' ? [one.value.capacity.length] : []));
    assert.deepEqual(
      drafts,
      report.capacity.map((_, index) => index + 1),
      'each point is told as soon as it is known',
    );
    assert.ok((report.capacityNotes ?? []).length > 0, 'batching is spoken of');
  });

  it('measure both phases of a decoder apart', async () => {
    const request = { modelPath: fixture('decoderWithCache'), options: runOptions({ threads: 1, budgetSeconds: 1 }) };
    const { scenarios, capacity } = await runner.capacity(request).result;
    assert.deepEqual(
      scenarios.map(({ phase }) => phase),
      ['prefill', 'decode'],
    );
    for (const { id } of scenarios)
      assert.ok(
        capacity.some(({ scenarioId }) => scenarioId === id),
        id,
      );
  });

  it('test a load, with the simulation beside it', async () => {
    const settings = { ratePerSecond: 60, seconds: 2, percentile: 95, targetMs: 1000, threads: 1, sessions: 1 };
    const request = { modelPath: fixture('cnn'), options: runOptions({ budgetSeconds: 0.5 }), settings, capacity: [] };
    const report = await runner.loadTest(request).result;
    const [test] = report.loadTests ?? [];
    const [step] = test?.steps ?? [];
    assert.ok(test && step);
    assert.deepEqual([test.threads, test.sessions, step.sent, step.answered], [1, 1, 120, 120]);
    assert.ok((step.stay.p95Ns ?? 0) > 0 && (step.simulated?.p95Ns ?? 0) > 0);
    assert.equal(step.stay.p99Ns, null, '120 requests tell no p99');
  });

  it('keep what was measured when stopped, and nothing when cancelled', async () => {
    const settings = { ratePerSecond: 5, seconds: 600, percentile: 95, targetMs: null, threads: 1, sessions: 1 };
    const capacity = [
      {
        scenarioId: 's0',
        batch: 1,
        threads: 1,
        sessions: 1,
        serviceSamplesNs: [1e6],
        itemsPerSecond: 1000,
        peakResidentBytes: null,
      },
    ];
    const request = { modelPath: fixture('cnn'), options: runOptions(), settings, capacity };
    const begun = (): Promise<{ stop: () => void; cancel: () => void; result: Promise<Report> }> =>
      new Promise((resolve) => {
        const run: ReturnType<Runner['loadTest']> = runner.loadTest(request, {
          onProgress: ({ phase }) => {
            if (phase === 'loadTest') resolve(run);
          },
        });
      });
    const stopped = await begun();
    stopped.stop();
    const report = await stopped.result;
    assert.equal(report.status, 'partial');
    assert.equal(report.loadTests?.[0]?.steps.length, 1);
    const cancelled = await begun();
    cancelled.cancel();
    const failure = toFailure(await cancelled.result.catch((error: unknown) => error));
    assert.equal(failure.kind, 'cancelled');
  });
});
