/** One profile from the lane to the report: the worker that measures, then fresh processes for the peak memory. */

import type { Disposable } from '../core/common/disposable.js';
import { CancelledError } from '../core/common/errors.js';
import type { Logger } from '../core/common/logger.js';
import type { Report } from '../protocol/report.js';
import type {
  Host,
  LoadTestRequest,
  PartialSection,
  PhaseProgress,
  ProfileRequest,
  QuantizeRequest,
} from '../protocol/worker.js';
import type { LaneHolder, MeasuringLane } from './measuringLane.js';
import { measureMemory, withoutPeakResident, withScenario, type AskForMemory } from './memoryMeasurement.js';
import { createTemporaryFolder, removeTemporaryFolder } from './temporaryFolders.js';
import { type PlanMemory, withPlanMemory } from './planMemory.js';
import { withReplicaMemory } from './replicaMemory.js';
import { timeLimitError } from './workerDeath.js';
import { WorkerProcess } from './workerProcess.js';

/** What one call measures: a profile, or what one of the other fields asks for instead. */
export interface CallRequest extends Pick<ProfileRequest, 'modelPath' | 'options'> {
  /** The plans of a quantization. */
  quantize?: Pick<QuantizeRequest, 'settings' | 'output'>;
  /** What this machine carries. */
  capacity?: true;
  /** Requests at random moments. */
  loadTest?: Pick<LoadTestRequest, 'settings' | 'capacity'>;
}

export interface ProfileHandlers {
  /** Another measurement is under way on this machine; told once for each. */
  onQueued?: (holder: LaneHolder) => void;
  onProgress?: (progress: PhaseProgress) => void;
  onPartial?: (partial: PartialSection) => void;
}

export interface ProfileControl {
  /** Cancels. */
  signal?: AbortSignal;
  /** Of the whole measurement, waiting for the lane excluded; none by default: the user sees it and can cancel. */
  timeLimitMs?: number;
}

export interface ProfileSurroundings {
  script: string;
  temporaryRoot: string;
  cacheFolder: string | null;
  lane: MeasuringLane;
  logger: Logger;
  host: () => Promise<Host>;
  /** Peak of an empty worker, once for all calls of a runner. */
  emptyBytes: (ask: AskForMemory) => Promise<number>;
}

/** A process that is killed is gone within milliseconds; one that hangs in the system does not hold the answer back. */
const LEAVE_MS = 500;

export class ProfileCall {
  readonly result: Promise<Report>;
  private readonly aborted = new AbortController();
  private worker: WorkerProcess | null = null;
  private stage: 'queued' | 'profile' | 'memory' = 'queued';
  private stopProfile: (() => void) | null = null;
  private stopped = false;
  private startedMs = 0;
  private reason: Error = new CancelledError();

  constructor(
    private readonly request: CallRequest,
    private readonly handlers: ProfileHandlers,
    private readonly control: ProfileControl,
    private readonly surroundings: ProfileSurroundings,
  ) {
    // Not before the caller holds the call: handlers may use it.
    this.result = Promise.resolve().then(() => this.run());
  }

  /** Ends after the run under way, with what was measured; while waiting for the lane there is nothing to keep. */
  stop(): void {
    this.stopped = true;
    if (this.stage === 'queued') this.cancel();
    else if (this.stage === 'profile') this.stopProfile?.();
    // The profile is complete but for its peak memory, which stays unknown.
    else this.worker?.kill(new CancelledError());
  }

  /** The result rejects within a moment, even inside a run. */
  cancel(): void {
    this.end(new CancelledError());
  }

  private end(reason: Error): void {
    if (this.aborted.signal.aborted) return;
    this.reason = reason;
    this.aborted.abort();
    this.worker?.kill(reason);
  }

  private async run(): Promise<Report> {
    const { signal } = this.control;
    const abort = (): void => {
      this.cancel();
    };
    signal?.addEventListener('abort', abort, { once: true });
    if (signal?.aborted) abort();
    let lane: Disposable | null = null;
    try {
      lane = await this.surroundings.lane.acquire(this.aborted.signal, (holder) => this.handlers.onQueued?.(holder));
      return await this.measure();
    } finally {
      lane?.dispose();
      signal?.removeEventListener('abort', abort);
    }
  }

  private async measure(): Promise<Report> {
    const { timeLimitMs } = this.control;
    this.startedMs = performance.now();
    const timer = timeLimitMs === undefined ? undefined : setTimeout(this.onTimeLimit, timeLimitMs);
    try {
      this.stage = 'profile';
      if (this.request.quantize) return await this.quantize(this.request.quantize);
      const report = await this.profile(null);
      this.stage = 'memory';
      if (this.stopped || this.request.loadTest) return report;
      return await (this.request.capacity ? this.addReplicaMemory(report) : this.addMemory(report));
    } finally {
      clearTimeout(timer);
    }
  }

  private readonly onTimeLimit = (): void => {
    const elapsedMs = performance.now() - this.startedMs;
    const phase = this.worker?.circumstances().phase ?? 'session';
    this.end(timeLimitError({ phase, elapsedMs, limit: null }));
  };

