import assert from 'node:assert/strict';
import { fork } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import { contentSha256, contentSha256At, fileVersion } from '../../src/worker/contentHash.js';
import { runtimeMessage } from '../../src/worker/onnxErrors.js';
import { memoryLimitOf } from '../../src/worker/watchdog.js';
import { buildDist, runOptions, type Dist } from './process.build.js';
import { greedyModel } from './process.models.js';

describe('the content hash', () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'hash-'));
  const file = path.join(folder, 'model.onnx');
  const cache = path.join(folder, 'cache');
  const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');
  after(() => {
    rmSync(folder, { recursive: true });
  });

  it('is that of the bytes, and taken from the cache while the file stays as it was', async () => {
    writeFileSync(file, 'one');
    assert.equal(await contentSha256(file, cache), sha256('one'));
    const [entry = ''] = readdirSync(cache);
    writeFileSync(path.join(cache, entry), sha256('marked'));
    assert.equal(await contentSha256(file, cache), sha256('marked'), 'the cache is read');
    assert.equal(await contentSha256(file, null), sha256('one'));
    utimesSync(file, 1, 1);
    assert.equal(await contentSha256(file, cache), sha256('one'), 'a touched file is hashed again');
    writeFileSync(path.join(cache, entry), '<not a hash>');
    assert.equal(await contentSha256(file, cache), sha256('one'));
  });

  it('is of what the file was at the time asked for, or none', async () => {
    writeFileSync(file, 'measured');
    const version = await fileVersion(file);
    assert.equal(await contentSha256At(file, version, cache), sha256('measured'));
    writeFileSync(file, 'replaced');
    utimesSync(file, 2, 2);
    await assert.rejects(contentSha256At(file, version, cache), /model\.onnx changed/);
  });

  it('does without a cache that cannot be written', async () => {
    writeFileSync(file, 'two');
    assert.equal(await contentSha256(file, path.join(file, 'below-a-file')), sha256('two'));
  });
});

describe('a message of the runtime', () => {
  const cases: [string, string][] = [
    ['Load model from /models/a.onnx failed:Protobuf parsing failed.', 'Protobuf parsing failed.'],
    [
      '[ONNXRuntimeError] : 1 : FAIL : Non-zero status code returned while running Expand node. Status Message: ' +
        '/onnxruntime_src/onnxruntime/core/framework/bfc_arena.cc:376 void* onnxruntime::BFCArena::AllocateRawInternal(size_t, bool) Failed to allocate memory',
      'Non-zero status code returned while running Expand node. Status Message: Failed to allocate memory',
    ],
    [
      String.raw`D:\a\_work\1\s\onnxruntime\core\session\x.cc:12 onnxruntime::Load(const char*) const bad model`,
      'bad model',
    ],
    ['\n  second line is first\nthird', 'second line is first'],
    ['in /tmp/private/session-1/trace and /models/a.bin', 'in session-1/trace and a.bin'],
    ['bell \u0007 tab \t end', 'bell tab end'],
    ['', 'no reason given'],
  ];
  for (const [raw, shown] of cases)
    it(`becomes “${shown.slice(0, 50)}”`, () => {
      assert.equal(runtimeMessage(new Error(raw), ['/tmp/private', '/models']), shown);
    });

  it('is bounded', () => {
    assert.equal(runtimeMessage(new Error('x'.repeat(1e6)), []).length, 300);
  });
});

describe('the watchdog', () => {
  let dist: Dist;
  before(() => {
    dist = buildDist({ worker: 'test/worker/process.entry.ts' });
    writeFileSync(path.join(dist.folder, 'large.onnx'), greedyModel((900 * 2 ** 20) / 4));
  });
  after(() => {
    dist.remove();
  });

  it('reads its limit', () => {
    assert.equal(memoryLimitOf(['node', 'worker.js', '--memory-limit', '1024']), 1024);
    for (const args of [[], ['--memory-limit'], ['--memory-limit', 'x'], ['--memory-limit', '-1']])
      assert.equal(memoryLimitOf(args), 0);
  });

  it('ends a process above its limit while the runtime blocks it, and says why', { timeout: 60_000 }, async () => {
    const child = fork(path.join(dist.folder, 'worker.js'), ['--memory-limit', String(600 * 2 ** 20)], {
      execArgv: [],
      serialization: 'advanced',
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    });
    let said = '';
    child.stderr?.setEncoding('utf8').on('data', (text: string) => (said += text));
    child.send({
      type: 'request',
      id: 1,
      request: {
        kind: 'profile',
        modelPath: path.join(dist.folder, 'large.onnx'),
        options: runOptions({ command: 'runs' }),
        temporaryFolder: mkdtempSync(path.join(dist.folder, 'run-')),
        host: {},
        cacheFolder: null,
      },
    });
    const [, signal] = (await once(child, 'close')) as [number | null, string | null];
    assert.equal(signal, 'SIGKILL');
    assert.match(said, /inference-profiler: memory limit reached/);
  });
});
