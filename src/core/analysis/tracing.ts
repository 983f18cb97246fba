/** Traced runs: a session that records, a few runs or many, and what it recorded. */

import { rm } from 'node:fs/promises';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { LoadGauge, MachineReading } from '../runtime/gauge.js';
import type { Feeds, ModelSource, Runtime, SessionOptions } from '../runtime/port.js';
import { readTrace } from '../trace/read.js';
import type { TracedRun } from '../trace/types.js';
import { bestReading, isSlow } from './clockVerdict.js';
import { percentile } from './statistics.js';

/** What a session may record: the runtime keeps events in memory, and reading 45 MB of them takes half a second. */
export const MOST_EVENTS = 50_000;

export interface TracePlan {
  /** Recorded too, and dropped afterwards. */
  warmUpRuns: number;
  runs: number;
  /** No run starts after it, but one is always made. */
  deadlineNs: number;
  /** Runs take turns in what they are fed, so that they may take different times. */
  isMixed?: boolean;
}

export interface TraceClock {
  now(): number;
  stopRequested(): boolean;
  /** With it, runs during which the machine was slower than at its best are left out where enough others remain. */
  gauge?: Pick<LoadGauge, 'read'>;
}

export interface TracedSession {
  /** Without the warm-up, unless there was nothing else, and without those that were left out. */
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

/** The machine is read this often; less where a reading waits for the threads to rest. */
const SEGMENT_NS = 50e6;
const THREADED_SEGMENT_NS = 300e6;
/** As few as these, and a quarter of all, are enough of a traced session. */
const LEAST_QUIET_RUNS = 12;
const LEAST_QUIET_SHARE = 0.25;

/** The machine between the runs of a session: for each run the slower of its readings before and after. */
class Watch {
  private readonly readings: { afterRuns: number; reading: MachineReading }[] = [];
  private readonly segmentNs: number;
  private readAtNs = -Infinity;

  constructor(
    private readonly clock: TraceClock,
    threads: number,
  ) {
    this.segmentNs = threads === 1 ? SEGMENT_NS : THREADED_SEGMENT_NS;
  }

  async readWhenDue(afterRuns: number, isLast = false): Promise<void> {
    const { gauge } = this.clock;
    if (!gauge || (!isLast && this.clock.now() - this.readAtNs < this.segmentNs)) return;
    // Dropped: it may not be compiled yet.
    if (this.readings.length === 0) await gauge.read();
    this.readings.push({ afterRuns, reading: await gauge.read() });
    this.readAtNs = this.clock.now();
  }

  /** Numbers of the runs that were not slow; all where there was no gauge. */
  quietRuns(runs: number): Set<number> {
    const { readings } = this;
    const all = new Set(Array.from({ length: runs }, (_, run) => run));
    const best = bestReading(readings.map(({ reading }) => reading));
    for (const [index, { afterRuns, reading }] of readings.entries()) {
      if (!isSlow(reading, best)) continue;
      const from = readings[index - 1]?.afterRuns ?? 0;
      const to = readings[index + 1]?.afterRuns ?? afterRuns;
      for (let run = from; run < to; run += 1) all.delete(run);
    }
    return all;
  }
}

/**
 * A host takes a core away for seconds, between two readings: runs then take half as long again or more. Those of a quiet
 * machine lie closer together than this.
 */
const QUICK = 0.1;
const QUICK_WITHIN = 1.2;

/** Those that count: after the warm-up, the quiet ones, and of these the undisturbed ones, where there are enough. */
function countedRuns(runs: readonly TracedRun[], plan: TracePlan, quiet: ReadonlySet<number>): TracedRun[] {
  const { warmUpRuns } = plan;
  if (runs.length <= warmUpRuns) return runs.slice(-1);
  const warm = runs.slice(warmUpRuns);
  const least = Math.max(LEAST_QUIET_RUNS, warm.length * LEAST_QUIET_SHARE);
  const orAll = (some: TracedRun[], all: TracedRun[]): TracedRun[] => (some.length >= least ? some : all);
  const counted = orAll(
    warm.filter((_, index) => quiet.has(warmUpRuns + index)),
    warm,
  );
  if (plan.isMixed) return counted;
  const quickUs = percentile(
    counted.map(({ durationUs }) => durationUs),
    QUICK,
  );
  return orAll(
    counted.filter(({ durationUs }) => durationUs <= QUICK_WITHIN * quickUs),
    counted,
  );
}

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
  const watch = new Watch(clock, options.threads);
  let done = 0;
  let file: string;
  try {
    while (done < plan.warmUpRuns + plan.runs) {
      await watch.readWhenDue(done);
      await session.time(nextFeeds());
      done += 1;
      await nextTurn();
      yield done;
      if (clock.stopRequested() || clock.now() >= plan.deadlineNs) break;
    }
    await watch.readWhenDue(done, true);
    file = await session.endTrace();
  } finally {
    await session.close();
  }
  const trace = await readTrace(file);
  await rm(file, { force: true });
  const runs = countedRuns(trace.runs, plan, watch.quietRuns(done));
  return { runs, createNs: session.createNs, optimizedGraphPath: session.optimizedGraphPath };
}

/** Runs that a session may record of a graph of so many events. */
export const affordableRuns = (eventsPerRun: number): number =>
  Math.max(1, Math.floor(MOST_EVENTS / Math.max(1, eventsPerRun)));
