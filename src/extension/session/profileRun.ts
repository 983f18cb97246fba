import type { Report, Scenario } from '../../protocol/report.js';
import type { PageRun } from '../../protocol/webview.js';
import type { PartialSection, PhaseProgress, ProfilePhase, RunOptions } from '../../protocol/worker.js';
import type { Engine, EngineRun } from './engine.js';

const PHASES: readonly ProfilePhase[] = [
  'structure',
  'session',
  'shapes',
  'firstTrace',
  'latency',
  'trace',
  'roofline',
  'memory',
];

export interface RunListener {
  changed(): void;
  /** A newer draft of the report. */
  draft(report: Report): void;
}

/** One run of one model: started by its construction, ended by its result, by stop, cancel or dispose. */
export class ProfileRun {
  readonly result: Promise<Report>;
  readonly #run: EngineRun;
  readonly #phases = new Map<ProfilePhase, PhaseProgress>(PHASES.map((phase) => [phase, waiting(phase)]));
  readonly #startedAt: number;
  #state: PageRun['state'] = 'running';
  #draft: Report | null;
  #remaining: { ms: number; at: number } | null = null;
  #ended = false;

  constructor(
    engine: Engine,
    modelPath: string,
    options: RunOptions,
    base: Report | null,
    private readonly listener: RunListener,
    private readonly now: () => number = Date.now,
  ) {
    this.#startedAt = now();
    this.#draft = base;
    this.#run = engine.profile(modelPath, options, {
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
    const { ms, at } = this.#remaining ?? { ms: null, at: 0 };
    return {
      state: this.#state,
      phases: [...this.#phases.values()],
      startedAt: new Date(this.#startedAt).toISOString(),
      elapsedMs: this.elapsedMs,
      remainingMs: ms === null ? null : Math.max(0, ms - (this.now() - at)),
    };
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
