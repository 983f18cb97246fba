/** Which process made a file, told so that a later process with the same number is not taken for it. */

import { readFileSync, readlinkSync } from 'node:fs';

export interface ProcessIdentity {
  pid: number;
  /** Clock ticks since boot at its start; null where the system does not say it cheaply. */
  startTicks: string | null;
  /** Process numbers mean the same only within one scope (a container has its own); null where there are none. */
  scope: string | null;
}

/** Field 22 of /proc/PID/stat; the second field is the program's name in brackets and may hold anything. */
function startTicksOf(pid: number): string | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? null;
  } catch {
    return null;
  }
}

function ownScope(): string | null {
  try {
    return readlinkSync('/proc/self/ns/pid');
  } catch {
    return null;
  }
}

export function ownIdentity(): ProcessIdentity {
  return { pid: process.pid, startTicks: startTicksOf(process.pid), scope: ownScope() };
}

function exists(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // EPERM: there is one, of somebody else.
    return (error as NodeJS.ErrnoException).code !== 'ESRCH';
  }
}

/** alive and gone are certain; unknown where this process cannot tell. */
export function stateOf(identity: ProcessIdentity): 'alive' | 'gone' | 'unknown' {
  if (identity.scope !== ownScope()) return 'unknown';
  if (!exists(identity.pid)) return 'gone';
  if (identity.startTicks === null) return 'unknown';
  const startTicks = startTicksOf(identity.pid);
  if (startTicks === null) return 'unknown';
  return startTicks === identity.startTicks ? 'alive' : 'gone';
}

/** What another process wrote into a file; null when it is not one of ours. */
export function parseIdentity(value: unknown): ProcessIdentity | null {
  if (typeof value !== 'object' || value === null) return null;
  const { pid, startTicks, scope } = value as Record<string, unknown>;
  // 0 and negative numbers mean groups of processes.
  if (typeof pid !== 'number' || !Number.isSafeInteger(pid) || pid <= 0) return null;
  return {
    pid,
    startTicks: typeof startTicks === 'string' ? startTicks : null,
    scope: typeof scope === 'string' ? scope : null,
  };
}
