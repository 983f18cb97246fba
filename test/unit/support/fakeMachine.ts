/** A machine whose clock, load and speed are a script: what the clock's tests run on. */

import type { LoadGauge } from '../../../src/core/runtime/gauge.js';

export interface FakeMachineScript {
  /** Time of one run, by its number from 0 (warm-up included) and the clock. */
  runNs(index: number, nowNs: number): number;
  /** Cores that others use, by the number of the interval. */
  load?(interval: number): number;
  referenceNs?(nowNs: number): number;
  handoffNs?(nowNs: number): number | null;
  /** Asked between runs. */
  stop?(state: { runs: number; nowNs: number }): boolean;
  logicalCores?: number;
}

/** As the gauge waits for the runtime's threads to rest. */
const HANDOFF_READING_NS = 45e6;

export class FakeMachine {
  nowNs = 1e9;
  runs = 0;
  intervals = 0;
  /** Readings for which all cores were to sleep first. */
  rests = 0;

  constructor(private readonly script: FakeMachineScript) {}

  readonly now = (): number => this.nowNs;

  readonly stopRequested = (): boolean => this.script.stop?.({ runs: this.runs, nowNs: this.nowNs }) ?? false;

  readonly run = (): Promise<number> => {
    const ns = this.script.runNs(this.runs++, this.nowNs);
    this.nowNs += ns;
    return Promise.resolve(ns);
  };

  get gauge(): LoadGauge {
    return {
      logicalCores: this.script.logicalCores ?? 4,
      begin: () => {
        const interval = this.intervals++;
        return () => this.script.load?.(interval) ?? 0;
      },
      read: (when) => {
        const { script } = this;
        if (when?.rested) this.rests++;
        if (script.handoffNs) this.nowNs += HANDOFF_READING_NS;
        return Promise.resolve({
          referenceNs: script.referenceNs?.(this.nowNs) ?? 2e6,
          handoffNs: script.handoffNs?.(this.nowNs) ?? null,
        });
      },
    };
  }
}

/** Reproducible noise in [-1, 1]. */
export function noise(index: number): number {
  const value = Math.sin(index * 12.9898) * 43758.5453;
  return 2 * (value - Math.floor(value)) - 1;
}

/** Runs a generator to its end; what it yielded and what it returned. */
export async function drain<T, R>(generator: AsyncGenerator<T, R>): Promise<{ yielded: T[]; result: R }> {
  const yielded: T[] = [];
  for (;;) {
    const step = await generator.next();
    if (step.done) return { yielded, result: step.value };
    yielded.push(step.value);
  }
}
