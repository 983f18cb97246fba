import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { createText } from '../../src/format/text/text.js';
import { readEnvironment } from '../../src/runner/environment.js';
import { effectiveLimit, limitedCommand } from '../../src/runner/memoryLimit.js';
import { simdOfCpuInfo, simdOfSysctl } from '../../src/runner/simd.js';
import { deathError, type ProcessEnd } from '../../src/runner/workerDeath.js';

describe('the environment', () => {
  it('describes this machine, the same each time, without a name', async () => {
    const { environment, machineId } = await readEnvironment();
    assert.ok(environment.cpuModel.length > 2 && environment.cpuModel !== 'unknown', environment.cpuModel);
    assert.ok(environment.logicalCores >= 1 && environment.memoryBytes > 2 ** 28);
    assert.match(environment.os, /^(linux|darwin|win32) \d+\.\d+ (x64|arm64)$/);
    assert.deepEqual([environment.runtime, environment.runtimeVersion], ['onnxruntime', '1.30.0']);
    assert.match(machineId, /^[0-9a-f]{16}$/);
    assert.deepEqual(await readEnvironment(), { environment, machineId });
  });

  it('leaves the version out when the runtime is not installed', async () => {
    assert.equal((await readEnvironment('/')).environment.runtimeVersion, '');
  });

  it('reads vector instructions of each system', () => {
    const amd =
      'processor\t: 0\nmodel name\t: AMD EPYC\nflags\t\t: fpu sse4_2 avx avx2 fma avx512f avx512_vnni xsaves\n';
    assert.deepEqual(simdOfCpuInfo(amd), ['sse4_2', 'avx', 'fma', 'avx2', 'avx512f', 'avx512_vnni']);
    const graviton = 'Features\t: fp asimd evtstrm asimdhp asimddp sve i8mm bf16\n';
    assert.deepEqual(simdOfCpuInfo(graviton), ['neon', 'fp16', 'dotprod', 'i8mm', 'bf16', 'sve']);
    assert.deepEqual(simdOfCpuInfo(''), []);
    const intelMac = 'machdep.cpu.features: FPU SSE4.2 AVX1.0 FMA F16C\nmachdep.cpu.leaf7_features: BMI1 AVX2\n';
    assert.deepEqual(simdOfSysctl(intelMac), ['sse4_2', 'f16c', 'avx', 'fma', 'avx2']);
    const appleMac = 'hw.optional.arm.FEAT_DotProd: 1\nhw.optional.arm.FEAT_SME: 0\nhw.optional.AdvSIMD: 1\n';
    assert.deepEqual(simdOfSysctl(appleMac), ['neon', 'dotprod']);
  });
});

describe('how a worker died', () => {
  const text = createText();
  const limit = { bytes: 512 * 2 ** 20, basis: 'user' } as const;
  const died = (end: Partial<ProcessEnd>, basis: 'user' | 'free' = 'free'): { code: string; sentence: string } => {
    const whole = { exitCode: null, signal: null, startError: null, stderrTail: '', ...end };
    const { failureMessage } = deathError(whole, { phase: 'latency', elapsedMs: 1234, limit: { ...limit, basis } });
    return { code: failureMessage.code, sentence: text.message(failureMessage) };
  };

  it('is told in one sentence with the cause', () => {
    const marker = 'noise\ninference-profiler: memory limit reached\n';
    const heap = 'FATAL ERROR: Reached heap limit Allocation failed - JavaScript heap out of memory';
    const cases: [Partial<ProcessEnd>, 'user' | 'free', string, RegExp][] = [
      [{ startError: new Error('spawn EAGAIN') }, 'free', 'error.worker.start', /spawn EAGAIN/],
      [{ signal: 'SIGSEGV' }, 'free', 'error.worker.signal', /SIGSEGV/],
      [{ signal: 'SIGKILL' }, 'free', 'error.worker.killed', /memory ran out/],
      [{ exitCode: 0 }, 'free', 'error.worker.exit', /exit code 0/],
      [{ exitCode: 3221225477 }, 'free', 'error.worker.exit', /3221225477/],
      [{ signal: 'SIGKILL', stderrTail: marker }, 'user', 'error.limit.memory', /after 1\.2 s.*512 MiB/],
      [{ exitCode: 1, stderrTail: marker }, 'free', 'error.limit.freeMemory', /512 MiB that were free/],
      [{ signal: 'SIGABRT', stderrTail: heap }, 'free', 'error.worker.outOfMemory', /ran out of memory/],
      [{ signal: 'SIGABRT', stderrTail: heap }, 'user', 'error.limit.memory', /limit of 512 MiB/],
    ];
    for (const [end, basis, code, words] of cases) {
      const told = died(end, basis);
      assert.equal(told.code, code);
      assert.match(told.sentence, words);
      assert.doesNotMatch(told.sentence, /[{}\n]/);
    }
  });
});

describe('the memory limit', () => {
  it('is the user’s, else what is free', () => {
    assert.deepEqual(effectiveLimit(5e8), { bytes: 5e8, basis: 'user' });
    for (const none of [null, 0]) {
      const free = effectiveLimit(none);
      assert.equal(free.basis, 'free');
      assert.ok(free.bytes > 2 ** 26);
    }
  });

  it('is passed to the shell as an argument, never as text', () => {
    const oneGiB = { bytes: 2 ** 30, basis: 'user' } as const;
    assert.deepEqual(limitedCommand('node.exe', oneGiB, 'win32'), { execPath: 'node.exe', execArgv: [] });
    const { execPath, execArgv } = limitedCommand('/odd $(path)/node', oneGiB, 'linux');
    assert.equal(execPath, '/bin/sh');
    assert.deepEqual(execArgv.slice(3), [String(2 ** 21), '/odd $(path)/node']);
    assert.ok(!execArgv[1]?.includes('odd'));
  });
});
