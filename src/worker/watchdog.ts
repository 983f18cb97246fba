/**
 * A thread that watches while the runtime blocks the event loop. It ends the process when the parent is gone (an
 * endless Loop would otherwise run on for ever, unseen), and when the resident size passes the limit.
 */

import { Worker } from 'node:worker_threads';
import { MEMORY_MARKER } from '../core/common/memoryMarker.js';

/** Source of the thread: it must not load the bundle, and with it the runtime, once more. */
const THREAD = `
const { workerData } = require('node:worker_threads');
const { writeSync } = require('node:fs');
const parent = process.ppid;
const end = () => process.kill(process.pid, 'SIGKILL');
const parentIsGone = () => {
  if (process.ppid !== parent) return true;
  if (process.platform !== 'win32') return false;
  // There the number of a parent that is gone stays.
  try { process.kill(parent, 0); return false; } catch { return true; }
};
setInterval(() => {
  if (parentIsGone()) end();
  if (workerData.limitBytes > 0 && process.memoryUsage.rss() > workerData.limitBytes) {
    try { writeSync(2, workerData.marker + '\\n'); } catch { /* nobody reads */ }
    end();
  }
}, 250);
`;

/** Heaps of a few lines of code; the default reserves far more. */
const THREAD_LIMITS = { maxOldGenerationSizeMb: 16, maxYoungGenerationSizeMb: 4, codeRangeSizeMb: 4 };

/** From `--memory-limit BYTES` of the command line; 0 is none. */
export function memoryLimitOf(args: readonly string[]): number {
  const value = Number(args[args.indexOf('--memory-limit') + 1]);
  return args.includes('--memory-limit') && Number.isFinite(value) && value > 0 ? value : 0;
}

export function startWatchdog(limitBytes: number): void {
  const thread = new Worker(THREAD, {
    eval: true,
    workerData: { limitBytes, marker: MEMORY_MARKER },
    resourceLimits: THREAD_LIMITS,
  });
  thread.unref();
}