  /** The plans' models outlive the process that made them: the memory of each is that of a process of its own. */
  private async quantize({ settings }: NonNullable<CallRequest['quantize']>): Promise<Report> {
    const folder = await createTemporaryFolder(this.surroundings.temporaryRoot);
    try {
      // A plan that is only written was measured before.
      const report = await this.profile(settings.plan === null ? folder : null);
      this.stage = 'memory';
      if (this.stopped || settings.plan !== null) return report;
      return await withPlanMemory(report, { ...this.memoryOfMore(), folder });
    } finally {
      await removeTemporaryFolder(folder);
    }
  }

  private addReplicaMemory(report: Report): Promise<Report> {
    return withReplicaMemory(report, this.memoryOfMore());
  }

  /** How further processes are asked for their memory, whatever they run. */
  private memoryOfMore(): Omit<PlanMemory, 'folder'> {
    const { logger, emptyBytes } = this.surroundings;
    const { modelPath, options } = this.request;
    return {
      modelPath,
      options,
      ask: this.ask,
      emptyBytes: () => emptyBytes(this.ask),
      stopped: () => this.stopped,
      progress: (done, total) => {
        const state = done === total ? 'done' : 'running';
        const counts = { done, total, unit: 'runs', round: null, remainingMs: null } as const;
        this.handlers.onProgress?.({ phase: 'memory', state, ...counts });
      },
      failed: (error) => {
        if (this.aborted.signal.aborted) throw error;
        logger.warn(`Peak memory was not measured: ${String(error)}`);
      },
    };
  }

  private async profile(plansFolder: string | null): Promise<Report> {
    const { cacheFolder, host } = this.surroundings;
    const { environment, machineId } = await host();
    return this.inWorker((worker, temporaryFolder) => {
      const { modelPath, options } = this.request;
      const shared = { modelPath, options, temporaryFolder, host: { environment, machineId }, cacheFolder };
      const call = this.begin(worker, shared, plansFolder);
      this.stopProfile = () => {
        worker.stop(call.id);
      };
      if (this.stopped) this.stopProfile();
      return call.result;
    });
  }

  private begin(
    worker: WorkerProcess,
    shared: Omit<ProfileRequest, 'kind'>,
    plansFolder: string | null,
  ): { id: number; result: Promise<Report> } {
    const { quantize, capacity, loadTest } = this.request;
    if (quantize)
      return worker.call<'quantize'>({ kind: 'quantize', ...shared, ...quantize, plansFolder }, this.handlers);
    const { modelPath, options, temporaryFolder, host } = shared;
    const measured = { modelPath, options, temporaryFolder, host };
    if (capacity) return worker.call<'capacity'>({ kind: 'capacity', ...measured }, this.handlers);
    if (loadTest) return worker.call<'loadTest'>({ kind: 'loadTest', ...measured, ...loadTest }, this.handlers);
    return worker.call<'profile'>({ kind: 'profile', ...shared }, this.handlers);
  }

  private readonly ask: AskForMemory = async (request) => {
    const { peakResidentBytes } = await this.inWorker(
      (worker, temporaryFolder) => worker.call<'memory'>({ kind: 'memory', ...request, temporaryFolder }).result,
    );
    return peakResidentBytes;
  };

  private async addMemory(complete: Report): Promise<Report> {
    let report = complete;
    const measured = report.scenarios.filter((scenario) => scenario.latency !== null);
    const progress = (state: PhaseProgress['state'], done: number): void => {
      const total = measured.length;
      const round = total > 1 ? { index: Math.min(done, total - 1), total } : null;
      this.handlers.onProgress?.({ phase: 'memory', state, done, total, unit: 'runs', round, remainingMs: null });
    };
    for (const [index, scenario] of measured.entries()) {
      if (this.stopped) break;
      progress('running', index);
      const { modelPath, options } = this.request;
      const emptyBytes = (): Promise<number> => this.surroundings.emptyBytes(this.ask);
      const value = await measureMemory(scenario, { modelPath, options, ask: this.ask, emptyBytes }).catch(
        (error: unknown) => {
          // The profile stands without it; only cancelling and the time limit end the whole call.
          if (this.aborted.signal.aborted) throw error;
          this.surroundings.logger.warn(`Peak memory was not measured: ${String(error)}`);
          return withoutPeakResident(scenario);
        },
      );
      report = withScenario(report, value);
      this.handlers.onPartial?.({ section: 'scenario', value });
    }
    progress('done', measured.length);
    return report;
  }

  /** A fresh process and a private folder for one piece of work; both are gone afterwards. */
  private async inWorker<T>(work: (worker: WorkerProcess, temporaryFolder: string) => Promise<T>): Promise<T> {
    const { script, temporaryRoot, logger } = this.surroundings;
    const folder = await createTemporaryFolder(temporaryRoot);
    let worker: WorkerProcess | null = null;
    try {
      if (this.aborted.signal.aborted) throw this.reason;
      worker = new WorkerProcess({ script, memoryLimitBytes: this.request.options.memoryLimitBytes, logger });
      this.worker = worker;
      return await work(worker, folder);
    } finally {
      await this.leave(worker, folder);
    }
  }

  private async leave(worker: WorkerProcess | null, folder: string): Promise<void> {
    this.worker = null;
    if (!worker) {
      await removeTemporaryFolder(folder);
      return;
    }
    worker.release();
    const gone = worker.ended.then(() => removeTemporaryFolder(folder));
    if (!this.aborted.signal.aborted) await gone;
    else await Promise.race([gone, new Promise((resolve) => setTimeout(resolve, LEAVE_MS))]);
  }
}
