import { ExpectedError } from '../core/common/errors.js';
import { oneLine } from '../core/common/oneLine.js';
import type { ProfilePhase } from '../protocol/worker.js';
import { MEMORY_MARKER } from '../core/common/memoryMarker.js';
import type { MemoryLimit } from './memoryLimit.js';

/** How a process ended, as the system told it. */
export interface ProcessEnd {
  exitCode: number | null;
  signal: NodeJS.Signals | null;
  /** It never ran. */
  startError: Error | null;
  stderrTail: string;
}

/** What was going on. */
export interface Circumstances {
  phase: ProfilePhase;
  elapsedMs: number;
  limit: MemoryLimit | null;
}

const OUT_OF_MEMORY = /heap out of memory|bad_alloc|Allocation failed|Cannot allocate memory|out of memory/i;

export function memoryLimitError({ phase, elapsedMs, limit }: Circumstances): ExpectedError {
  return new ExpectedError('limit', limit?.basis === 'user' ? 'error.limit.memory' : 'error.limit.freeMemory', {
    limitMiB: Math.round((limit?.bytes ?? 0) / 2 ** 20),
    phase,
    afterSeconds: secondsOf(elapsedMs),
  });
}

export function timeLimitError({ phase, elapsedMs }: Circumstances): ExpectedError {
  return new ExpectedError('limit', 'error.limit.time', { phase, afterSeconds: secondsOf(elapsedMs) });
}

/** One sentence with the cause, for a process that ended without an answer. */
export function deathError(end: ProcessEnd, circumstances: Circumstances): ExpectedError {
  const { phase, limit } = circumstances;
  if (end.startError)
    return new ExpectedError('runtime', 'error.worker.start', { text: oneLine(end.startError.message) });
  if (end.stderrTail.includes(MEMORY_MARKER)) return memoryLimitError(circumstances);
  if (OUT_OF_MEMORY.test(end.stderrTail)) {
    if (limit?.basis === 'user') return memoryLimitError(circumstances);
    return new ExpectedError('runtime', 'error.worker.outOfMemory', { phase });
  }
  // Nobody of ours sent it (those are known before): the system's guard against running out of memory does.
  if (end.signal === 'SIGKILL') return new ExpectedError('runtime', 'error.worker.killed', { phase });
  if (end.signal !== null) return new ExpectedError('runtime', 'error.worker.signal', { phase, signal: end.signal });
  return new ExpectedError('runtime', 'error.worker.exit', { phase, exitCode: end.exitCode ?? -1 });
}

function secondsOf(elapsedMs: number): number {
  return Math.max(0.1, Math.round(elapsedMs / 100) / 10);
}
