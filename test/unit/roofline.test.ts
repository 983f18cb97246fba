import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import { classifyKernels } from '../../src/core/analysis/classify.js';
import { parseRoofline, rooflineExperiment, type RooflineRun } from '../../src/core/analysis/roofline.js';
import type { Kernel, Roofline } from '../../src/protocol/report.js';
import { drain, FakeMachine } from './support/fakeMachine.js';
import { FakeRuntime, type FakeRuntimeScript } from './support/fakeRuntime.js';

let folder = '';
before(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'roofline-'));
});
after(() => rm(folder, { recursive: true, force: true }));

async function measure(
  script: Partial<FakeRuntimeScript> = {},
  stopAfter = Infinity,
): Promise<RooflineRun & { runtime: FakeRuntime }> {
  const machine = new FakeMachine({ runNs: () => 1e6, stop: ({ runs }) => runs >= stopAfter });
  const nodeUs = { MatMul: 50_000, QLinearMatMul: 20_000, Add: 10_000, Expand: 90_000 };
  const runtime = new FakeRuntime(folder, machine, { shapes: {}, nodeUs, ...script });
  const request = { provider: 'cpu', threads: 2, freeBytes: 3 * 2 ** 30, measuredAt: '2026-01-01T00:00:00Z' };
  const context = { now: machine.now, stopRequested: machine.stopRequested };
  const { result } = await drain(rooflineExperiment(runtime, request, context));
  return { ...result, runtime };
}

describe('the roofline', () => {
  it('is what the measured operators did in their own time', async () => {
    const { roofline, complete, runtime } = await measure();
    assert.ok(roofline);
    assert.equal(complete, true);
    assert.ok(Math.abs(roofline.peakFlopPerSecond - (2 * 1536 ** 3) / 0.05) < 1);
    assert.ok(Math.abs((roofline.peakInt8OpPerSecond ?? 0) - (2 * 1536 ** 3) / 0.02) < 1);
    // Two tensors of 128 MiB read, one written, in 10 ms.
    assert.ok(Math.abs(roofline.memoryBytesPerSecond - (3 * 128 * 2 ** 20) / 0.01) < 1);
    assert.equal(roofline.ridgeFlopPerByte, roofline.peakFlopPerSecond / roofline.memoryBytesPerSecond);
    assert.equal(roofline.threads, 2);
    assert.ok(runtime.sessions.every(({ options, closed }) => closed && options.threads === 2));
    assert.equal(runtime.mostAlive, 1);
  });

  it('takes the best of separated passes and keeps the spread', async () => {
    const nodeUs: Record<string, number> = { MatMul: 50_000, QLinearMatMul: 20_000, Add: 10_000 };
    const refuses: FakeRuntimeScript['refuses'] = () => {
      nodeUs['MatMul'] = 0.9 * (nodeUs['MatMul'] as number);
      return false;
    };
    const { roofline } = await measure({ nodeUs, refuses });
    assert.ok(roofline);
    const [low, high] = roofline.spread.flopPerSecond;
    assert.equal(roofline.peakFlopPerSecond, high);
    // Nine sessions, of which every third is a MatMul: six between the first and the last.
    assert.ok(Math.abs(high / low - 0.9 ** -6) < 0.01, `${high / low}`);
  });

  it('has no int8 ceiling where the runtime refuses it, and none at all without the others', async () => {
    const int8 = await measure({
      refuses: ({ isEmpty, source }) =>
        !isEmpty && source.kind === 'bytes' && hasOperator(source.bytes, 'QLinearMatMul'),
    });
    assert.ok(int8.roofline);
    assert.equal(int8.roofline.peakInt8OpPerSecond, null);
    assert.equal(int8.roofline.spread.int8OpPerSecond, null);
    const none = await measure({ refuses: () => true });
    assert.equal(none.roofline, null);
  });

  it('is nothing after a stop before every ceiling had a pass', async () => {
    assert.equal((await measure({}, 1)).roofline, null);
  });

  it('is there after a pass of each of arithmetic and bandwidth, and says that passes are missing', async () => {
    // Seven runs are a pass.
    const { roofline, complete } = await measure({}, 14);
    assert.ok(roofline);
    assert.equal(complete, false);
    assert.equal(roofline.peakInt8OpPerSecond, null);
  });

  it('comes back as it was kept, and damaged as nothing', async () => {
    const { roofline } = await measure();
    assert.ok(roofline);
    const kept = JSON.stringify(roofline);
    assert.deepEqual(parseRoofline(kept), roofline);
    for (const damaged of [
      '',
      'null',
      '[]',
      '7',
      kept.slice(0, -2),
      JSON.stringify({ ...roofline, spread: null }),
      JSON.stringify({ ...roofline, peakFlopPerSecond: -1 }),
      JSON.stringify({ ...roofline, memoryBytesPerSecond: '9' }),
      JSON.stringify({ ...roofline, spread: { ...roofline.spread, bytesPerSecond: [1] } }),
    ])
      assert.equal(parseRoofline(damaged), null, damaged);
  });
});

