import type { Report } from '../../protocol/report.js';
import type { PartialSection, PhaseProgress, QuantizeRequest, RunOptions } from '../../protocol/worker.js';

/** What a run tells while it goes on. */
export interface RunObserver {
  /** true while another window or the command line measures. */
  queued(waiting: boolean): void;
  progress(progress: PhaseProgress): void;
  partial(partial: PartialSection): void;
}

export interface EngineRun {
  /** The final report, or what was measured when it was stopped. Rejects when it was cancelled or failed. */
  readonly result: Promise<Report>;
  stop(): void;
  cancel(): void;
}

/** What a trial of quantization is asked for; with `output` its plan is written too. */
export type TrialRequest = Pick<QuantizeRequest, 'options' | 'settings' | 'output'>;

/** The runner as the sessions see it. */
export interface Engine {
  inspect(modelPath: string, options: RunOptions, signal: AbortSignal): Promise<Report>;
  profile(modelPath: string, options: RunOptions, observer: RunObserver): EngineRun;
  /** The report has a `quantization` section, and no latency. */
  quantize(modelPath: string, request: TrialRequest, observer: RunObserver): EngineRun;
  /** The report has its `capacity`, and no latency. */
  capacity(modelPath: string, options: RunOptions, observer: RunObserver): EngineRun;
}
