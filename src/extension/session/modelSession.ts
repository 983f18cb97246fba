import { freemem } from 'node:os';
import * as vscode from 'vscode';

import { CancelledError, toFailure } from '../../core/common/errors.js';
import type { Report } from '../../protocol/report.js';
import type { Failure } from '../../protocol/text.js';
import { hasTried, keepQuantization, withQuantization } from '../../core/report/mergeQuantization.js';
import type { PageChoices, PageRun, RunNeeds, RunTask } from '../../protocol/webview.js';
import type { RunOptions } from '../../protocol/worker.js';
import { ShownComparison } from '../compare/shownComparison.js';
import { Owner } from '../platform/owner.js';
import { mergePicks, type NextRun, pageChoices, runOptions, type Picks } from './choices.js';
import { hasChangedSince, profiledOf } from '../../store/changedSince.js';
import { withCapacity } from './capacityOf.js';
import type { TrialRequest } from './engine.js';
import { KeptRuns } from './keptRuns.js';
import { isMeasured } from './measured.js';
import { isLarge, needsOf } from './needs.js';
import { ShownCost } from './shownCost.js';
import type { ProfileOutcome, RunOverrides, SessionChange, SessionServices, TrialOutcome } from './sessionTypes.js';
import { measuringCapacity, ProfileRun, profiling, quantizing, taskOf, type Work } from './profileRun.js';
import { openStored } from './storedReports.js';
import { trialSeconds } from './trialRequest.js';
import { watchFile } from './watchFile.js';
import { sharedSettings } from './workspaceFiles.js';

export type * from './sessionTypes.js';

/** Everything about one model file in this window: what is known, what runs, what the next run would use. */
export class ModelSession extends Owner {
  readonly #changed = this.own(new vscode.EventEmitter<SessionChange>());
  readonly onDidChange = this.#changed.event;
  readonly comparison = new ShownComparison(this.#changed);
  readonly cost = new ShownCost(this.#changed);
  /** Kept runs of the model, as of the last look. */
  readonly kept: KeptRuns;
  #report: Report | null = null;
  #failure: Failure | null = null;
  #failedTask: RunTask = 'profile';
  #run: ProfileRun | null = null;
  #inspecting: AbortController | null = null;
  #starting = false;
  #picks: Picks = {};
  #options: NextRun | null = null;
  #stale = false;
  #lastRunSeconds: number | null = null;
  /** Of the run that took `#lastRunSeconds`: with other dimensions the next one takes another time. */
  #lastRunMacs: number | null = null;
  #opening: Promise<void> | null = null;

  constructor(
    readonly uri: vscode.Uri,
    private readonly services: SessionServices,
  ) {
    super();
    this.kept = new KeptRuns(services.store, uri.fsPath, () => {
      if (!this.isDisposed) this.#changed.fire('state');
    });
    this.own(watchFile(uri, () => void this.checkStale()));
    this.own({
      dispose: () => {
        this.cancel();
      },
    });
  }

  get report(): Report | null {
    return this.#report;
  }
  get failure(): Failure | null {
    return this.#failure;
  }
  /** What `failure` is of. */
  get failedTask(): RunTask {
    return this.#failedTask;
  }
  get run(): PageRun | null {
    return this.#run?.state ?? null;
  }
  get isBusy(): boolean {
    return this.#run !== null || this.#inspecting !== null;
  }
  /** What is shown is about to give way to a run. */
  get isStarting(): boolean {
    return this.#starting && this.#run === null;
  }
  /** Set when the file is another one than was profiled. */
  get stale(): { lastRunSeconds: number | null } | null {
    return this.#stale ? { lastRunSeconds: this.#lastRunSeconds } : null;
  }
  get options(): RunOptions | null {
    return this.#options;
  }

  get choices(): PageChoices | null {
    return this.#options && pageChoices(this.#options, this.#report);
  }

  get needs(): RunNeeds | null {
    return this.#report && this.#options && this.#needsOf(this.#report, this.#options);
  }

  /** About how long a trial of quantization takes. */
  get trialSeconds(): number | null {
    return trialSeconds(this.#report, this.#options);
  }

  /** Shows what is known: the newest stored report, else the structure. Does nothing while something is known. */
  async open(): Promise<void> {
    if (this.#report || this.isBusy) return;
    this.#opening ??= this.#open().finally(() => {
      this.#opening = null;
    });
    await this.#opening;
  }

  /** Shows a report that was measured before, here or elsewhere. */
  async show(report: Report, runSeconds: number | null): Promise<void> {
    if (this.isBusy) return;
    this.#options = await this.#collectOptions();
    this.#setReport(report, runSeconds);
    await this.checkStale();
    await this.kept.refresh();
  }

  /** Reads the structure without running; the measured report, if any, gives way. */
  async inspect(): Promise<void> {
    if (this.isBusy) return;
    await this.#attempt(async () => {
      this.#options = await this.#collectOptions();
      this.#setReport(await this.#inspect(this.#options), null);
    });
  }

