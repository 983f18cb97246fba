/** Traced runs: a session that records, a few runs or many, and what it recorded. */

import { rm } from 'node:fs/promises';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Feeds, ModelSource, Runtime, SessionOptions } from '../runtime/port.js';
import { readTrace } from '../trace/read.js';
import type { TracedRun } from '../trace/types.js';

/** What a session may record: the runtime keeps events in memory, and reading 45 MB of them takes half a second. */
export const MOST_EVENTS = 50_000;

export interface TracePlan {
  /** Recorded too, and dropped afterwards. */
  warmUpRuns: number;
  runs: number;
  /** No run starts after it, but one is always made. */
  deadlineNs: number;
}

export interface TraceClock {
  now(): number;
  stopRequested(): boolean;
}

export interface TracedSession {
  /** Without the warm-up, unless there was nothing else. */
  runs: TracedRun[];
  createNs: number;
  optimizedGraphPath: string | null;
}

/** Sessions of one scenario differ in this only. */
export const sessionOptions = (
  options: Pick<SessionOptions, 'provider' | 'threads' | 'optimization'>,
  special: Partial<SessionOptions> = {},
): SessionOptions => ({
  provider: options.provider,
  threads: options.threads,
  optimization: options.optimization,
  trace: false,
  disablePrepacking: false,
  stopSpinning: false,
  saveOptimizedGraph: false,
  ...special,
});

/** Yields the number of runs done. Throws ExpectedError when the runtime refuses or fails the model. */
export async function* traceSession(
  runtime: Runtime,
  source: ModelSource,
  nextFeeds: () => Feeds,
  options: SessionOptions,
  plan: TracePlan,
  clock: TraceClock,
): AsyncGenerator<number, TracedSession> {
  const session = await runtime.open(source, options);
  let file: string;
  try {
    let done = 0;
    while (done < plan.warmUpRuns + plan.runs) {
      await session.time(nextFeeds());
      done += 1;
      await nextTurn();
      yield done;
      if (clock.stopRequested() || clock.now() >= plan.deadlineNs) break;
    }
    file = await session.endTrace();
  } finally {
    await session.close();
  }
  const trace = await readTrace(file);
  await rm(file, { force: true });
  const warm = trace.runs.length > plan.warmUpRuns ? trace.runs.slice(plan.warmUpRuns) : trace.runs.slice(-1);
  return { runs: warm, createNs: session.createNs, optimizedGraphPath: session.optimizedGraphPath };
}

/** Runs that a session may record of a graph of so many events. */
export const affordableRuns = (eventsPerRun: number): number =>
  Math.max(1, Math.floor(MOST_EVENTS / Math.max(1, eventsPerRun)));