const hasOperator = (bytes: Uint8Array, opType: string): boolean => Buffer.from(bytes).includes(opType);

describe('a kernel under the roofline', () => {
  const roofline: Roofline = {
    peakFlopPerSecond: 100e9,
    peakInt8OpPerSecond: 400e9,
    memoryBytesPerSecond: 20e9,
    spread: { flopPerSecond: [100e9, 100e9], int8OpPerSecond: [400e9, 400e9], bytesPerSecond: [20e9, 20e9] },
    ridgeFlopPerByte: 5,
    threads: 1,
    measuredAt: '',
  };
  const kernel = (figures: Partial<Kernel>): Kernel => ({
    id: 'k0',
    parentId: null,
    opType: 'Conv',
    name: '',
    operatorIds: [],
    module: '',
    kind: 'compute',
    provider: '',
    timeNs: 1e6,
    selfTimeNs: 1e6,
    errorNs: 0,
    roundTimesNs: [],
    share: 0,
    trusted: true,
    callsPerRun: 1,
    macs: 0,
    readBytes: 0,
    writtenBytes: 0,
    inputShapes: [],
    outputShapes: [],
    bound: null,
    attainedOfRoof: null,
    ...figures,
  });
  const classified = (figures: Partial<Kernel>): [Kernel['bound'], number | null] => {
    const [result] = classifyKernels([kernel(figures)], roofline);
    return [result!.bound, result!.attainedOfRoof];
  };

  it('is bound by what takes longer at the ceiling', () => {
    // 50 MMAC = 100 MFLOP: 1 ms of arithmetic at 100 GFLOP/s; 2 MB: 0.1 ms.
    assert.deepEqual(classified({ macs: 50e6, readBytes: 1e6, writtenBytes: 1e6, selfTimeNs: 2e6 }), ['compute', 0.5]);
    // 10 MB: 0.5 ms.
    assert.deepEqual(classified({ macs: 1e6, readBytes: 5e6, writtenBytes: 5e6 }), ['memory', 0.5]);
  });

  it('has four times the roof in int8 here', () => {
    assert.deepEqual(classified({ opType: 'QLinearConv', macs: 50e6 }), ['compute', 0.25]);
  });

  it('is bound by overhead where a call is too short to tell, or not trusted', () => {
    assert.deepEqual(classified({ macs: 50e6, selfTimeNs: 40e3, callsPerRun: 10 }), ['overhead', null]);
    assert.deepEqual(classified({ macs: 50e6, trusted: false }), ['overhead', null]);
  });

  it('is not placed where its work is not known, nor where others inside it are', () => {
    assert.deepEqual(classified({ macs: null, readBytes: 1e6 }), [null, null]);
    const [outer] = classifyKernels([kernel({ macs: 50e6 }), kernel({ id: 'k1', parentId: 'k0' })], roofline);
    assert.equal(outer?.bound, null);
  });
});