  /** Measures. Ends with 'failed' after any error but cancelling: `failure` says which. */
  async profile(overrides: RunOverrides = {}): Promise<ProfileOutcome> {
    if (this.isBusy) return 'alreadyRunning';
    const before = { report: this.#report, runSeconds: this.#lastRunSeconds };
    const tried = this.#stale ? null : this.#report;
    let outcome: ProfileOutcome = 'measured';
    await this.#attempt(async () => {
      this.#options = { ...(await this.#collectOptions()), ...overrides };
      const structure = await this.#inspect(this.#options);
      if (before.report?.status === 'static') before.report = structure;
      outcome = await this.#measureAsked(structure, this.#options, tried);
    });
    if (this.#failure !== null) outcome = this.#failure.kind === 'cancelled' ? 'cancelled' : 'failed';
    if (outcome === 'cancelled') this.#failure = null;
    if (outcome === 'cancelled' && before.report) this.#setReport(before.report, before.runSeconds);
    await this.#settle();
    return outcome;
  }

  /**
   * Tries quantization, or writes one plan, as `ask` says of the options of the next run. What a trial finds goes into
   * the report; what was known stays, however it ends.
   */
  async quantize(ask: (next: NextRun) => TrialRequest, task: RunTask = 'quantization'): Promise<TrialOutcome> {
    if (this.isBusy) return { kind: 'alreadyRunning', report: null };
    await this.checkStale();
    const found: Report[] = [];
    await this.#attempt(async () => {
      const known = this.#stale ? null : this.#report;
      this.#options = await this.#collectOptions();
      const base = known ?? (await this.#inspect(this.#options));
      if (!known) this.#setReport(base, null);
      found.push(await this.#tryQuantization(base, ask(this.#options)));
    }, task);
    const cancelled = this.#failure?.kind === 'cancelled';
    if (cancelled) this.#failure = null;
    await this.#settle();
    const [report] = found;
    return report ? { kind: 'tried', report } : { kind: cancelled ? 'cancelled' : 'failed', report: null };
  }

  /** Measures what this machine carries, beside what is known already. */
  async measureCapacity(): Promise<void> {
    const base = this.#report;
    if (this.isBusy || !base) return;
    await this.#attempt(async () => {
      const options = await this.#collectOptions();
      const work = measuringCapacity(this.services.engine, this.uri.fsPath, options);
      const report = withCapacity(base, (await this.#carryOut(work, base)).report);
      this.#report = report;
      await this.#keep(report);
    }, 'capacity');
    if (this.#failure?.kind === 'cancelled') this.#failure = null;
    await this.#settle();
  }

  /** Something more is known of what the report tells. */
  async amend(report: Report): Promise<void> {
    this.#report = report;
    this.#changed.fire('state');
    await this.#keep(report);
  }

  /** Keeps what was measured so far. */
  stop(): void {
    this.#run?.stop();
  }

  cancel(): void {
    this.#inspecting?.abort(new CancelledError());
    this.#run?.cancel();
  }

  /** Takes effect with the next run, and is remembered for later windows. */
  async pick(picks: Picks): Promise<void> {
    this.#picks = mergePicks(this.#picks, picks);
    await this.services.lastUsed.set(this.uri, mergePicks(this.services.lastUsed.get(this.uri), picks));
    this.#options = await this.#collectOptions();
    this.#changed.fire('state');
  }

  async checkStale(): Promise<void> {
    if (!this.#report || this.#report.status === 'static' || this.isBusy) return;
    const profiled = profiledOf(this.#report);
    const stale = await hasChangedSince(profiled, this.uri.fsPath).catch(() => false);
    if (stale === this.#stale || this.isDisposed) return;
    this.#stale = stale;
    this.#changed.fire('state');
  }

  /** Ends an attempt: while it went on, nobody looked whether the file changed. */
  async #settle(): Promise<void> {
    this.#changed.fire('state');
    await this.checkStale();
  }

  async #open(): Promise<void> {
    this.#options = await this.#collectOptions();
    const known = await openStored(this.services.store, this.uri.fsPath, this.services.log);
    if (this.isBusy) return;
    if (known) await this.show(known.report, known.stored.runSeconds);
    else await this.inspect();
  }

  /** Whatever goes wrong becomes `failure`. */
  async #attempt(action: () => Promise<void>, task: RunTask = 'profile'): Promise<void> {
    this.#failure = null;
    this.#failedTask = task;
    this.#inspecting = new AbortController();
    this.#starting = true;
    this.#changed.fire('state');
    try {
      await action();
    } catch (error) {
      this.#failure = toFailure(error);
    } finally {
      this.#inspecting = null;
      this.#starting = false;
      this.#changed.fire('state');
    }
  }

  async #collectOptions(): Promise<NextRun> {
    return runOptions({
      picks: this.#picks,
      workspaceFile: await sharedSettings(this.uri),
      lastUsed: this.services.lastUsed.get(this.uri),
      settings: this.services.readSettings(this.uri),
    });
  }

