import assert from 'node:assert/strict';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import { parseKnownSpeed } from '../../src/core/analysis/machineSpeed.js';
import type { LatencyRound, Report } from '../../src/protocol/report.js';
import type { Message } from '../../src/protocol/text.js';
import type { ProfileRequest } from '../../src/protocol/worker.js';
import { withMachineSpeed } from '../../src/worker/machineSpeed.js';

let folder = '';
before(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'machine-speed-'));
});
after(() => rm(folder, { recursive: true, force: true }));

const round = (referenceNs: number | null, kept = true): LatencyRound => ({
  ...{ samplesNs: [1], otherLoadCores: 0, handoffNs: null },
  referenceNs,
  kept,
});

const three = (referenceNs: number | null): LatencyRound[] => [1, 2, 3].map(() => round(referenceNs));

/** The parts of a report that are looked at. */
const reportOf = (rounds: LatencyRound[], warnings: Message[] = []): Report =>
  ({
    scenarios: [
      { id: 's0', latency: { rounds }, warnings },
      { id: 's1', latency: null, warnings: [] },
    ],
  }) as unknown as Report;

interface Setting {
  cacheFolder: string | null;
  threads?: number;
  machineId?: string;
  warnings?: Message[];
}

async function said(rounds: LatencyRound[], { cacheFolder, threads = 1, machineId = 'm', warnings }: Setting) {
  const host = { machineId, environment: { cpuModel: 'c' } };
  const request = { cacheFolder, host, options: { threads } } as unknown as ProfileRequest;
  const { scenarios } = await withMachineSpeed(reportOf(rounds, warnings), request);
  assert.deepEqual(scenarios[1]?.warnings, []);
  return (scenarios[0]?.warnings ?? []).filter(({ code }) => code === 'measure.warning.slowerThanBest');
}

describe('the speed of the machine', () => {
  it('is told against the quickest of three earlier profiles or more', async () => {
    const setting = { cacheFolder: path.join(folder, 'told') };
    // Rounds that do not count are no measure: 500 µs was a lucky moment, 900 a bad one.
    const rounds = (referenceUs: number): LatencyRound[] =>
      [referenceUs, 1.02 * referenceUs, referenceUs].map((us) => round(1000 * us)).concat(round(500e3, false));
    for (const referenceUs of [700, 650, 710]) assert.deepEqual(await said(rounds(referenceUs), setting), []);
    assert.deepEqual(await said(rounds(700), setting), [], 'within a tenth');
    const [message, ...more] = await said(rounds(780), setting);
    assert.deepEqual(message?.params, { percent: 20, profiles: 4 });
    assert.deepEqual(more, []);
    assert.deepEqual(await said(rounds(780), { ...setting, threads: 2 }), [], 'threads use other cores');
    assert.deepEqual(await said(rounds(780), { ...setting, machineId: 'other' }), []);
  });

  it('is not blamed for what other processes took', async () => {
    const setting = { cacheFolder: path.join(folder, 'disturbed') };
    for (let profiles = 0; profiles < 3; profiles++) await said(three(600e3), setting);
    const warnings = [{ code: 'measure.warning.disturbed', params: { cores: 1 } }];
    assert.deepEqual(await said(three(900e3), { ...setting, warnings }), []);
    assert.equal((await said(three(900e3), setting)).length, 1);
  });

  it('is not known without rounds, without a folder, or from a file of something else', async () => {
    const cacheFolder = path.join(folder, 'unknown');
    assert.deepEqual(await said(three(null), { cacheFolder }), []);
    assert.deepEqual(await said([], { cacheFolder }), []);
    assert.deepEqual(await said([round(1), round(1)], { cacheFolder }), [], 'too few');
    assert.deepEqual(await said(three(1), { cacheFolder: null }), []);
    await assert.rejects(readdir(cacheFolder), 'nothing was written');
    for (let profiles = 0; profiles < 3; profiles++) await said(three(600e3), { cacheFolder });
    const [file = ''] = await readdir(cacheFolder);
    for (const text of ['', '{', 'null', '[]', '{"bestReferenceNs":0,"profiles":9}', '{"bestReferenceNs":"1"}']) {
      assert.equal(parseKnownSpeed(text), null, text);
      await writeFile(path.join(cacheFolder, file), text);
      assert.deepEqual(await said(three(900e3), { cacheFolder }), []);
    }
  });
});
