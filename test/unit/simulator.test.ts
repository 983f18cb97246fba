import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import { buildSync } from 'esbuild';
import { NO_ASSUMPTIONS } from '../../src/core/cost/answers/assumptions.js';
import { Simulator } from '../../src/core/cost/simulator.js';
import { runSimulatorJob, type SimulatorJob } from '../../src/core/cost/simulatorJob.js';
import type { CostOption, CostSection } from '../../src/protocol/cost.js';
import { MS, serviceOf } from './support/services.js';

const option = (more: Partial<CostOption>): CostOption => ({
  ...{ provider: 'aws', instance: 'c7a.large', region: 'us-east-1', purchase: 'onDemand', usdPerHour: 0.1 },
  ...{ priceAsOf: '2026-07-20', replicas: 3, usdPerMonth: 219, usdPerMillion: 0.9, usdPerMillionTokens: null },
  ...{ percentileNs: 40 * MS, throughput: { low: 50, mid: 50, high: 50 }, basis: 'measured', estimate: 'formula' },
  ...{ replica: { sessions: 1, threads: 1, batch: 1 }, unmetReason: null },
  ...more,
});

const section = (options: CostOption[], rate: number | null = 80): CostSection => ({
  ...{ assumptions: { ...NO_ASSUMPTIONS, rate, targetMs: 100, headroomPercent: 0 }, options },
  ...{ edge: [], energy: null, perModule: [] },
});

const job = (found: CostSection): SimulatorJob => ({
  section: found,
  basis: { rows: [{ instance: 'c7a.large', services: [serviceOf(20)] }], devices: [], power: null },
  ...{ seed: 1, budgetMs: 60_000 },
});

describe('the answers by simulation', () => {
  it('put its count, its money and its percentile in the place of the formula’s', () => {
    const [found] = runSimulatorJob(job(section([option({})]))).options;
    assert.deepEqual([found?.estimate, found?.replicas], ['simulation', 2]);
    assert.ok(Math.abs((found?.usdPerMonth ?? 0) - 146) < 1e-9 && Math.abs((found?.usdPerMillion ?? 0) - 0.6) < 1e-9);
    assert.ok((found?.percentileNs ?? 0) > 20 * MS && (found?.percentileNs ?? 0) <= 100 * MS);
  });

  it('count devices, electricity and the hours by the machines that are shown', () => {
    const device = { name: 'box', priceUsd: 300, watts: 10, lifetimeMonths: 36, requestsPerSecond: 60, usdPerKwh: 0.2 };
    const devices = [device, { ...device, count: 1 }];
    const hourly = Array.from({ length: 24 }, (_, hour) => (hour < 12 ? 8 : 80));
    const asked = section([option({ autoscaledUsdPerMonth: [182.5, 182.5], vcpus: 2 })]);
    asked.assumptions.hourly = hourly;
    const { edge, energy, options } = runSimulatorJob({
      ...job(asked),
      basis: { ...job(asked).basis, devices, power: { watts: 60, itemNs: 20 * MS } },
    });
    // Two machines at 80 req/s, one at 8 and at the 20 that one device leaves: $146, not the formula's $219.
    assert.equal(options[0]?.replicas, 2);
    const running = 10 * 0.73 * 0.2;
    assert.ok(Math.abs(edge[0]!.breakEvenMonths![0] - 600 / (146 - 2 * running)) < 1e-9);
    assert.ok(Math.abs(edge[1]!.restUsdPerMonth![0] - 73) < 1e-9);
    assert.ok(Math.abs(edge[1]!.breakEvenMonths![0] - 300 / (73 - running)) < 1e-9);
    assert.ok(Math.abs(options[0].autoscaledUsdPerMonth![0] - 109.5) < 1e-9);
    const machines = energy!.kwhPerMonth![1] / (energy!.wattsPerMachine[1] * energy!.powerUsageEffectiveness * 0.73);
    assert.ok(Math.abs(machines - 2) < 1e-9, `${machines}`);
    const read = { ...asked.assumptions, thisMachine: 'c7a.large' };
    const measured = runSimulatorJob({
      ...{ ...job(asked), section: { ...asked, assumptions: read } },
      basis: { ...job(asked).basis, power: { watts: 60, itemNs: 20 * MS } },
    }).energy;
    assert.deepEqual([measured?.basis, measured?.wattsPerMachine], ['rapl', [60, 60]]);
  });

  it('send whole calls where a call holds several items', () => {
    // Four items in 20 ms: one machine carries 200 a second.
    const asked = section([option({ replica: { sessions: 1, threads: 1, batch: 4 } })], 100);
    const single = serviceOf(20);
    const four = { ...single, byBatch: single.byBatch.map((call) => ({ ...call, batch: 4 })) };
    const basis = { ...job(asked).basis, rows: [{ instance: 'c7a.large', services: [four] }] };
    const [found] = runSimulatorJob({ ...job(asked), basis }).options;
    assert.deepEqual([found?.estimate, found?.replicas], ['simulation', 1]);
    assert.ok(Math.abs((found?.idleShare?.[0] ?? 0) - 0.5) < 0.02, `${found?.idleShare?.[0]}`);
  });

  it('leave alone what was not measured, what is not known and what nobody asks for', () => {
    for (const one of [
      section([option({ basis: 'projected' })]),
      section([option({ instance: 'm7i.large' })]),
      section([option({ replicas: null })]),
      section([option({})], null),
      section([option({})], 0),
    ])
      assert.deepEqual(runSimulatorJob(job(one)), one);
  });
});

describe('the simulating thread', () => {
  let folder: string;
  let script: string;
  before(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'simulator-'));
    script = path.join(folder, 'simulator.js');
    const entry = path.resolve(import.meta.dirname, '../../src/core/cost/simulatorThread.ts');
    buildSync({
      entryPoints: [entry],
      outfile: script,
      bundle: true,
      platform: 'node',
      format: 'cjs',
      target: 'node20',
    });
  });
  after(() => {
    rmSync(folder, { recursive: true, force: true });
  });

  it('answers as the same process would, the latest question only', async () => {
    const simulator = new Simulator(script);
    const asked = job(section([option({})]));
    const replies = await Promise.all([asked, asked, asked].map((one) => simulator.simulate(one)));
    assert.deepEqual(replies, [null, null, runSimulatorJob(asked)]);
    assert.deepEqual(await simulator.simulate(asked), runSimulatorJob(asked));
    simulator.dispose();
  });

  it('drops what is cancelled and answers the next question', async () => {
    const simulator = new Simulator(script);
    const asked = job(section([option({})]));
    const dropped = [asked, asked].map((one) => simulator.simulate(one));
    simulator.cancel();
    assert.deepEqual(await Promise.all(dropped), [null, null]);
    assert.deepEqual(await simulator.simulate(asked), runSimulatorJob(asked));
    simulator.dispose();
    assert.equal(await simulator.simulate(asked), null);
  });

  it('leaves nobody waiting when it is disposed of, or cannot be started', async () => {
    const simulator = new Simulator(script);
    const waiting = simulator.simulate(job(section([option({})])));
    simulator.dispose();
    assert.equal(await waiting, null);
    await assert.rejects(new Simulator(path.join(folder, 'nowhere.js')).simulate(job(section([]))));
  });
});
