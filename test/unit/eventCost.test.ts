import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import { boundsAround, chainEventCost, measureCostBounds } from '../../src/core/analysis/eventCost.js';
import { sessionOptions, type TracePlan, traceSession } from '../../src/core/analysis/tracing.js';
import type { TracedRun } from '../../src/core/trace/types.js';
import { drain, FakeMachine, noise } from './support/fakeMachine.js';
import { FakeRuntime } from './support/fakeRuntime.js';

let folder = '';
before(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'event-cost-'));
});
after(() => rm(folder, { recursive: true, force: true }));

const cpu = { provider: 'cpu', threads: 1, optimization: 'all' } as const;

describe('the bounds of what an event costs to record', () => {
  const machine = new FakeMachine({ runNs: () => 1e6 });

  it('lie around what a chain of tiny operators shows, measured once in the life of a runtime', async () => {
    const runtime = new FakeRuntime(folder, machine, { shapes: {}, nodeUs: {} });
    const bounds = await measureCostBounds(runtime, cpu, 5000, machine);
    // 120 events of 2 µs each, of which the operators themselves take 0.2.
    assert.deepEqual(bounds, boundsAround(1800));
    assert.equal(runtime.sessions.length, 2);
    assert.equal(runtime.mostAlive, 1);
    assert.equal(await measureCostBounds(runtime, cpu, 5000, machine), bounds);
    assert.equal(runtime.sessions.length, 2);
    await measureCostBounds(runtime, { ...cpu, threads: 2 }, 5000, machine);
    assert.equal(runtime.sessions.length, 6, 'two chains on several threads');
  });

  it('are not known where the runtime refuses the chain, nor after a stop', async () => {
    const refusing = new FakeRuntime(folder, machine, { shapes: {}, nodeUs: {}, refuses: () => true });
    assert.equal(await measureCostBounds(refusing, cpu, 5000, machine), null);
    const willing = new FakeRuntime(folder, machine, { shapes: {}, nodeUs: {} });
    const stopped = { now: machine.now, stopRequested: () => true };
    assert.equal(await measureCostBounds(willing, cpu, 5000, stopped), null);
    assert.ok(willing.sessions.every(({ closed }) => closed));
  });

  it('rest on events alone', () => {
    assert.equal(chainEventCost([{ startUs: 0, durationUs: 9, events: [] }], 1000, 100), null);
    assert.equal(chainEventCost([], 1000, 100), null);
  });
});

describe('a traced session on a machine that changes its pace', () => {
  /** Every run 10 ms; slow in the second of four seconds. */
  const traced = (isSlow: (nowNs: number) => boolean, runs = 200): Promise<TracedRun[]> =>
    tracedOn(new FakeMachine({ runNs: () => 10e6, referenceNs: (now) => (isSlow(now) ? 2.6e6 : 2e6) }), runs);

  async function tracedOn(machine: FakeMachine, runs: number, more: Partial<TracePlan> = {}): Promise<TracedRun[]> {
    const runtime = new FakeRuntime(folder, machine, { shapes: {}, nodeUs: {} });
    const { now, stopRequested, gauge } = machine;
    const source = {
      kind: 'file',
      path: path.resolve('node_modules/@ricky0123/vad-web/dist/silero_vad_v5.onnx'),
    } as const;
    const plan = { warmUpRuns: 2, runs, deadlineNs: Infinity, ...more };
    const options = sessionOptions(cpu, { trace: true });
    const clock = { now, stopRequested, gauge };
    return (await drain(traceSession(runtime, source, () => ({}), options, plan, clock))).result.runs;
  }

  it('leaves out the runs between readings of which one was slow', async () => {
    const runs = await traced((now) => now > 1.5e9 && now < 2.5e9);
    assert.ok(runs.length > 90 && runs.length < 110, `${runs.length} of 200 runs`);
    assert.ok(runs.every(({ startUs }) => startUs <= 1.5e6 || startUs >= 2.5e6));
  });

  it('leaves out runs that took far longer, though no reading tells why, unless they were fed differently', async () => {
    const machine = (isSlow: (index: number) => boolean) =>
      new FakeMachine({ runNs: (index) => (isSlow(index) ? 15e6 : 10e6) * (1 + 0.05 * noise(index)) });
    const inThirds = machine((index) => index % 3 === 0);
    const quick = await tracedOn(inThirds, 60);
    assert.equal(quick.length, 40);
    assert.ok(quick.every(({ durationUs }) => durationUs < 11e3));
    assert.equal(
      (
        await tracedOn(
          machine((index) => index % 3 === 0),
          60,
          { isMixed: true },
        )
      ).length,
      60,
    );
    assert.equal(
      (
        await tracedOn(
          machine((index) => index % 8 !== 0),
          60,
        )
      ).length,
      60,
      'hardly any was quick',
    );
  });

  it('keeps all where hardly any is left', async () => {
    assert.equal((await traced((now) => now > 1.2e9)).length, 200);
    assert.equal((await traced(() => true)).length, 200);
    assert.equal((await traced((now) => now > 1.15e9, 20)).length, 20);
  });
});