  async #inspect(options: RunOptions): Promise<Report> {
    const signal = this.#inspecting?.signal ?? new AbortController().signal;
    const report = await this.services.engine.inspect(this.uri.fsPath, options, signal);
    signal.throwIfAborted();
    return report;
  }

  async #measureAsked(structure: Report, options: RunOptions, tried: Report | null): Promise<ProfileOutcome> {
    const needs = this.#needsOf(structure, options);
    const large = needs && isLarge(needs, options.budgetSeconds) ? needs : null;
    // While the question stands, what is shown stays.
    this.#starting = large === null;
    if (large) this.#changed.fire('state');
    const answer = large ? await this.services.confirm(large) : 'profile';
    this.#inspecting?.signal.throwIfAborted();
    if (answer === 'cancel') throw new CancelledError();
    this.#setReport(structure, null);
    if (answer === 'inspect') return 'inspected';
    await this.#measure(structure, options, tried);
    return 'measured';
  }

  async #measure(structure: Report, options: RunOptions, tried: Report | null): Promise<void> {
    const draft = (report: Report): void => {
      this.#report = report;
      this.#changed.fire('report');
    };
    try {
      const work = profiling(this.services.engine, this.uri.fsPath, options);
      const measured = await this.#carryOut(work, structure, draft);
      const report = keepQuantization(tried, measured.report);
      // Stopped before the first figure: there is nothing to keep, and what was known before stays.
      if (!isMeasured(report)) throw new CancelledError();
      this.#setReport(report, measured.seconds);
      await this.#keep(report);
    } catch (error) {
      // What the draft shows is gone with the process; the structure still holds.
      this.#report = structure;
      throw error;
    }
  }

  async #tryQuantization(base: Report, request: TrialRequest): Promise<Report> {
    const { engine } = this.services;
    const seconds = taskOf(request) !== 'quantization' ? null : trialSeconds(base, request.options);
    const { report: trial } = await this.#carryOut(quantizing(engine, this.uri.fsPath, request, seconds), base);
    if (!hasTried(trial)) throw new CancelledError();
    if (request.output) return trial;
    this.#setReport(withQuantization(base, trial), null);
    await this.#keep(this.#report ?? trial);
    return trial;
  }

  /** Without `draft` what was measured before stays on the page meanwhile. */
  async #carryOut(work: Work, base: Report, draft: (report: Report) => void = () => undefined) {
    const changed = (): void => {
      this.#changed.fire('run');
    };
    const run = new ProfileRun(work, base, { changed, draft });
    this.#run = run;
    this.#changed.fire('state');
    try {
      return { report: await run.result, seconds: run.elapsedMs / 1000 };
    } finally {
      this.#run = null;
    }
  }

  async #keep(report: Report): Promise<void> {
    await this.kept.keep(report, this.#lastRunSeconds, this.services.readSettings(this.uri));
  }

  #setReport(report: Report, runSeconds: number | null): void {
    this.#report = report;
    this.#stale = false;
    if (runSeconds !== null) {
      this.#lastRunSeconds = runSeconds;
      this.#lastRunMacs = macsOf(report);
    }
    this.#changed.fire('state');
  }

  #needsOf(report: Report, options: RunOptions): RunNeeds | null {
    const threads = options.threads === 0 ? (report.environment.logicalCores ?? 1) : options.threads;
    const lastRunSeconds = macsOf(report) === this.#lastRunMacs ? this.#lastRunSeconds : null;
    return needsOf(report, { freeBytes: freemem(), threads }, options.budgetSeconds, lastRunSeconds);
  }
}

const macsOf = (report: Report): number | null => report.scenarios[0]?.totals.macs ?? null;
