import type { ExperimentLog } from '../core/analysis/types.js';
import type { PartialSection, PhaseProgress, WorkerCalls, WorkerKind } from '../protocol/worker.js';

/** What a job may say and ask while it works. */
export interface JobControl {
  /** Read between runs; true after the user asked to keep what was measured. */
  stopRequested(): boolean;
  progress(progress: PhaseProgress): void;
  partial(partial: PartialSection): void;
  log: ExperimentLog;
}

export type Job<K extends WorkerKind> = (
  request: WorkerCalls[K]['request'],
  control: JobControl,
) => Promise<WorkerCalls[K]['result']>;

/** A process serves some kinds of requests; asking it for another is a bug. */
export type Jobs = { readonly [K in WorkerKind]?: Job<K> };
