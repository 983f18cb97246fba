/** Simulation beside a window that must not wait for it: in a thread, the latest question only. */

import { Worker } from 'node:worker_threads';
import type { CostSection } from '../../protocol/cost.js';
import type { Disposable } from '../common/disposable.js';
import type { SimulatorJob } from './simulatorJob.js';

interface Asked {
  job: SimulatorJob;
  resolve: (section: CostSection | null) => void;
  reject: (error: Error) => void;
}

export class Simulator implements Disposable {
  private thread: Worker | null = null;
  private running: Asked | null = null;
  private waiting: Asked | null = null;
  private disposed = false;

  /** `script`: the bundle of `simulatorThread.ts`. */
  constructor(private readonly script: string) {}

  /** The section with its measured rows by simulation; null where a later question took this one's place. */
  simulate(job: SimulatorJob): Promise<CostSection | null> {
    return new Promise((resolve, reject) => {
      this.waiting?.resolve(null);
      this.waiting = null;
      if (this.disposed) {
        resolve(null);
        return;
      }
      this.waiting = { job, resolve, reject };
      this.next();
    });
  }

  /** Nobody wants the answer any more: what waits is dropped, what runs ends with its thread. */
  cancel(): void {
    this.waiting?.resolve(null);
    this.waiting = null;
    if (!this.running) return;
    this.running.resolve(null);
    this.running = null;
    this.end();
  }

  dispose(): void {
    this.disposed = true;
    this.cancel();
    this.end();
  }

  private end(): void {
    void this.thread?.terminate();
    this.thread = null;
  }

  private next(): void {
    if (this.running || !this.waiting || this.disposed) return;
    this.running = this.waiting;
    this.waiting = null;
    this.thread ??= this.start();
    this.thread.postMessage(this.running.job);
  }

  private start(): Worker {
    const thread = new Worker(this.script);
    // It is for a window that is there anyway, and keeps nothing alive.
    thread.unref();
    thread.on('message', (section: CostSection) => {
      // One that was ended may have answered just before.
      if (this.thread !== thread) return;
      const { running } = this;
      this.running = null;
      // What was asked meanwhile makes this answer one of the past.
      running?.resolve(this.waiting ? null : section);
      this.next();
    });
    thread.on('error', (error) => {
      if (this.thread !== thread) return;
      const { running } = this;
      this.thread = null;
      this.running = null;
      running?.reject(error);
      this.next();
    });
    return thread;
  }
}
