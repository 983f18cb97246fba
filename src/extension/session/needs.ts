import type { Report } from '../../protocol/report.js';
import type { RunNeeds } from '../../protocol/webview.js';

/** Resident size of a process that has only loaded the runtime, and its arenas. */
const RUNTIME_BYTES = 64 * 2 ** 20;
/** The runtime keeps packed copies of weights beside those that it read. */
const WEIGHT_COPIES = 2;
/** What a thread of a current CPU reaches through the runtime in float32, low end. */
const ASSUMED_MACS_PER_SECOND_AND_THREAD = 8e9;
const ASSUMED_READ_BYTES_PER_SECOND = 400e6;
/** Sessions that a profile opens: shapes, first trace, latency, traces, memory. */
const SESSIONS = 5;
/** Runs that a profile makes at the very least, warm-ups and traced ones included. */
const LEAST_RUNS = 20;

const ASK_ABOVE_BYTES = 4 * 2 ** 30;
const ASK_ABOVE_SECONDS = 60;
const ASK_ABOVE_SHARE_OF_FREE = 0.8;
/** Below this, nobody needs to be asked whatever the system calls free: caches count as used on some. */
const NEVER_ASK_BELOW_BYTES = 2 ** 30;

export interface Machine {
  freeBytes: number;
  threads: number;
}

/** What a run needs, estimated from shapes alone; null where the shapes are not known. */
export function needsOf(
  report: Report,
  machine: Machine,
  budgetSeconds: number,
  lastRunSeconds: number | null,
): RunNeeds | null {
  const totals = report.scenarios[0]?.totals;
  const { weightBytes } = report.model;
  if (totals?.peakActivationBytes == null || weightBytes === null) return null;
  const load = (weightBytes / ASSUMED_READ_BYTES_PER_SECOND) * SESSIONS;
  const run = (totals.macs ?? 0) / (ASSUMED_MACS_PER_SECOND_AND_THREAD * Math.max(1, machine.threads));
  return {
    aboutSeconds: lastRunSeconds ?? load + Math.max(budgetSeconds, run * LEAST_RUNS),
    aboutBytes: RUNTIME_BYTES + WEIGHT_COPIES * weightBytes + totals.peakActivationBytes,
    freeBytes: machine.freeBytes,
  };
}

/** Whether to ask before running. The budget is no reason: the user chose it. */
export function isLarge(needs: RunNeeds, budgetSeconds: number): boolean {
  if (needs.aboutSeconds > ASK_ABOVE_SECONDS + budgetSeconds) return true;
  if (needs.aboutBytes < NEVER_ASK_BELOW_BYTES) return false;
  return needs.aboutBytes > ASK_ABOVE_BYTES || needs.aboutBytes > needs.freeBytes * ASK_ABOVE_SHARE_OF_FREE;
}
