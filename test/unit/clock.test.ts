import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { disturbedAbove, measureLatency, runsPerRound, type ClockResult } from '../../src/core/analysis/clock.js';
import { latencyOf } from '../../src/core/analysis/clockVerdict.js';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { createHandoffGauge, type HandoffGauge, type OtherCoreReading } from '../../src/core/runtime/handoff.js';
import { createLoadGauge, type LoadSources } from '../../src/core/runtime/gauge.js';
import { referenceKernel } from '../../src/core/runtime/referenceKernel.js';
import type { Latency } from '../../src/protocol/report.js';
import { drain, FakeMachine, noise, type FakeMachineScript } from './support/fakeMachine.js';

const MS = 1e6;

async function measure(
  script: FakeMachineScript,
  budgetSeconds = 10,
): Promise<{ machine: FakeMachine; result: ClockResult; latency: Latency | null; spentNs: number; yields: number }> {
  const machine = new FakeMachine(script);
  const startNs = machine.nowNs;
  const { yielded, result } = await drain(
    measureLatency(machine.run, {
      budgetNs: budgetSeconds * 1e9,
      now: machine.now,
      stopRequested: machine.stopRequested,
      gauge: machine.gauge,
    }),
  );
  const latency = latencyOf(result.rounds, { sessionCreateNs: 1, firstRunNs: result.firstRunNs ?? 0 });
  return { machine, result, latency, spentNs: machine.nowNs - startNs, yields: yielded.length };
}

const codes = (result: ClockResult): string[] => result.warnings.map((message) => message.code);

describe('the clock on a quiet machine', () => {
  it('discards the slow first runs, and ends once five rounds agree within 2 %', async () => {
    const { result, latency, spentNs } = await measure({
      runNs: (index) => (index < 3 ? 30 * MS : 10 * MS) * (1 + 0.01 * noise(index)),
    });
    assert.ok(result.warmUpRuns >= 8, 'five steady runs after three slow ones');
    assert.equal(result.rounds.length, 5);
    assert.ok(result.rounds.every((round) => round.kept));
    assert.deepEqual(codes(result), []);
    assert.ok(latency && Math.abs(latency.medianNs - 10 * MS) < 0.05 * MS);
    assert.ok(latency.maxNs < 10.2 * MS, 'no warm-up run among the samples');
    assert.ok((latency.firstRunNs ?? 0) > 25 * MS);
    assert.ok(latency.confidenceNs[0] <= latency.medianNs && latency.medianNs <= latency.confidenceNs[1]);
    assert.ok(spentNs < 10e9, 'the budget is not used up');
  });

  it('counts no run before the code around it is compiled, however steady the times are', async () => {
    const { result, latency } = await measure({ runNs: (index) => (index < 700 ? 0.5 : 0.48) * MS });
    assert.equal(latency?.maxNs, 0.48 * MS);
    assert.ok(result.warmUpRuns < 1000, 'and not for long');
    const short = await measure({ runNs: () => 0.5 * MS }, 1);
    assert.ok(short.result.warmUpRuns <= 0.2e9 / (0.5 * MS), 'a fifth of a budget at the most');
  });

  it('goes on while rounds disagree, and then spends the budget', async () => {
    // Rounds drift by 10 % of a slow wave: no interval of 2 %.
    const { result, latency, spentNs } = await measure({
      runNs: (_, nowNs) => 10 * MS * (1 + 0.3 * Math.sin(nowNs / 1e9)),
    });
    assert.ok(result.rounds.length > 5);
    assert.ok(spentNs > 8.5e9 && spentNs < 10.5e9, `spent ${spentNs}`);
    assert.ok(latency && latency.confidenceNs[1] - latency.confidenceNs[0] > 0.04 * latency.medianNs);
  });

  it('gives a fast model enough runs for p99, a slow one what fits', async () => {
    const fast = await measure({ runNs: (index) => 0.2 * MS * (1 + 0.01 * noise(index)) });
    assert.ok(fast.result.warmUpRuns >= 20);
    assert.notEqual(fast.latency?.p99Ns, null);
    const slow = await measure({ runNs: (index) => 100 * MS * (1 + 0.001 * noise(index)) });
    assert.equal(slow.latency?.p99Ns, null);
    assert.equal(slow.latency.p90Ns === null, slow.result.rounds.flatMap((round) => round.samplesNs).length < 44);
  });

  it('keeps one run of a model slower than the budget, and says that it is one', async () => {
    const { machine, result, latency } = await measure({ runNs: () => 30e9 });
    assert.equal(machine.runs, 2);
    assert.equal(result.warmUpRuns, 1);
    assert.equal(latency?.medianNs, 30e9);
    assert.deepEqual(codes(result), ['measure.warning.oneRun']);
  });

  it('has several rounds even when runs turn out far slower than in the warm-up', async () => {
    const { result } = await measure({ runNs: (index) => (index < 4100 ? 0.1 * MS : 5 * MS) }, 2);
    assert.ok(result.rounds.length >= 3, `${result.rounds.length} rounds`);
    assert.deepEqual(codes(result), []);
  });

  it('reports progress with counts', async () => {
    const machine = new FakeMachine({ runNs: () => 10 * MS });
    const options = { budgetNs: 10e9, now: machine.now, stopRequested: () => false, gauge: machine.gauge };
    const { yielded } = await drain(measureLatency(machine.run, options));
    const rounds = yielded.filter((progress) => progress.stage === 'rounds');
    assert.ok(rounds.length > 5);
    assert.ok(rounds.every((progress) => progress.round && progress.round.index <= progress.round.total));
    assert.deepEqual(
      [...rounds].map((progress) => progress.runs).sort((a, b) => a - b),
      rounds.map((p) => p.runs),
    );
  });
});

