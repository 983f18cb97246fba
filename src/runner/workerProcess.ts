/** One forked worker: started, asked, watched, killed. Every call ends, whatever becomes of the process. */

import { fork, type ChildProcess, type ForkOptions } from 'node:child_process';
import { Socket } from 'node:net';
import type { Disposable } from '../core/common/disposable.js';
import { ExpectedError, RemoteError } from '../core/common/errors.js';
import type { Logger } from '../core/common/logger.js';
import type {
  PartialSection,
  PhaseProgress,
  ProfilePhase,
  ToWorker,
  WorkerCalls,
  WorkerEvent,
} from '../protocol/worker.js';
import { effectiveLimit, limitedCommand, watchResident, type MemoryLimit } from './memoryLimit.js';
import { deathError, memoryLimitError, type Circumstances, type ProcessEnd } from './workerDeath.js';
import type { Failure } from '../protocol/text.js';

export interface WorkerProcessOptions {
  /** Absolute path of the bundle. */
  script: string;
  /** null: what is free. */
  memoryLimitBytes: number | null;
  logger: Logger;
}

export interface CallHandlers {
  onProgress?: (progress: PhaseProgress) => void;
  onPartial?: (partial: PartialSection) => void;
}

interface PendingCall {
  resolve: (result: unknown) => void;
  reject: (error: Error) => void;
  handlers: CallHandlers;
}

const STDERR_TAIL_CHARACTERS = 8192;
/** Time for what is left in the pipes once a process is gone, or its channel is. */
const DRAIN_MS = 500;

function forkOptions(limit: MemoryLimit): ForkOptions & { windowsHide: boolean } {
  return {
    ...limitedCommand(process.execPath, limit),
    // Inside the editor the executable is Electron. Options of our own process (debuggers, loaders) are not the worker's.
    env: { ...process.env, ELECTRON_RUN_AS_NODE: '1', NODE_OPTIONS: '' },
    serialization: 'advanced',
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    windowsHide: true,
  };
}

export class WorkerProcess {
  /** Settles when the process is gone; never rejects. */
  readonly ended: Promise<ProcessEnd>;
  private readonly child: ChildProcess;
  private readonly limit: MemoryLimit;
  private readonly pending = new Map<number, PendingCall>();
  private readonly startedMs = performance.now();
  private readonly watch: Disposable;
  private lastId = 0;
  private phase: ProfilePhase = 'structure';
  private stderrTail = '';
  private failure: Error | null = null;
  private killed = false;

