import { readdirSync } from 'node:fs';
import { emptyCallModel } from '../core/analysis/microModels.js';
import { sessionOptions } from '../core/analysis/tracing.js';
import type { Runtime } from '../core/runtime/port.js';

/** null where the system does not list them. */
function threadsOfProcess(): number | null {
  if (process.platform !== 'linux') return null;
  try {
    return readdirSync('/proc/self/task').length;
  } catch {
    return null;
  }
}

/**
 * Threads that run operators in a session with the runtime's default, the calling one included: those that end with
 * the session, counted, because the runtime's own count of cores differs from ours in containers.
 */
export async function countDefaultThreads(runtime: Runtime): Promise<number | null> {
  const session = await runtime.open(
    emptyCallModel(),
    sessionOptions({ provider: 'cpu', threads: 0, optimization: 'all' }),
  );
  const during = threadsOfProcess();
  await session.close();
  const after = threadsOfProcess();
  return during === null || after === null ? null : Math.max(1, during - after + 1);
}
