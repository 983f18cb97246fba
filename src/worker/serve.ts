/** The worker's end of the channel: requests in, events out, one error boundary. Knows no runtime. */

import { toFailure } from '../core/common/errors.js';
import type { LogLevel } from '../core/common/logger.js';
import type { PhaseProgress, ToWorker, WorkerEvent, WorkerRequest } from '../protocol/worker.js';
import type { Job, JobControl, Jobs } from './jobs.js';

type Unnumbered<E> = E extends { id: number; seq: number } ? Omit<E, 'id' | 'seq'> : never;

/** Rarely enough that drawing it does not disturb what is measured. Changes of state are never held back. */
const PROGRESS_EVERY_MS = 250;
const EXIT_AFTER_BUG = 70;

class Call {
  stopped = false;
  private seq = 0;
  private shown: { key: string; atMs: number } | null = null;

  constructor(readonly id: number) {}

  send(event: Unnumbered<WorkerEvent>, sent: () => void = () => undefined): void {
    const numbered = { ...event, id: this.id, seq: ++this.seq } as WorkerEvent;
    if (process.connected) process.send?.(numbered, sent);
  }

  readonly control: JobControl = {
    stopRequested: () => this.stopped,
    progress: (progress) => {
      if (this.isDue(progress)) this.send({ type: 'progress', progress });
    },
    partial: (partial) => {
      this.send({ type: 'partial', partial });
    },
    log: {
      debug: (text) => {
        this.log('debug', text);
      },
      info: (text) => {
        this.log('info', text);
      },
      warn: (text) => {
        this.log('warn', text);
      },
    },
  };

  private log(level: LogLevel, text: string): void {
    this.send({ type: 'log', level, text });
  }

  private isDue({ phase, state, round, scenario }: PhaseProgress): boolean {
    const key = `${scenario?.index ?? ''} ${phase} ${state} ${round?.index ?? ''}`;
    const nowMs = performance.now();
    if (key === this.shown?.key && nowMs - this.shown.atMs < PROGRESS_EVERY_MS) return false;
    this.shown = { key, atMs: nowMs };
    return true;
  }
}

async function answer(jobs: Jobs, call: Call, request: WorkerRequest): Promise<void> {
  try {
    // A table by kind: the job of a kind takes that kind's request, which the types cannot follow.
    const job = jobs[request.kind] as Job<WorkerRequest['kind']> | undefined;
    if (!job) throw new Error(`this process does not serve '${request.kind}'`);
    call.send({ type: 'result', result: await job(request, call.control) });
  } catch (error) {
    call.send({ type: 'error', failure: toFailure(error) });
  }
}

/** Serves until the parent closes the channel or is gone. */
export function serve(jobs: Jobs): void {
  const calls = new Map<number, Call>();
  process.on('message', (message) => {
    const incoming = message as ToWorker;
    if (incoming.type === 'stop') {
      const call = calls.get(incoming.id);
      if (call) call.stopped = true;
      return;
    }
    const call = new Call(incoming.id);
    calls.set(call.id, call);
    void answer(jobs, call, incoming.request).finally(() => calls.delete(call.id));
  });
  process.on('disconnect', () => process.exit(0));
  // In a terminal Ctrl+C reaches this process too; what it means is for the parent to say.
  process.on('SIGINT', () => undefined);
  // Outside every call: nobody awaits it, so it would otherwise be a silent exit.
  process.on('uncaughtException', (error) => {
    const exit = (): never => process.exit(EXIT_AFTER_BUG);
    for (const call of calls.values()) call.send({ type: 'error', failure: toFailure(error) });
    if (process.connected) process.send?.({ type: 'ready' } satisfies WorkerEvent, exit);
    else exit();
  });
  process.send?.({ type: 'ready' } satisfies WorkerEvent);
}