  constructor(private readonly options: WorkerProcessOptions) {
    this.limit = effectiveLimit(options.memoryLimitBytes);
    this.child = fork(options.script, ['--memory-limit', String(this.limit.bytes)], forkOptions(this.limit));
    this.child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      this.stderrTail = (this.stderrTail + text).slice(-STDERR_TAIL_CHARACTERS);
    });
    this.child.on('message', (event) => {
      this.receive(event as WorkerEvent);
    });
    this.child.on('disconnect', () => {
      this.endSoon();
    });
    this.ended = this.watchEnd();
    this.watch = watchResident(this.child.pid ?? 0, this.limit, () => {
      this.kill(memoryLimitError(this.circumstances()));
    });
  }

  /**
   * Rejects with what the worker reported (RemoteError), with the reason given to `kill`, or with an ExpectedError
   * that says how the process ended.
   */
  call<K extends keyof WorkerCalls>(
    request: WorkerCalls[K]['request'],
    handlers: CallHandlers = {},
  ): { id: number; result: Promise<WorkerCalls[K]['result']> } {
    const id = ++this.lastId;
    const result = new Promise<WorkerCalls[K]['result']>((resolve, reject) => {
      if (this.failure) {
        reject(this.failure);
        return;
      }
      this.wake();
      this.pending.set(id, { resolve: resolve as (result: unknown) => void, reject, handlers });
      this.send({ type: 'request', id, request });
    });
    return { id, result };
  }

  /** Read between runs; the call then resolves with what was measured. */
  stop(id: number): void {
    if (this.pending.has(id)) this.send({ type: 'stop', id });
  }

  /** At once, even inside a run; calls under way are rejected with `reason`. */
  kill(reason: Error): void {
    this.fail(reason);
    this.killed = true;
    this.child.kill('SIGKILL');
  }

  /** Idle: it keeps this process's event loop alive no longer, until the next call. */
  rest(): void {
    this.child.unref();
    this.child.channel?.unref();
    if (this.child.stderr instanceof Socket) this.child.stderr.unref();
  }

  /** For a process that is done: it leaves when the channel closes, and is killed when it does not. */
  release(): void {
    if (this.child.connected) this.child.disconnect();
    this.endSoon();
  }

  /** What is known for a message about how it ended. */
  circumstances(): Circumstances {
    return { phase: this.phase, elapsedMs: performance.now() - this.startedMs, limit: this.limit };
  }

  private wake(): void {
    this.child.ref();
    this.child.channel?.ref();
    if (this.child.stderr instanceof Socket) this.child.stderr.ref();
  }

  private send(message: ToWorker): void {
    // Without a channel, and when sending fails, the process's end follows, and rejects the call.
    if (this.child.connected) this.child.send(message, () => undefined);
  }

  private receive(event: WorkerEvent): void {
    if (event.type === 'ready') return;
    if (event.type === 'log') {
      this.options.logger[event.level](event.text);
      return;
    }
    const call = this.pending.get(event.id);
    if (!call) return;
    switch (event.type) {
      case 'progress':
        if (event.progress.state === 'running') this.phase = event.progress.phase;
        call.handlers.onProgress?.(event.progress);
        break;
      case 'partial':
        call.handlers.onPartial?.(event.partial);
        break;
      case 'result':
        this.pending.delete(event.id);
        call.resolve(event.result);
        break;
      case 'error':
        this.pending.delete(event.id);
        this.noteStack(event.failure);
        call.reject(this.remoteError(event.failure));
        break;
    }
  }

  /** What a file or a user can cause is no error of ours. */
  private noteStack({ kind, stack }: Failure): void {
    if (stack !== null) this.options.logger[kind === 'bug' ? 'error' : 'debug'](stack);
  }

  /** The runtime's clean refusal of an allocation beyond the user's limit is that limit at work. */
  private remoteError(failure: RemoteError['failure']): Error {
    const limited = failure.message.code === 'error.runtime.memory' && this.limit.basis === 'user';
    return limited ? memoryLimitError(this.circumstances()) : new RemoteError(failure);
  }

  private fail(reason: Error): void {
    this.failure ??= reason;
    for (const call of this.pending.values()) call.reject(this.failure);
    this.pending.clear();
  }

  /** A process without a channel can answer nothing: it gets a moment to leave. */
  private endSoon(): void {
    const timer = setTimeout(() => {
      this.kill(new ExpectedError('runtime', 'error.worker.channel', { phase: this.phase }));
    }, DRAIN_MS);
    this.child.once('exit', () => {
      clearTimeout(timer);
    });
  }

  private watchEnd(): Promise<ProcessEnd> {
    return new Promise((resolve) => {
      let done = false;
      const finish = (end: Omit<ProcessEnd, 'stderrTail'>): void => {
        if (done) return;
        done = true;
        this.watch.dispose();
        resolve(this.reportEnd({ ...end, stderrTail: this.stderrTail }));
      };
      this.child.on('error', (startError) => {
        // Emitted too when a message cannot be sent or a signal not delivered: then the process is still there.
        if (this.child.pid === undefined) finish({ exitCode: null, signal: null, startError });
      });
      // Not 'close': Node leaves it out once the channel was closed from this side.
      this.child.on('exit', (exitCode, signal) => {
        const end = (): void => {
          finish({ exitCode, signal, startError: null });
        };
        const { stderr } = this.child;
        if (!stderr || stderr.closed) end();
        else stderr.once('close', end);
        setTimeout(end, DRAIN_MS);
      });
    });
  }

  private reportEnd(end: ProcessEnd): ProcessEnd {
    const asExpected = this.killed ? end.signal === 'SIGKILL' : end.exitCode === 0 && this.pending.size === 0;
    if (!asExpected) {
      const how = end.signal ?? `exit code ${String(end.exitCode)}`;
      this.options.logger.error(`The worker process ended (${how}). Standard error:\n${end.stderrTail || '(empty)'}`);
    }
    this.fail(deathError(end, this.circumstances()));
    return end;
  }
}
