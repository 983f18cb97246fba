import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import { CancelledError } from '../../src/core/common/errors.js';
import type { Engine, EngineRun, RunObserver } from '../../src/extension/session/engine.js';
import { ProfileRun, profiling, type Work } from '../../src/extension/session/profileRun.js';
import type { Report, Scenario } from '../../src/protocol/report.js';
import type { RunOptions } from '../../src/protocol/worker.js';
import { sampleReport } from './store/sampleReport.js';

/** An engine whose one run the test plays by hand. */
function playedEngine() {
  const calls: string[] = [];
  let observer: RunObserver | undefined;
  let finish: (report: Report) => void = () => undefined;
  let fail: (error: Error) => void = () => undefined;
  const engine: Engine = {
    inspect: () => Promise.reject(new Error('not played')),
    profile: (_path, _options, given) => play(given),
    quantize: (_path, _request, given) => play(given),
    capacity: (_path, _options, given) => play(given),
  };
  function play(given: RunObserver): EngineRun {
    observer = given;
    const result = new Promise<Report>((resolve, reject) => {
      finish = resolve;
      fail = reject;
    });
    return {
      result,
      stop: () => calls.push('stop'),
      cancel: () => {
        calls.push('cancel');
        fail(new CancelledError());
      },
    };
  }
  return {
    engine,
    calls,
    observe: (): RunObserver => observer ?? assert.fail('no run'),
    finish: (report: Report) => {
      finish(report);
    },
  };
}

const start = (
  engine: Engine,
  base: Report | null = null,
  now = () => 0,
  work: Work = profiling(engine, '/m/det.onnx', {} as RunOptions),
) => {
  const drafts: Report[] = [];
  let changes = 0;
  const run = new ProfileRun(
    work,
    base,
    { changed: () => (changes += 1), draft: (report) => drafts.push(report) },
    now,
  );
  return { run, drafts, changes: () => changes };
};

describe('a run', () => {
  it('shows phases with their counts, waiting ones too, and the time that is left', async () => {
    let time = 1000;
    const played = playedEngine();
    const { run } = start(played.engine, null, () => time);
    const latency = {
      phase: 'latency',
      state: 'running',
      done: 61,
      total: 147,
      unit: 'runs',
      round: { index: 3, total: 5 },
      remainingMs: 5000,
    } as const;
    played.observe().progress(latency);
    time = 3000;
    assert.deepEqual(
      run.state.phases.find((each) => each.phase === 'latency'),
      latency,
    );
    assert.equal(run.state.phases.find((each) => each.phase === 'memory')?.state, 'waiting');
    assert.equal(run.state.elapsedMs, 2000);
    assert.equal(run.state.remainingMs, 3000);
    played.finish(sampleReport());
    await run.result;
  });

  it('is queued while another process measures', () => {
    const played = playedEngine();
    const { run, changes } = start(played.engine);
    played.observe().queued(true);
    assert.equal(run.state.state, 'queued');
    played.observe().queued(false);
    assert.equal(run.state.state, 'running');
    assert.equal(changes(), 2);
  });

  it('stops once and stays stopping, whatever is told afterwards', async () => {
    const played = playedEngine();
    const { run } = start(played.engine);
    run.stop();
    run.stop();
    played.observe().queued(false);
    assert.deepEqual(played.calls, ['stop']);
    assert.equal(run.state.state, 'stopping');
    played.finish(sampleReport({ status: 'partial' }));
    assert.equal((await run.result).status, 'partial');
  });

  it('is cancelled when it is disposed, not after its end', async () => {
    const played = playedEngine();
    const { run } = start(played.engine);
    run.dispose();
    await assert.rejects(run.result, CancelledError);
    run.dispose();
    assert.deepEqual(played.calls, ['cancel']);
  });

  it('builds drafts from partial sections over the static report', () => {
    const played = playedEngine();
    const scenario = (id: string, label: string): Scenario => ({ id, label }) as Scenario;
    const base = sampleReport({ status: 'static', scenarios: [scenario('s1', 'static'), scenario('s2', 'static')] });
    const { drafts } = start(played.engine, base);
    played.observe().partial({ section: 'scenario', value: scenario('s2', 'measured') });
    played.observe().partial({ section: 'scenario', value: scenario('s3', 'new') });
    const last = drafts.at(-1);
    assert.equal(last?.status, 'partial');
    assert.deepEqual(
      last.scenarios.map(({ id, label }) => [id, label]),
      [
        ['s1', 'static'],
        ['s2', 'measured'],
        ['s3', 'new'],
      ],
    );
    assert.equal(base.scenarios.length, 2);
  });
});
