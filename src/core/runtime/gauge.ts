/** Tells whether a measurement was disturbed: what other processes took, and whether the machine itself slowed. */

import { cpus } from 'node:os';
import { setTimeout as delay } from 'node:timers/promises';
import type { HandoffGauge } from './handoff.js';

export interface LoadGauge {
  readonly logicalCores: number;
  /** Starts an interval; the function it returns ends it and gives the CPU cores that other processes kept busy. */
  begin(): () => number;
  /** Waits first, where several threads ran, until the runtime's do not spin any more: they would be read along. */
  read(): Promise<MachineReading>;
}

/** What the machine is capable of at this moment. */
export interface MachineReading {
  /** Of the reference kernel, always the same arithmetic on one core: rises when the core slows. */
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
const SPINNING_ENDS_MS = 45;
const REFERENCE_STEPS = 200_000;
const REFERENCE_REPEATS = 3;

/**
 * Integer arithmetic in six chains side by side, half a millisecond on current CPUs. They keep the core's units busy, so
 * the time rises not only with a lower clock but also when the core is shared with another one of its hardware threads,
 * which no counter of a virtual machine tells; a single chain would wait for itself and not notice. The result is
 * returned so that nothing can be dropped.
 */
export function referenceKernel(steps = REFERENCE_STEPS): number {
  let [a, b, c, d, e, f] = [1, 2, 3, 4, 5, 6];
  for (let step = 0; step < steps; step++) {
    a ^= a << 13;
    b ^= b << 13;
    c ^= c << 13;
    d ^= d << 13;
    e ^= e << 13;
    f ^= f << 13;
    a ^= a >>> 17;
    b ^= b >>> 17;
    c ^= c >>> 17;
    d ^= d >>> 17;
    e ^= e >>> 17;
    f ^= f >>> 17;
    a ^= a << 5;
    b ^= b << 5;
    c ^= c << 5;
    d ^= d << 5;
    e ^= e << 5;
    f ^= f << 5;
  }
  // A sum, not their exclusive or: the chains are linear, so that of 1 ^ 2 ^ … would be one more chain, or nothing.
  return (a >>> 1) + (b >>> 1) + (c >>> 1) + (d >>> 1) + (e >>> 1) + (f >>> 1);
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
    async read() {
      if (handoff) await delay(SPINNING_ENDS_MS);
      return { referenceNs: leastReferenceNs(sources), handoffNs: handoff?.readNs() ?? null };
    },
  };
}

function leastReferenceNs(sources: LoadSources): number {
  let least = Infinity;
  for (let repeat = 0; repeat < REFERENCE_REPEATS; repeat++) {
    const start = sources.nowNs();
    if (referenceKernel() === 0) throw new Error('all six chains reached their fixed point');
    least = Math.min(least, sources.nowNs() - start);
  }
  return least;
}