describe('the clock on a disturbed machine', () => {
  it('repeats a disturbed round and leaves it out of every figure', async () => {
    const { result, latency } = await measure({
      runNs: (index) => (index > 20 && index < 50 ? 40 * MS : 10 * MS),
      load: (interval) => (interval === 0 ? 1.5 : 0),
    });
    assert.deepEqual(
      result.rounds.map((round) => round.kept),
      [false, true, true, true, true, true],
    );
    assert.equal(latency?.medianNs, 10 * MS);
    assert.equal(latency.maxNs, 10 * MS);
    assert.deepEqual(codes(result), []);
  });

  it('keeps the less disturbed half where quiet cannot be had, and says so', async () => {
    const { result, spentNs } = await measure({
      runNs: () => 10 * MS,
      load: (interval) => (interval % 3 === 0 ? 2 : 1),
    });
    const kept = result.rounds.filter((round) => round.kept);
    assert.equal(kept.length, Math.ceil(result.rounds.length / 2));
    assert.ok(kept.every((round) => round.otherLoadCores === 1));
    assert.deepEqual(result.warnings, [{ code: 'measure.warning.disturbed', params: { cores: 1 } }]);
    assert.ok(spentNs > 8.5e9, 'it tried as long as the budget allows');
  });

  it('says by how much the machine slowed', async () => {
    const { result } = await measure({
      runNs: () => 100 * MS,
      referenceNs: (nowNs) => (nowNs > 1.1e9 ? 2.28 * MS : 2 * MS),
    });
    assert.deepEqual(result.warnings, [{ code: 'measure.warning.slowed', params: { percent: 14 } }]);
  });

  it('repeats rounds during which the machine was slower, and leaves them out', async () => {
    const isSlow = (nowNs: number): boolean => nowNs > 2e9 && nowNs < 4e9;
    const { result, latency } = await measure({
      runNs: (_, nowNs) => (isSlow(nowNs) ? 18 : 10) * MS,
      referenceNs: (nowNs) => (isSlow(nowNs) ? 2.6 * MS : 2 * MS),
    });
    assert.ok(result.rounds.some((round) => !round.kept));
    assert.ok(result.rounds.filter((round) => round.kept).length >= 5);
    for (const { kept, referenceNs } of result.rounds) assert.equal(kept, referenceNs < 2.16 * MS);
    assert.equal(latency?.medianNs, 10 * MS);
    assert.deepEqual(codes(result), []);
  });

  it('repeats rounds beside which the cores were moved apart, though neither load nor speed show it', async () => {
    const isApart = (nowNs: number): boolean => nowNs > 2e9 && nowNs < 4e9;
    const { result, latency } = await measure({
      runNs: (_, nowNs) => (isApart(nowNs) ? 18 : 10) * MS,
      handoffNs: (nowNs) => (isApart(nowNs) ? 460 : 110),
    });
    const left = result.rounds.filter(({ kept }) => !kept);
    assert.ok(left.length > 0 && left.every(({ handoffNs }) => handoffNs! > 220));
    assert.equal(latency?.medianNs, 10 * MS);
    assert.deepEqual(codes(result), []);
  });

  it('waits for cores that are apart to come together, and measures then', async () => {
    const isApart = (nowNs: number): boolean => nowNs > 2e9 && nowNs < 4e9;
    const { result } = await measure({
      runNs: (_, nowNs) => (isApart(nowNs) ? 18 : 10) * MS,
      handoffNs: (nowNs) => (isApart(nowNs) ? 330 : 110),
    });
    const left = result.rounds.filter(({ kept }) => !kept);
    assert.equal(left.length, 1, 'the one that met it');
    assert.equal(latencyOf(result.rounds, { sessionCreateNs: null, firstRunNs: null })!.medianNs, 10 * MS);
    assert.deepEqual(result.warnings, []);
  });

  it('lets the cores sleep for that alone: one that slept is at times woken beside another', async () => {
    const isDisturbed = (nowNs: number): boolean => nowNs > 2e9 && nowNs < 4e9;
    const rests = async (script: Partial<FakeMachineScript>): Promise<number> =>
      (await measure({ runNs: () => 10 * MS, handoffNs: () => 110, ...script })).machine.rests;
    const atStart = await rests({});
    assert.ok((await rests({ handoffNs: (nowNs) => (isDisturbed(nowNs) ? 330 : 110) })) > atStart);
    assert.equal(await rests({ referenceNs: (nowNs) => (isDisturbed(nowNs) ? 2.6 * MS : 2 * MS) }), atStart);
  });

  it('says so where they stayed apart', async () => {
    const { result } = await measure({
      runNs: () => 100 * MS,
      handoffNs: (nowNs) => (nowNs < 2e9 ? 100 : 400),
    });
    assert.deepEqual(result.warnings, [{ code: 'measure.warning.coresApart', params: { times: 4 } }]);
  });

  it('does not blame their distance for a core that another process had', async () => {
    const { result } = await measure({ runNs: () => 100 * MS, handoffNs: (nowNs) => (nowNs < 2e9 ? 100 : 8000) });
    assert.deepEqual(codes(result), []);
  });

  it('allows others a tenth of the machine, 0.2 cores to 1', () => {
    assert.equal(disturbedAbove(1), 0.2);
    assert.equal(disturbedAbove(8), 0.8);
    assert.equal(disturbedAbove(64), 1);
  });
});

