/** Tells whether a measurement was disturbed: what other processes took, and whether the machine itself slowed. */

import { cpus } from 'node:os';
import { setImmediate as nextTurn, setTimeout as delay } from 'node:timers/promises';
import type { HandoffGauge } from './handoff.js';
import { leastReferenceNs } from './referenceKernel.js';

export interface LoadGauge {
  readonly logicalCores: number;
  /** Starts an interval; the function it returns ends it and gives the CPU cores that other processes kept busy. */
  begin(): () => number;
  /**
   * Waits first, where several threads ran, until the runtime's do not spin any more: they would be read along. No core
   * falls asleep meanwhile; when `rested` all sleep for as long before that.
   */
  read(when?: { rested: boolean }): Promise<MachineReading>;
}

/** What the machine is capable of at this moment. */
export interface MachineReading {
  /** Of the reference kernel, always the same arithmetic, on the slower of the cores in use: rises when one slows. */
  referenceNs: number;
  /** From one core to another and back: rises when they are moved apart, or shared; null where only one core is used. */
  handoffNs: number | null;
}

/** What the gauge reads; injected by tests. */
export interface LoadSources {
  /** Time that each logical core spent busy and idle since boot. */
  cores(): { busyMs: number; idleMs: number }[];
  /** CPU time of this process, all threads, user and system. */
  ownCpuMs(): number;
  /** Monotonic. */
  nowNs(): number;
}

const hostSources: LoadSources = {
  cores: () =>
    cpus().map(({ times }) => ({ busyMs: times.user + times.nice + times.sys + times.irq, idleMs: times.idle })),
  ownCpuMs: () => {
    const { user, system } = process.cpuUsage();
    return (user + system) / 1000;
  },
  nowNs: () => Number(process.hrtime.bigint()),
};

/** Threads of the runtime look for more work for so long after a run: seen, 39 ms. */
const REST_MS = 45;

/**
 * Both cores work on until the runtime's threads sleep. On a shared host what ran after a sleep was slow for a tenth of a
 * second or more, as if it had woken both virtual cores on hardware threads of one: a small transformer on two threads
 * took over 0.60 ms instead of 0.53 during 71 % of a profile that slept, and 32 % of the bare loops beside it.
 */
async function outlastSpinning(handoff: HandoffGauge, nowNs: () => number): Promise<void> {
  handoff.wake();
  const until = nowNs() + REST_MS * 1e6;
  while (nowNs() < until) await nextTurn();
}

/**
 * Load in cores from the operating system's counters; the least of a few passes of the reference kernel. `handoff` for
 * what runs on several threads; it stays its owner's.
 */
export function createLoadGauge(sources: LoadSources = hostSources, handoff: HandoffGauge | null = null): LoadGauge {
  const totals = (): { busyMs: number; allMs: number; ownMs: number } => {
    let busyMs = 0;
    let allMs = 0;
    for (const core of sources.cores()) {
      busyMs += core.busyMs;
      allMs += core.busyMs + core.idleMs;
    }
    return { busyMs, allMs, ownMs: sources.ownCpuMs() };
  };
  const logicalCores = Math.max(1, sources.cores().length);
  return {
    logicalCores,
    begin() {
      const start = totals();
      return () => {
        const end = totals();
        const elapsedMs = (end.allMs - start.allMs) / logicalCores;
        // Counters tick every 10 to 16 ms: nothing can be said of less.
        if (!(elapsedMs > 0)) return 0;
        const otherMs = end.busyMs - start.busyMs - (end.ownMs - start.ownMs);
        return Math.min(logicalCores, Math.max(0, otherMs / elapsedMs));
      };
    },
    async read(when) {
      if (when?.rested) await delay(REST_MS);
      if (handoff) await outlastSpinning(handoff, () => sources.nowNs());
      const referenceNs = leastReferenceNs(() => sources.nowNs());
      const other = handoff?.read() ?? null;
      return { referenceNs: Math.max(referenceNs, other?.referenceNs ?? 0), handoffNs: other?.handoffNs ?? null };
    },
  };
}
