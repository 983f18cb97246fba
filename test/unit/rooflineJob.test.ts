import assert from 'node:assert/strict';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import type { Kernel, Report } from '../../src/protocol/report.js';
import type { ProfileRequest } from '../../src/protocol/worker.js';
import type { JobControl } from '../../src/worker/jobs.js';
import { withRoofline } from '../../src/worker/rooflineJob.js';
import { FakeMachine } from './support/fakeMachine.js';
import { FakeRuntime } from './support/fakeRuntime.js';

let folder = '';
before(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'roofline-job-'));
});
after(() => rm(folder, { recursive: true, force: true }));

const large: Partial<Kernel> = {
  ...{ id: 'k0', parentId: null, opType: 'Conv', macs: 1e9, readBytes: 1e6, writtenBytes: 1e6 },
  ...{ timeNs: 40e6, selfTimeNs: 40e6, callsPerRun: 1, trusted: true, bound: null, attainedOfRoof: null },
};

/** The parts of a report that are looked at. */
const reportOf = (provider = 'cpu'): Report =>
  ({ scenarios: [{ run: { provider }, kernels: [large] }], roofline: null, warnings: [] }) as unknown as Report;

const log = { debug: () => undefined, info: () => undefined, warn: () => undefined };

interface Setting {
  cacheFolder?: string;
  budgetSeconds?: number;
  stopped?: boolean;
  provider?: string;
  threads?: number;
  otherLoadCores?: number;
}

async function placed(setting: Setting = {}): Promise<{ report: Report; sessions: number; phases: string[] }> {
  const {
    cacheFolder = null,
    budgetSeconds = 10,
    stopped = false,
    provider,
    threads = 1,
    otherLoadCores = 0,
  } = setting;
  const machine = new FakeMachine({ runNs: () => 1e6, load: () => otherLoadCores });
  const nodeUs = { MatMul: 50_000, QLinearMatMul: 20_000, Add: 10_000 };
  const runtime = new FakeRuntime(folder, machine, { shapes: {}, nodeUs });
  const phases: string[] = [];
  const control: JobControl = {
    ...{ stopRequested: () => stopped, partial: () => undefined, log },
    progress: ({ phase, state }) => phases.push(`${phase} ${state}`),
  };
  const host = { machineId: 'm', environment: { cpuModel: 'c' } };
  const options = { budgetSeconds, threads, memoryLimitBytes: null };
  const request = { cacheFolder, host, options } as unknown as ProfileRequest;
  const report = await withRoofline(runtime, request, control, reportOf(provider), machine.gauge);
  return { report, sessions: runtime.sessions.length, phases: [...new Set(phases)] };
}

describe('the roofline of a report', () => {
  it('places its kernels under ceilings measured here', async () => {
    const { report, sessions, phases } = await placed();
    assert.equal(sessions, 9);
    assert.deepEqual(phases, ['roofline running', 'roofline done']);
    const kernel = report.scenarios[0]?.kernels[0];
    assert.equal(kernel?.bound, 'compute');
    // 2 GFLOP in 40 ms against 2 · 1536³ in 50 ms.
    assert.ok(Math.abs((kernel.attainedOfRoof ?? 0) - 50e9 / ((2 * 1536 ** 3) / 0.05)) < 1e-9);
    assert.deepEqual(report.warnings, []);
  });

  it('is measured once for a machine and a number of threads', async () => {
    const cacheFolder = path.join(folder, 'cache');
    assert.equal((await placed({ cacheFolder, otherLoadCores: 2 })).sessions, 9, 'not while others compute');
    const { report, sessions } = await placed({ cacheFolder });
    assert.equal(sessions, 9);
    const [kept = '', ...more] = await readdir(cacheFolder);
    assert.deepEqual(more, []);
    assert.equal((await placed({ cacheFolder })).sessions, 0);
    assert.deepEqual((await placed({ cacheFolder, budgetSeconds: 1 })).report.roofline, report.roofline);
    assert.equal((await placed({ cacheFolder, threads: 2 })).sessions, 9);
    await writeFile(path.join(cacheFolder, kept), '{"peakFlopPerSecond":1}');
    assert.equal((await placed({ cacheFolder })).sessions, 9);
  });

  it('is left out, in words, where the budget is too small, and silently after a stop or on a device', async () => {
    const small = await placed({ budgetSeconds: 2 });
    assert.equal(small.sessions, 0);
    assert.deepEqual(small.phases, ['roofline skipped']);
    assert.deepEqual(small.report.warnings, [{ code: 'measure.warning.noRoofline', params: {} }]);
    for (const setting of [{ stopped: true }, { provider: 'webgpu' }]) {
      const { report, sessions } = await placed(setting);
      assert.equal(sessions, 0);
      assert.deepEqual(report, reportOf(setting.provider));
    }
  });
});