describe('a stop', () => {
  it('is heard in warm-up: nothing is measured', async () => {
    const { machine, latency } = await measure({ runNs: () => 10 * MS, stop: ({ runs }) => runs >= 2 });
    assert.equal(machine.runs, 2);
    assert.equal(latency, null);
  });

  it('is heard in the middle of a round, whose runs are kept', async () => {
    const { machine, result, latency } = await measure({ runNs: () => 10 * MS, stop: ({ runs }) => runs >= 60 });
    assert.equal(machine.runs, 60);
    assert.equal(latency?.medianNs, 10 * MS);
    assert.deepEqual(codes(result), ['measure.warning.oneRound']);
  });

  it('cuts a round short, which the interval does not count beside whole ones', async () => {
    // A warm-up of 400, rounds of 250: the fourth is stopped after three slow runs.
    const { result, latency } = await measure({
      runNs: (index) => (index >= 1150 ? 9 : 1) * MS,
      stop: ({ runs }) => runs >= 1153,
    });
    assert.deepEqual(
      result.rounds.map(({ samplesNs }) => samplesNs.length),
      [250, 250, 250, 3],
    );
    assert.deepEqual(
      result.rounds.map(({ kept }) => kept),
      [true, true, true, false],
    );
    assert.deepEqual(latency?.confidenceNs, [MS, MS]);
  });

  it('before anything gives nothing', async () => {
    const { machine, latency } = await measure({ runNs: () => 10 * MS, stop: () => true });
    assert.equal(machine.runs, 0);
    assert.equal(latency, null);
  });
});

describe('runs in a round', () => {
  it('fill a quarter of a second, or make five rounds enough for p99 within an eighth of the budget', () => {
    assert.equal(runsPerRound(1 * MS, 10e9), 250);
    assert.equal(runsPerRound(5 * MS, 10e9), 92);
    assert.equal(runsPerRound(50 * MS, 10e9), 25);
    assert.equal(runsPerRound(20e9, 10e9), 1);
    assert.equal(runsPerRound(100, 10e9), 2000);
  });
});

