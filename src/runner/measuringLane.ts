/**
 * The measuring lane: one measurement at a time for a user on a machine, since two spoil each other. A lock file shared
 * by every window and the command line; whoever holds it touches it while it works.
 */

import { randomUUID } from 'node:crypto';
import { closeSync, openSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { utimes } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { Disposable } from '../core/common/disposable.js';
import { CancelledError } from '../core/common/errors.js';
import { folderError } from './userFolder.js';
import { ownIdentity, parseIdentity, stateOf, type ProcessIdentity } from './processIdentity.js';

export interface LaneHolder {
  /** null when the lock does not say. */
  pid: number | null;
}

interface Lock {
  owner: ProcessIdentity | null;
  token: string;
  mtimeMs: number;
}

/** A lock as seen while waiting for it. */
interface Watched {
  lock: Lock;
  /** Another holder than the one before. */
  isNew: boolean;
  /** When its heartbeat was last seen to change, by this process's own clock. */
  changedMs: number;
}

const POLL_MS = 150;
const HEARTBEAT_MS = 2000;
/** A holder of which nothing is known is given up after it was silent for so long while we watched. */
const SILENT_AFTER_MS = 20_000;
/** Taking over is a matter of microseconds; a guard older than this was left by a crash. */
const GUARD_STALE_MS = 10_000;

function watch(lock: Lock, before: Watched | null): Watched {
  const isNew = lock.token !== before?.lock.token;
  const changed = isNew || lock.mtimeMs !== before.lock.mtimeMs;
  return { lock, isNew, changedMs: changed ? performance.now() : before.changedMs };
}

/** A machine that slept looks silent too: only silence that was watched counts. */
function isStale({ lock, changedMs }: Watched): boolean {
  const state = lock.owner ? stateOf(lock.owner) : 'unknown';
  if (state === 'unknown') return performance.now() - changedMs > SILENT_AFTER_MS;
  return state === 'gone';
}

export class MeasuringLane {
  private readonly lockFile: string;
  private readonly guardFile: string;

  constructor(folder: string) {
    this.lockFile = path.join(folder, 'measuring.lock');
    this.guardFile = path.join(folder, 'measuring.lock.takeover');
  }

  /** Waits for the lane; `onWaiting` is told once for each holder. Throws CancelledError when aborted meanwhile. */
  async acquire(signal: AbortSignal, onWaiting: (holder: LaneHolder) => void): Promise<Disposable> {
    const token = randomUUID();
    let watched: Watched | null = null;
    for (;;) {
      if (signal.aborted) throw new CancelledError();
      if (this.tryCreate(token)) return this.hold(token);
      const lock = this.read();
      watched = lock && watch(lock, watched);
      if (watched?.isNew) onWaiting({ pid: watched.lock.owner?.pid ?? null });
      if (watched && isStale(watched) && this.takeAway(watched.lock.token)) continue;
      await delay(POLL_MS, undefined, { signal }).catch(() => undefined);
    }
  }

  private tryCreate(token: string): boolean {
    try {
      writeFileSync(this.lockFile, JSON.stringify({ ...ownIdentity(), token }), { flag: 'wx', mode: 0o600 });
      return true;
    } catch (error) {
      const code = (error as NodeJS.ErrnoException).code;
      // Windows says EPERM or EBUSY while a removed file is still open somewhere.
      if (code === 'EEXIST' || (process.platform === 'win32' && (code === 'EPERM' || code === 'EBUSY'))) return false;
      throw folderError(path.dirname(this.lockFile), error);
    }
  }

  /** null when there is none (any more). */
  private read(): Lock | null {
    try {
      const { mtimeMs } = statSync(this.lockFile);
      const text = readFileSync(this.lockFile, 'utf8');
      try {
        const value = JSON.parse(text) as Record<string, unknown>;
        return { owner: parseIdentity(value), token: String(value['token']), mtimeMs };
      } catch {
        // Just being written, or not ours: its holder is unknown.
        return { owner: null, token: text, mtimeMs };
      }
    } catch {
      return null;
    }
  }

  /** Of several that see the same stale lock one removes it, and never a new one: the guard makes check and removal one step. */
  private takeAway(token: string): boolean {
    try {
      closeSync(openSync(this.guardFile, 'wx', 0o600));
    } catch {
      const guard = statSync(this.guardFile, { throwIfNoEntry: false });
      if (guard && Date.now() - guard.mtimeMs > GUARD_STALE_MS) rmSync(this.guardFile, { force: true });
      return false;
    }
    try {
      if (this.read()?.token === token) rmSync(this.lockFile, { force: true });
      return true;
    } finally {
      rmSync(this.guardFile, { force: true });
    }
  }

  private hold(token: string): Disposable {
    const heartbeat = setInterval(() => {
      const now = new Date();
      utimes(this.lockFile, now, now).catch(() => undefined);
    }, HEARTBEAT_MS);
    heartbeat.unref();
    return {
      dispose: () => {
        clearInterval(heartbeat);
        if (this.read()?.token === token) rmSync(this.lockFile, { force: true });
      },
    };
  }
}
