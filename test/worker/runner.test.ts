import assert from 'node:assert/strict';
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, beforeEach, describe, it } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { toFailure } from '../../src/core/common/errors.js';
import { silentLogger } from '../../src/core/common/logger.js';
import type { PartialSection, PhaseProgress } from '../../src/protocol/worker.js';
import { Runner, type ProfileHandlers, type ProfileRun } from '../../src/runner/runner.js';
import { buildDist, runOptions, type Dist } from './process.build.js';
import { endlessModel, greedyModel, identityModel, DataType } from './process.models.js';

const MIB = 2 ** 20;

function exists(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

describe('a runner', { timeout: 120_000 }, () => {
  let dist: Dist;
  let temporaryRoot: string;
  let runner: Runner;
  let log: string[] = [];
  const model = (name: string): string => path.join(dist.folder, `${name}.onnx`);
  const leftOvers = (): string[] => {
    const [own] = readdirSync(temporaryRoot);
    return own === undefined ? [] : readdirSync(path.join(temporaryRoot, own));
  };
  const profile = (command: string, name = 'identity', handlers: ProfileHandlers = {}, limit?: number): ProfileRun =>
    runner.profile(
      { modelPath: model(name), options: runOptions({ command, memoryLimitBytes: limit ?? null }) },
      handlers,
    );
  const failureOf = async (result: Promise<unknown>): Promise<ReturnType<typeof toFailure>> =>
    toFailure(await assert.rejects(result).then(() => result.catch((error: unknown) => error)));
  /** Resolves when the worker says that it is inside its runs. */
  const started = (start: (handlers: ProfileHandlers) => ProfileRun): Promise<ProfileRun> =>
    new Promise((resolve, reject) => {
      const run: ProfileRun = start({
        onProgress: ({ phase }) => {
          if (phase === 'latency') resolve(run);
        },
      });
      run.result.catch(reject);
    });

  before(() => {
    dist = buildDist({ worker: 'test/worker/process.entry.ts', inspector: 'test/worker/process.entry.ts' });
    writeFileSync(model('identity'), identityModel(DataType.float32, [1]));
    writeFileSync(model('endless'), endlessModel());
    writeFileSync(model('huge'), greedyModel((4096 * MIB) / 4));
    writeFileSync(model('large'), greedyModel((900 * MIB) / 4));
  });
  after(() => {
    dist.remove();
  });
  beforeEach((test) => {
    temporaryRoot = mkdtempSync(path.join(tmpdir(), 'runner-'));
    log = [];
    runner = new Runner({
      distFolder: dist.folder,
      temporaryRoot,
      logger: { ...silentLogger, error: (text) => log.push(text) },
    });
    if ('after' in test)
      test.after(() => {
        runner.dispose();
        rmSync(temporaryRoot, { recursive: true, force: true });
      });
  });

  it('gives progress, drafts, the report and the peak memory, and leaves nothing behind', async () => {
    const phases: PhaseProgress[] = [];
    const partials: PartialSection[] = [];
    const run = profile('once', 'identity', {
      onProgress: (progress) => phases.push(progress),
      onPartial: (partial) => partials.push(partial),
    });
    const report = await run.result;
    const [scenario] = report.scenarios;
    assert.equal(report.status, 'complete');
    assert.equal(scenario?.run.measuredRuns, 3);
    const peak = scenario.memory?.peakResidentBytes ?? null;
    const tooSmall = scenario.warnings.some(({ code }) => code === 'error.worker.memoryTooSmall');
    assert.equal(peak === null, tooSmall, JSON.stringify(scenario.warnings));
    assert.ok((peak ?? 1) > 0 && (peak ?? 1) < 100 * MIB, `little more than an empty worker, not ${String(peak)}`);
    assert.equal(scenario.memory?.weightBytes, 7);
    assert.deepEqual(
      partials.map(({ section }) => section),
      ['report', 'scenario'],
    );
    assert.deepEqual(partials[1]?.value, scenario);
    assert.deepEqual([...new Set(phases.map(({ phase }) => phase))], ['latency', 'memory']);
    assert.equal(report.environment.runtimeVersion, '1.30.0');
    assert.deepEqual(leftOvers(), []);
  });

  it('passes on what the worker reports, bugs with their stack in the log alone', async () => {
    const expected = await failureOf(profile('refuse').result);
    assert.deepEqual(
      [expected.kind, expected.reason, expected.message.code],
      ['expected', 'input', 'error.runtime.input'],
    );
    const bug = await failureOf(profile('throw').result);
    assert.equal(bug.kind, 'bug');
    assert.match(log.join('\n'), /Error: a bug\n\s+at /);
    const unawaited = await failureOf(profile('throwLater').result);
    assert.deepEqual([unawaited.kind, unawaited.message.params], ['bug', { text: 'nobody awaited this' }]);
    assert.deepEqual(leftOvers(), []);
  });

  it('cancels inside an endless run within a second', async () => {
    const run = await started((handlers) => profile('runs', 'endless', handlers));
    const startMs = performance.now();
    run.cancel();
    assert.equal((await failureOf(run.result)).kind, 'cancelled');
    assert.ok(performance.now() - startMs < 1000);
    assert.deepEqual(leftOvers(), []);
  });

  it('cancels by signal, before the start too', async () => {
    const request = { modelPath: model('identity'), options: runOptions() };
    const { result } = runner.profile(request, {}, { signal: AbortSignal.abort() });
    assert.equal((await failureOf(result)).kind, 'cancelled');
    assert.deepEqual(leftOvers(), []);
  });

  it('stops between runs and keeps what was measured', async () => {
    const run = await started((handlers) => profile('runs', 'identity', handlers));
    run.stop();
    const report = await run.result;
    assert.equal(report.status, 'partial');
    assert.ok((report.scenarios[0]?.run.measuredRuns ?? 0) > 0);
    assert.equal(report.scenarios[0]?.memory, null, 'no further processes are started');
    assert.deepEqual(leftOvers(), []);
  });

  const deaths = {
    abort: { code: 'error.worker.signal', params: { signal: 'SIGABRT' } },
    exit: { code: 'error.worker.exit', params: { exitCode: 0 } },
    disconnect: { code: 'error.worker.channel', params: {} },
  };
  for (const [command, { code, params }] of Object.entries(deaths))
    it(`survives a worker that ends by ${command}, and works again`, async () => {
      const failure = await failureOf(profile(command).result);
      assert.deepEqual([failure.kind, failure.reason, failure.message.code], ['expected', 'runtime', code]);
      assert.deepEqual(failure.message.params, { ...params, phase: 'structure' });
      assert.equal(log.length > 0, command !== 'disconnect', 'the log says more, where there is more');
      assert.equal((await profile('once').result).status, 'complete');
      assert.deepEqual(leftOvers(), []);
    });

  it('says so when there is nothing to start', async () => {
    const lost = new Runner({ distFolder: path.join(dist.folder, 'nowhere'), temporaryRoot, logger: silentLogger });
    const { result } = lost.profile({ modelPath: model('identity'), options: runOptions() });
    assert.equal((await failureOf(result)).message.code, 'error.worker.exit');
    assert.deepEqual(leftOvers(), []);
  });

  for (const [name, how] of [
    ['huge', 'one allocation beyond it'],
    ['large', 'what is resident'],
  ] as const)
    it(`holds the memory limit against ${how}`, async () => {
      const failure = await failureOf(profile('runs', name, {}, 600 * MIB).result);
      assert.deepEqual([failure.reason, failure.message.code], ['limit', 'error.limit.memory']);
      assert.equal(failure.message.params['limitMiB'], 600);
      assert.equal(failure.message.params['phase'], 'latency');
      assert.ok(Number(failure.message.params['afterSeconds']) > 0);
      assert.deepEqual(leftOvers(), []);
    });

  it('holds the time limit', async () => {
    const request = { modelPath: model('endless'), options: runOptions({ command: 'runs' }) };
    const failure = await failureOf(runner.profile(request, {}, { timeLimitMs: 500 }).result);
    assert.deepEqual([failure.reason, failure.message.code], ['limit', 'error.limit.time']);
    assert.deepEqual(leftOvers(), []);
  });

  it('measures one at a time; a waiting call is told, can be cancelled, and gets its turn', async () => {
    const first = await started((handlers) => profile('runs', 'identity', handlers));
    const holders: (number | null)[] = [];
    const queued = async (name: string): Promise<ProfileRun> =>
      new Promise((resolve) => {
        const run: ProfileRun = profile('once', name, {
          onQueued: ({ pid }) => {
            holders.push(pid);
            resolve(run);
          },
        });
      });
    const impatient = await queued('identity');
    impatient.cancel();
    assert.equal((await failureOf(impatient.result)).kind, 'cancelled');
    const patient = await queued('identity');
    first.stop();
    assert.equal((await first.result).status, 'partial');
    assert.equal((await patient.result).status, 'complete');
    assert.deepEqual(holders, [process.pid, process.pid]);
    assert.deepEqual(leftOvers(), []);
  });

  it('inspects while something is measured, in one warm process, and ends a hopeless inspection', async () => {
    const busy = await started((handlers) => profile('runs', 'endless', handlers));
    const inspect = (command: string, signal?: AbortSignal): ReturnType<Runner['inspect']> =>
      runner.inspect({ modelPath: model('identity'), options: runOptions({ command }) }, signal);
    const pidOf = async (): Promise<number | undefined> => (await inspect('')).scenarios[0]?.run.measuredRuns;
    const warm = await pidOf();
    assert.equal(await pidOf(), warm);
    const hopeless = new AbortController();
    const waiting = inspect('endless', hopeless.signal);
    const next = pidOf();
    hopeless.abort();
    assert.equal((await failureOf(waiting)).kind, 'cancelled');
    assert.ok((await next) !== undefined, 'the next one is answered');
    assert.equal((await failureOf(inspect('abort'))).message.code, 'error.worker.signal');
    assert.ok((await pidOf()) !== undefined, 'and after a crash too');
    busy.cancel();
    await assert.rejects(busy.result);
  });

  it('takes the lane over from a killed process, whose worker and folder do not stay', async () => {
    const other = fork(path.join(__dirname, 'process.other.ts'), [dist.folder, temporaryRoot, model('endless')], {
      execArgv: ['--import', 'tsx'],
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    });
    await once(other, 'message');
    const own = path.join(temporaryRoot, readdirSync(temporaryRoot)[0] ?? '');
    const [abandoned] = leftOvers().filter((name) => name.startsWith('run-'));
    const holders: (number | null)[] = [];
    const run = profile('once', 'identity', {
      onQueued: ({ pid }) => {
        holders.push(pid);
        other.kill('SIGKILL');
      },
    });
    const worker = Number(readFileSync(path.join(own, abandoned ?? '', 'pid'), 'utf8'));
    assert.equal((await run.result).status, 'complete');
    assert.deepEqual(holders, [other.pid]);
    while (exists(worker)) await delay(50);
    const later = new Runner({ distFolder: dist.folder, temporaryRoot, logger: silentLogger });
    await later.profile({ modelPath: model('identity'), options: runOptions({ command: 'once' }) }).result;
    assert.ok(abandoned !== undefined && !leftOvers().includes(abandoned), 'swept by the next runner');
  });

  it('refuses a temporary folder that others may write to', async () => {
    const own = path.join(temporaryRoot, `inference-profiler-${process.getuid?.() ?? 'user'}`);
    mkdirSync(own);
    chmodSync(own, 0o777);
    assert.equal((await failureOf(profile('once').result)).message.code, 'error.worker.folder');
  });
});
