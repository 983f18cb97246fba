/**
 * Keeps a worker's memory below a limit, twice over. Where there is a shell the kernel refuses what goes beyond it
 * (RLIMIT_DATA: private writable memory, resident or not), so that one huge allocation fails at once and cleanly; and
 * on Linux this process watches the resident size. The worker watches its own on every system, see the watchdog.
 */

import { readFile } from 'node:fs/promises';
import { freemem, totalmem } from 'node:os';
import type { Disposable } from '../core/common/disposable.js';

/** Writable memory that a worker reserves without using: stacks of its pool, arenas, the engine's heaps. */
const RESERVED_BYTES = 2 ** 30;
const POLL_MS = 200;
/** The limit is an argument of the shell's, never part of its text; a refused limit leaves the watching. */
const SET_LIMIT = 'ulimit -d "$1" 2>/dev/null; shift; exec "$@"';

export interface MemoryLimit {
  bytes: number;
  /** user: asked for. free: what the machine had left. */
  basis: 'user' | 'free';
}

/**
 * Without a limit of the user's: what is free, so that a model cannot drag the machine into swapping. Only Linux says
 * how much could be made free; elsewhere it is what the machine has.
 */
export function effectiveLimit(limitBytes: number | null): MemoryLimit {
  if (limitBytes !== null && limitBytes > 0) return { bytes: limitBytes, basis: 'user' };
  const free = process.platform === 'linux' ? freemem() : totalmem();
  const constrained = process.constrainedMemory();
  return { bytes: constrained > 0 ? Math.min(free, constrained) : free, basis: 'free' };
}

/** What to start so that `execPath args…` runs under the limit. */
export function limitedCommand(
  execPath: string,
  limit: MemoryLimit,
  system = process.platform,
): { execPath: string; execArgv: string[] } {
  if (system === 'win32') return { execPath, execArgv: [] };
  const kibibytes = Math.ceil((limit.bytes + RESERVED_BYTES) / 1024);
  return { execPath: '/bin/sh', execArgv: ['-c', SET_LIMIT, 'sh', String(kibibytes), execPath] };
}

async function residentBytes(pid: number): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '');
  const kibibytes = /^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1];
  return kibibytes === undefined ? 0 : Number(kibibytes) * 1024;
}

/** Calls `onExceeded` once when the process is seen above the limit. */
export function watchResident(pid: number, limit: MemoryLimit, onExceeded: () => void): Disposable {
  if (process.platform !== 'linux') return { dispose: () => undefined };
  const timer = setInterval(() => {
    void residentBytes(pid).then((bytes) => {
      if (bytes <= limit.bytes) return;
      clearInterval(timer);
      onExceeded();
    });
  }, POLL_MS);
  timer.unref();
  return {
    dispose: () => {
      clearInterval(timer);
    },
  };
}
