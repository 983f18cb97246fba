/** Concurrent sessions over threads: one event loop would run them one after the other. */

import { Worker } from 'node:worker_threads';
import { RemoteError } from '../core/common/errors.js';
import type {
  CallTimes,
  ConcurrentRuntime,
  ConcurrentSessions,
  LoopLimits,
  ServedTimes,
  ServeLimits,
} from '../core/cost/concurrency.js';
import type { Feeds, ModelSource, SessionOptions } from '../core/runtime/port.js';
import { type FromThread, type Schedule, Slot, SLOTS, type ThreadData, type ToThread } from './sessionMessages.js';

export interface ThreadSurroundings {
  /** The bundle of `sessionThread.ts`. */
  script: string;
  /** Private to the request. */
  folder: string;
  stopRequested: () => boolean;
}

const POLL_MS = 20;

/** One thread, of which one thing at a time is asked. */
class SessionThread {
  private readonly worker: Worker;
  private pending: { resolve: (message: FromThread) => void; reject: (error: Error) => void } | null = null;
  private failure: Error | null = null;
  readonly ended: Promise<void>;

  constructor(script: string, data: ThreadData) {
    this.worker = new Worker(script, { workerData: data });
    this.worker.on('message', (message: FromThread) => {
      if (message.kind === 'failed') this.fail(new RemoteError(message.failure));
      else this.settle(message);
    });
    this.worker.on('error', (error) => {
      this.fail(error);
    });
    this.ended = new Promise((resolve) => {
      this.worker.once('exit', () => {
        this.fail(new Error('a session thread ended'));
        resolve();
      });
    });
  }

  /** The first message is that it is open. */
  next(): Promise<FromThread> {
    return new Promise((resolve, reject) => {
      if (this.failure) reject(this.failure);
      else this.pending = { resolve, reject };
    });
  }

  ask(message: ToThread): Promise<FromThread> {
    const reply = this.next();
    this.worker.postMessage(message);
    return reply;
  }

  async close(): Promise<void> {
    if (this.failure) await this.worker.terminate();
    else this.worker.postMessage({ kind: 'close' } satisfies ToThread);
    await this.ended;
  }

  private settle(message: FromThread): void {
    const { pending } = this;
    this.pending = null;
    pending?.resolve(message);
  }

  private fail(error: Error): void {
    this.failure ??= error;
    const { pending } = this;
    this.pending = null;
    pending?.reject(this.failure);
  }
}

class ThreadedSessions implements ConcurrentSessions {
  constructor(
    private readonly threads: readonly SessionThread[],
    private readonly slots: Int32Array,
    private readonly nowNs: () => number,
    private readonly stopRequested: () => boolean,
  ) {}

  async loop(feeds: Feeds, limits: LoopLimits): Promise<CallTimes[]> {
    const replies = await this.together({ kind: 'loop', feeds, limits }, () => this.stopRequested());
    return replies.map((reply) => {
      if (reply.kind !== 'looped') throw new Error(`a loop answered '${reply.kind}'`);
      return { startsNs: [...reply.startsNs], endsNs: [...reply.endsNs] };
    });
  }

  async serve(feeds: Feeds, arrivalsNs: readonly number[], { giveUpNs }: ServeLimits): Promise<ServedTimes> {
    const shared = (count: number): SharedArrayBuffer => new SharedArrayBuffer(count * Float64Array.BYTES_PER_ELEMENT);
    const schedule: Schedule = {
      arrivalsNs: shared(arrivalsNs.length),
      startsNs: shared(arrivalsNs.length),
      endsNs: shared(arrivalsNs.length),
      firstNs: shared(1),
    };
    new Float64Array(schedule.arrivalsNs).set(arrivalsNs);
    const starts = new Float64Array(schedule.startsNs).fill(NaN);
    const ends = new Float64Array(schedule.endsNs).fill(NaN);
    const first = new Float64Array(schedule.firstNs);
    const late = (): boolean => {
      const oldest = arrivalsNs[Atomics.load(this.slots, Slot.next)];
      const firstNs = first[0] ?? 0;
      return oldest !== undefined && firstNs > 0 && this.nowNs() - firstNs - oldest > giveUpNs;
    };
    await this.together({ kind: 'serve', feeds, schedule }, () => this.stopRequested() || late());
    return { startsNs: [...starts], endsNs: [...ends] };
  }

  async close(): Promise<void> {
    await Promise.all(this.threads.map((thread) => thread.close()));
  }

  /** All threads at once; a failure of one ends the others after their call. */
  private async together(message: ToThread, over: () => boolean): Promise<FromThread[]> {
    this.slots.fill(0);
    const stop = (): void => {
      Atomics.store(this.slots, Slot.stop, 1);
      Atomics.notify(this.slots, Slot.stop);
    };
    const timer = setInterval(() => {
      if (over()) stop();
    }, POLL_MS);
    try {
      const asked = this.threads.map((thread) =>
        thread.ask(message).catch((error: unknown) => {
          stop();
          throw error;
        }),
      );
      // Every thread is waited for, so that none still runs when the next thing is asked.
      await Promise.allSettled(asked);
      return await Promise.all(asked);
    } finally {
      clearInterval(timer);
    }
  }
}

export function createSessionThreads({ script, folder, stopRequested }: ThreadSurroundings): ConcurrentRuntime {
  return {
    async open(count: number, model: ModelSource, options: SessionOptions): Promise<ConcurrentSessions> {
      const control = new SharedArrayBuffer(SLOTS * Int32Array.BYTES_PER_ELEMENT);
      const originNs = process.hrtime.bigint();
      const data: ThreadData = { folder, model, options, parties: count, control, originNs };
      const threads: SessionThread[] = [];
      try {
        // One after the other: at once they would all hold what loading needs on top.
        for (let index = 0; index < count; index++) {
          const thread = new SessionThread(script, data);
          threads.push(thread);
          await thread.next();
        }
      } catch (error) {
        await Promise.all(threads.map((thread) => thread.close()));
        throw error;
      }
      const nowNs = (): number => Number(process.hrtime.bigint() - originNs);
      return new ThreadedSessions(threads, new Int32Array(control), nowNs, stopRequested);
    },
  };
}
