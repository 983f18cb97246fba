import type { Report, Scenario } from '../../protocol/report.js';
import type { PageRun, RunTask } from '../../protocol/webview.js';
import type { PartialSection, PhaseProgress, ProfilePhase, RunOptions } from '../../protocol/worker.js';
import type { Engine, EngineRun, RunObserver, TrialRequest } from './engine.js';

const TRIAL_PHASES: readonly ProfilePhase[] = [
  'preprocess',
  'calibration',
  'layerSpeed',
  'sensitivity',
  'plans',
  'write',
];
const PRUNING_PHASES: readonly ProfilePhase[] = ['preprocess', 'calibration', 'layerSpeed', 'pruning'];
const PROFILE_PHASES: readonly ProfilePhase[] = [
  'structure',
  'session',
  'shapes',
  'firstTrace',
  'latency',
  'trace',
  'roofline',
  'memory',
];

/** What one run does. */
export interface Work {
  task: RunTask;
  /** In their order, before they begin. */
  phases: readonly ProfilePhase[];
  /** About how long it takes, where the engine does not tell; null when unknown. */
  aboutSeconds: number | null;
  start(observer: RunObserver): EngineRun;
}

export const profiling = (engine: Engine, modelPath: string, options: RunOptions): Work => ({
  task: 'profile',
  phases: PROFILE_PHASES,
  aboutSeconds: null,
  start: (observer) => engine.profile(modelPath, options, observer),
});

/** What this machine carries. */
export const measuringCapacity = (engine: Engine, modelPath: string, options: RunOptions): Work => ({
  task: 'capacity',
  phases: ['capacity'],
  aboutSeconds: options.budgetSeconds,
  start: (observer) => engine.capacity(modelPath, options, observer),
});

/** What of quantization a request asks for. */
export const taskOf = ({ settings, output }: TrialRequest): RunTask =>
  settings.only ?? (output ? 'saveQuantized' : 'quantization');

function trialPhases({ settings, options, output }: TrialRequest): readonly ProfilePhase[] {
  if (settings.only === 'alternatives') return ['alternatives'];
  if (settings.only === 'pruning') return PRUNING_PHASES;
  const sensitivity = options.inputs.length > 0 && settings.plan === null;
  return TRIAL_PHASES.filter(
    (phase) => (phase !== 'sensitivity' || sensitivity) && (phase !== 'write' || output !== null),
  );
}

/** A trial, with an output the writing of one plan, or what else is asked for of it. */
export function quantizing(engine: Engine, modelPath: string, request: TrialRequest, seconds: number | null): Work {
  return {
    task: taskOf(request),
    phases: trialPhases(request),
    aboutSeconds: seconds,
    start: (observer) => engine.quantize(modelPath, request, observer),
  };
}

export interface RunListener {
  changed(): void;
  /** A newer draft of the report. */
  draft(report: Report): void;
}

/** One run of one model: started by its construction, ended by its result, by stop, cancel or dispose. */
export class ProfileRun {
  readonly result: Promise<Report>;
  readonly #run: EngineRun;
  readonly #phases: Map<ProfilePhase, PhaseProgress>;
  #startedAt: number;
  #state: PageRun['state'] = 'running';
  #draft: Report | null;
  #remaining: { ms: number; at: number } | null = null;
  #ended = false;

  constructor(
    private readonly work: Work,
    base: Report | null,
    private readonly listener: RunListener,
    private readonly now: () => number = Date.now,
  ) {
    this.#startedAt = now();
    this.#draft = base;
    this.#phases = new Map(work.phases.map((phase) => [phase, waiting(phase)]));
    this.#run = work.start({
      queued: (isWaiting) => {
        this.#enter(isWaiting ? 'queued' : 'running');
      },
      progress: (progress) => {
        this.#progress(progress);
      },
      partial: (partial) => {
        this.#partial(partial);
      },
    });
    this.result = this.#run.result.finally(() => {
      this.#ended = true;
    });
  }

  get elapsedMs(): number {
    return this.now() - this.#startedAt;
  }

  /** As the page and the status bar show it. */
  get state(): PageRun {
    return {
      task: this.work.task,
      state: this.#state,
      phases: [...this.#phases.values()],
      startedAt: new Date(this.#startedAt).toISOString(),
      elapsedMs: this.elapsedMs,
      remainingMs: this.#remainingMs,
    };
  }

  /** As the engine tells; else what is left of the estimate, and null once that has passed. */
  get #remainingMs(): number | null {
    if (this.#remaining) return Math.max(0, this.#remaining.ms - (this.now() - this.#remaining.at));
    const { aboutSeconds } = this.work;
    const left = aboutSeconds === null || this.#state === 'queued' ? 0 : aboutSeconds * 1000 - this.elapsedMs;
    return left > 0 ? left : null;
  }

  /** Keeps what was measured so far; the result follows. */
  stop(): void {
    if (this.#ended || this.#state === 'stopping') return;
    this.#enter('stopping');
    this.#run.stop();
  }

  cancel(): void {
    if (!this.#ended) this.#run.cancel();
  }

  dispose(): void {
    this.cancel();
  }

  #enter(state: PageRun['state']): void {
    if (this.#state === 'stopping') return;
    // The estimate counts from when it really begins.
    if (this.#state === 'queued') this.#startedAt = this.now();
    this.#state = state;
    this.listener.changed();
  }

  #progress(progress: PhaseProgress): void {
    this.#phases.set(progress.phase, progress);
    if (progress.remainingMs !== null) this.#remaining = { ms: progress.remainingMs, at: this.now() };
    this.listener.changed();
  }

  #partial(partial: PartialSection): void {
    if (partial.section === 'report') this.#draft = partial.value;
    else if (this.#draft === null) return;
    else if (partial.section === 'model') this.#draft = { ...this.#draft, model: partial.value };
    else this.#draft = { ...this.#draft, status: 'partial', scenarios: replaced(this.#draft.scenarios, partial.value) };
    this.listener.draft(this.#draft);
  }
}

function waiting(phase: ProfilePhase): PhaseProgress {
  return { phase, state: 'waiting', done: null, total: null, unit: null, round: null, remainingMs: null };
}

function replaced(scenarios: readonly Scenario[], scenario: Scenario): Scenario[] {
  const known = scenarios.some((each) => each.id === scenario.id);
  return known ? scenarios.map((each) => (each.id === scenario.id ? scenario : each)) : [...scenarios, scenario];
}