describe('the load gauge', () => {
  const sources = (ticks: { busyMs: number; idleMs: number; ownMs: number }[]): LoadSources => {
    let read = 0;
    const at = (): { busyMs: number; idleMs: number; ownMs: number } => ticks[Math.min(read, ticks.length - 1)]!;
    return {
      cores: () => [at(), at()].map(({ busyMs, idleMs }) => ({ busyMs, idleMs })),
      ownCpuMs: () => at().ownMs + 0 * read++,
      nowNs: () => read * 1000,
    };
  };

  it('is what the cores were busy beyond this process', () => {
    // Two cores for 1,000 ms each: 700 ms busy on each, 400 ms of that our own.
    const gauge = createLoadGauge(
      sources([
        { busyMs: 100, idleMs: 500, ownMs: 50 },
        { busyMs: 800, idleMs: 800, ownMs: 450 },
      ]),
    );
    assert.equal(gauge.begin()(), 1);
  });

  it('is zero, never negative, between two ticks or when counters lag behind', () => {
    const tick = { busyMs: 100, idleMs: 500, ownMs: 50 };
    assert.equal(createLoadGauge(sources([tick, { ...tick, ownMs: 60 }])).begin()(), 0);
    assert.equal(createLoadGauge(sources([tick, { busyMs: 110, idleMs: 510, ownMs: 90 }])).begin()(), 0);
  });

  it('times always the same arithmetic', async () => {
    assert.equal(referenceKernel(1000), referenceKernel(1000));
    assert.notEqual(referenceKernel(1000), 0);
    const { referenceNs, handoffNs } = await createLoadGauge().read();
    assert.ok(referenceNs > 0);
    assert.equal(handoffNs, null, 'one core');
  });

  it('reads the slower one of the cores in use', async () => {
    const other = (referenceNs: number | null): HandoffGauge => ({
      wake() {},
      read: () => ({ handoffNs: 100, referenceNs }),
      dispose() {},
      ended: Promise.resolve(),
    });
    assert.deepEqual(await createLoadGauge(undefined, other(1e12)).read(), { referenceNs: 1e12, handoffNs: 100 });
    const { referenceNs } = await createLoadGauge(undefined, other(null)).read();
    assert.ok(referenceNs > 1 && referenceNs < 1e12);
  });
});

describe('a reading beside several threads', () => {
  it('keeps the other core at work until those of the runtime sleep', async () => {
    const steps: { what: string; atNs: number }[] = [];
    let nowNs = 0;
    const note = (what: string): void => void steps.push({ what, atNs: nowNs });
    const handoff: HandoffGauge = {
      wake: () => {
        note('wake');
      },
      read: () => {
        note('read');
        return null;
      },
      dispose() {},
      ended: Promise.resolve(),
    };
    const sources: LoadSources = { cores: () => [], ownCpuMs: () => 0, nowNs: () => (nowNs += 1e6) };
    await createLoadGauge(sources, handoff).read();
    assert.deepEqual(
      steps.map(({ what }) => what),
      ['wake', 'read'],
    );
    // They were seen to spin for 39 ms.
    assert.ok(steps[1]!.atNs - steps[0]!.atNs >= 40e6);
  });
});

describe('the other core', () => {
  it('is read as soon as its thread is up, and ends with it', async () => {
    const handoff = createHandoffGauge();
    assert.equal(handoff.read(), null, 'not up yet');
    let first: OtherCoreReading | null = null;
    while (first === null) {
      await nextTurn();
      first = handoff.read();
    }
    for (const { handoffNs, referenceNs } of [first, handoff.read()!]) {
      // From a shared cache to threads that share a core and wait for whole slices of time.
      assert.ok(handoffNs > 5 && handoffNs < 1e8, `${handoffNs} ns`);
      // 200,000 steps of eighteen operations, six at a time at most; null only where the core was taken for 50 ms.
      assert.ok(referenceNs === null || referenceNs > 2e4, `${referenceNs} ns`);
    }
    handoff.wake();
    handoff.wake();
    assert.ok(handoff.read()!.handoffNs < 1e8, 'at work already');
    handoff.dispose();
    assert.equal(handoff.read(), null);
    await handoff.ended;
  });
});
