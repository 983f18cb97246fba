/** Tells whether a measurement was disturbed: what other processes took, and whether the machine itself slowed. */

import { cpus } from 'node:os';

export interface LoadGauge {
  readonly logicalCores: number;
  /** Starts an interval; the function it returns ends it and gives the CPU cores that other processes kept busy. */
  begin(): () => number;
  /** Runs the reference kernel, always the same arithmetic, and gives its time. It rises when the machine slows. */
  referenceNs(): number;
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

const REFERENCE_STEPS = 1_000_000;
const REFERENCE_REPEATS = 3;

/** A dependent chain of integer arithmetic, 1 to 3 ms on current CPUs; the result is returned so that it cannot be dropped. */
export function referenceKernel(steps = REFERENCE_STEPS): number {
  let state = 0x9e3779b9;
  for (let step = 0; step < steps; step++) {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
  }
  return state;
}

/** Load in cores from the operating system's counters; the least of a few passes of the reference kernel. */
export function createLoadGauge(sources: LoadSources = hostSources): LoadGauge {
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
    referenceNs() {
      let least = Infinity;
      for (let repeat = 0; repeat < REFERENCE_REPEATS; repeat++) {
        const start = sources.nowNs();
        if (referenceKernel() === 0) throw new Error('xorshift reached its fixed point');
        least = Math.min(least, sources.nowNs() - start);
      }
      return least;
    },
  };
}
