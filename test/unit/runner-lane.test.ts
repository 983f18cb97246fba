import assert from 'node:assert/strict';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, it, mock } from 'node:test';
import { CancelledError } from '../../src/core/common/errors.js';
import { MeasuringLane, type LaneHolder } from '../../src/runner/measuringLane.js';
import { ownIdentity, parseIdentity, stateOf } from '../../src/runner/processIdentity.js';
import { createTemporaryFolder, sweepTemporaryFolders } from '../../src/runner/temporaryFolders.js';

/** Above every system's highest process number. */
const NOBODY = 2 ** 30;
const never = new AbortController().signal;
const unexpected = (holder: LaneHolder): void => {
  assert.fail(`waited for ${String(holder.pid)}`);
};

describe('the measuring lane', () => {
  let folder: string;
  let lane: MeasuringLane;
  const lockFile = (): string => path.join(folder, 'measuring.lock');
  beforeEach(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'lane-'));
    lane = new MeasuringLane(folder);
  });
  afterEach(() => {
    rmSync(folder, { recursive: true });
  });

  it('is free again once it is let go of, and leaves no file', async () => {
    (await lane.acquire(never, unexpected)).dispose();
    (await new MeasuringLane(folder).acquire(never, unexpected)).dispose();
    assert.deepEqual(readdirSync(folder), []);
  });

  it('has one holder, however many want it', async () => {
    let holding = 0;
    const turns = Array.from({ length: 6 }, async () => {
      const held = await new MeasuringLane(folder).acquire(never, () => undefined);
      assert.equal(++holding, 1);
      await new Promise(setImmediate);
      holding--;
      held.dispose();
    });
    await Promise.all(turns);
    assert.deepEqual(readdirSync(folder), []);
  });

  for (const [what, owner] of Object.entries({
    'a process that is gone': { ...ownIdentity(), pid: NOBODY },
    'a process whose number another one has now': { ...ownIdentity(), startTicks: '1' },
  }))
    it(`is taken over from ${what}`, async () => {
      writeFileSync(lockFile(), JSON.stringify({ ...owner, token: 'old' }));
      const waited: LaneHolder[] = [];
      const held = await lane.acquire(never, (holder) => waited.push(holder));
      assert.deepEqual(waited, [{ pid: owner.pid }]);
      held.dispose();
      assert.ok(!existsSync(lockFile()));
    });

  for (const [what, content] of Object.entries({
    'a holder in another container': JSON.stringify({ pid: NOBODY, startTicks: '1', scope: 'pid:[1]', token: 'there' }),
    'a lock that cannot be read': '{"pid":',
  }))
    it(`waits for ${what} until it is told to give up`, async () => {
      writeFileSync(lockFile(), content);
      const giveUp = new AbortController();
      const waiting = lane.acquire(giveUp.signal, () => {
        giveUp.abort();
      });
      await assert.rejects(waiting, CancelledError);
      assert.ok(existsSync(lockFile()), 'the lock is not ours to remove');
    });

  it('gives up a holder of which nothing is known and nothing is heard', async () => {
    writeFileSync(lockFile(), '{"pid":');
    let nowMs = 0;
    mock.method(performance, 'now', () => (nowMs += 15_000));
    try {
      (await lane.acquire(never, () => undefined)).dispose();
    } finally {
      mock.restoreAll();
    }
    assert.ok(nowMs > 20_000);
  });

  it('does not remove a lock that somebody else holds by now', async () => {
    const held = await lane.acquire(never, unexpected);
    writeFileSync(lockFile(), JSON.stringify({ ...ownIdentity(), token: 'another' }));
    held.dispose();
    assert.ok(existsSync(lockFile()));
  });
});

describe('the identity of a process', () => {
  it('knows itself, the dead, and what cannot be known', () => {
    const own = ownIdentity();
    assert.equal(stateOf(own), process.platform === 'linux' ? 'alive' : 'unknown');
    assert.equal(stateOf({ ...own, pid: NOBODY }), 'gone');
    assert.equal(stateOf({ ...own, scope: 'elsewhere' }), 'unknown');
  });

  it('takes no number that would mean a group of processes', () => {
    assert.deepEqual(parseIdentity({ pid: 7, startTicks: 1 }), { pid: 7, startTicks: null, scope: null });
    for (const pid of [0, -1, 1.5, NaN, '7', null]) assert.equal(parseIdentity({ pid }), null);
    assert.equal(parseIdentity('7'), null);
  });
});

describe('temporary folders', () => {
  it('are private, and swept when their maker is gone', async () => {
    const root = mkdtempSync(path.join(tmpdir(), 'sweep-'));
    const owned = (name: string, owner: unknown): string => {
      const folder = path.join(root, name);
      mkdirSync(folder);
      writeFileSync(path.join(folder, 'owner.json'), JSON.stringify(owner));
      return folder;
    };
    const ours = await createTemporaryFolder(root);
    owned('run-dead', { ...ownIdentity(), pid: NOBODY });
    owned('run-elsewhere', { ...ownIdentity(), scope: 'elsewhere' });
    const old = owned('run-forgotten', { ...ownIdentity(), scope: 'elsewhere' });
    utimesSync(old, 0, 0);
    mkdirSync(path.join(root, 'run-being-made'));
    mkdirSync(path.join(root, 'not-a-run'));
    await sweepTemporaryFolders(root);
    assert.deepEqual(
      readdirSync(root).sort(),
      ['not-a-run', 'run-being-made', 'run-elsewhere', path.basename(ours)].sort(),
    );
    await sweepTemporaryFolders(path.join(root, 'missing'));
    rmSync(root, { recursive: true });
  });
});
