/** The inspecting lane: its own process, without the runtime, kept warm for a while; never waits for a measurement. */

import type { Disposable } from '../core/common/disposable.js';
import { CancelledError } from '../core/common/errors.js';
import type { Logger } from '../core/common/logger.js';
import type { WorkerCalls } from '../protocol/worker.js';
import { timeLimitError } from './workerDeath.js';
import { WorkerProcess } from './workerProcess.js';

/** What needs no runtime. */
type Kind = 'inspect' | 'scan' | 'importTrace';

/** How long the process stays after its last answer: opening several models in a row starts it once. */
const IDLE_MS = 30_000;
/** Reading structure takes a second at the very most; a file made to take for ever must not block the lane. */
const TIME_LIMIT_MS = 120_000;

export class InspectingLane implements Disposable {
  private worker: WorkerProcess | null = null;
  private idle: NodeJS.Timeout | null = null;
  /** One after the other: a process that is killed for one request takes no other with it. */
  private last: Promise<unknown> = Promise.resolve();
  private disposed = false;

  constructor(
    private readonly script: string,
    private readonly logger: Logger,
    private readonly timeLimitMs = TIME_LIMIT_MS,
  ) {}

  /** Rejects with CancelledError within a moment of the signal. */
  call<K extends Kind>(request: WorkerCalls[K]['request'], signal?: AbortSignal): Promise<WorkerCalls[K]['result']> {
    const turn = this.last.then(() => this.callNow<K>(request, signal));
    this.last = turn.catch(() => undefined);
    if (!signal) return turn;
    return new Promise((resolve, reject) => {
      // Still in the queue, or under way: the caller need not wait for the turn.
      const abort = (): void => {
        reject(new CancelledError());
      };
      if (signal.aborted) abort();
      signal.addEventListener('abort', abort, { once: true });
      turn.then(resolve, reject).finally(() => {
        signal.removeEventListener('abort', abort);
      });
    });
  }

  dispose(): void {
    this.disposed = true;
    this.endWorker(new CancelledError());
  }

  private async callNow<K extends Kind>(
    request: WorkerCalls[K]['request'],
    signal?: AbortSignal,
  ): Promise<WorkerCalls[K]['result']> {
    if (this.disposed || signal?.aborted) throw new CancelledError();
    const worker = this.warmWorker();
    const abort = (): void => {
      this.endWorker(new CancelledError());
    };
    signal?.addEventListener('abort', abort, { once: true });
    const limit = setTimeout(() => {
      this.endWorker(timeLimitError(worker.circumstances()));
    }, this.timeLimitMs);
    try {
      return await worker.call<K>(request).result;
    } finally {
      clearTimeout(limit);
      signal?.removeEventListener('abort', abort);
      this.restSoon();
    }
  }

  private warmWorker(): WorkerProcess {
    if (this.idle) clearTimeout(this.idle);
    if (this.worker) return this.worker;
    const worker = new WorkerProcess({ script: this.script, memoryLimitBytes: null, logger: this.logger });
    void worker.ended.then(() => {
      if (this.worker === worker) this.worker = null;
    });
    this.worker = worker;
    return worker;
  }

  private restSoon(): void {
    if (this.idle) clearTimeout(this.idle);
    this.idle = setTimeout(() => {
      this.worker?.release();
      this.worker = null;
    }, IDLE_MS);
    this.idle.unref();
    this.worker?.rest();
  }

  private endWorker(reason: Error): void {
    this.worker?.kill(reason);
    this.worker = null;
  }
}
