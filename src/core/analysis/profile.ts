/**
 * The main experiment: one scenario of one model, from a first look to the final figures.
 *
 * Sessions never live side by side: a session's pool spins after a run and would take CPU from the next. Latency comes
 * from a session of the file as it is, without recording; traces come from a copy with safe names and give only how
 * that time divides. Drafts are handed out as soon as there is something to see.
 */

import { setImmediate as nextTurn } from 'node:timers/promises';
import type { ProfilePhase } from '../../protocol/worker.js';
import { oneLine } from '../common/oneLine.js';
import { carriedInputs, withCarriedTypes } from '../model/carriedTypes.js';
import { weightsFolder } from '../model/externalData.js';
import { writeModel } from '../model/write.js';
import { prepareInputs } from '../runtime/inputs/inputs.js';
import type { Feeds, ModelSource, Runtime, RuntimeSession, SessionOptions } from '../runtime/port.js';
import type { TracedRun } from '../trace/types.js';
import { measureLatency } from './clock.js';
import { checkData } from './dataCheck.js';
import { feedsInTurn, sampleFeeds, withNames } from './feedTurns.js';
import { measureCostBounds } from './eventCost.js';
import { emptyCallModel } from './microModels.js';
import { measuredCosts } from './operatorCosts.js';
import { compareOutputs } from './outputCheck.js';
import { progress, reasonOf } from './profileEvents.js';
import { ScenarioRun, WARM_UP_RUNS_OF_LOOK } from './scenarioRun.js';
import { medianOf } from './statistics.js';
import {
  affordableRuns,
  sessionOptions,
  type TraceClock,
  type TracedSession,
  type TracePlan,
  traceSession,
} from './tracing.js';
import type { ProfileContext, ProfileEvent, ProfileExperiment } from './types.js';

const LATENCY_SHARE = 0.6;
const TRACE_SHARE = 0.4;
/** A first look and a first trace may each take this much of the budget. */
const FIRST_SHARE = 0.05;
/** A model whose first run takes more gets no runs that only serve a draft. */
const SLOW_SHARE = 0.2;
const LOOK_RUNS = 8;
const FIRST_TRACE_RUNS = 8;
const TRACE_ROUNDS = 3;
const TRACE_WARM_UP_RUNS = 2;
const EMPTY_CALLS = 200;
const MOST_TRACED_RUNS = 1000;

type Events<R = void> = AsyncGenerator<ProfileEvent, R>;

/** Consecutive parts of nearly equal length; as many as there are runs where those are fewer. */
function inRounds(runs: readonly TracedRun[], rounds: number): TracedRun[][] {
  const count = Math.min(rounds, runs.length);
  return Array.from({ length: count }, (_, round) =>
    runs.slice(Math.floor((round * runs.length) / count), Math.floor(((round + 1) * runs.length) / count)),
  );
}

class Profile {
  private readonly budgetNs: number;
  private readonly nextFeeds: () => Feeds;
  /** Not of a graph with nodes that a provider compiled. */
  private savesGraph = true;

  constructor(
    private readonly runtime: Runtime,
    private readonly run: ScenarioRun,
    private readonly context: ProfileContext,
  ) {
    this.budgetNs = run.request.options.budgetSeconds * 1e9;
    this.nextFeeds = feedsInTurn(sampleFeeds(run.inputs));
  }

  private get stopped(): boolean {
    return this.context.stopRequested();
  }

  private draft(): ProfileEvent {
    return { type: 'scenario', scenario: this.run.scenario() };
  }

  async *all(): Events {
    yield* this.firstLook();
    const source = this.tracedSource();
    if (!this.stopped) yield* this.shapes(source);
    let first: TracedSession | null = null;
    if (!this.stopped) first = yield* this.firstTrace(source);
    if (!this.stopped) yield* this.latency();
    if (!this.stopped && first) yield* this.traces(source, first);
    if (!this.stopped && this.run.request.options.dataCheck) yield* checkData(this.runtime, this.run, this.context);
    if (this.stopped) this.run.warn('measure.warning.stopped');
  }

  /** The file itself: does it run, how fast about, are its outputs the expected ones. */
  private async *firstLook(): Events {
    yield progress('session', 'running');
    const { run, context } = this;
    const carried = carriedInputs(run.request.model);
    if (carried.length > 0)
      run.warn('measure.warning.carriedInputs', { names: carried.map((name) => oneLine(name, 80)).join(', ') });
    const { options, modelPath } = run.request;
    const session = await this.runtime.open({ kind: 'file', path: modelPath }, sessionOptions(options));
    try {
      await this.checkOutputs(session);
      const firstRunNs = await session.time(this.nextFeeds());
      run.look = { sessionCreateNs: session.createNs, firstRunNs, round: null };
      if (firstRunNs < SLOW_SHARE * this.budgetNs) run.look.round = await this.lookRound(session);
    } finally {
      await session.close();
    }
    run.emptyCallNs = (await this.emptyCallNs()) ?? run.emptyCallNs;
    context.logger?.debug(`first run ${run.look.firstRunNs} ns, empty call ${run.emptyCallNs} ns`);
    yield progress('session', 'done');
  }

  private async checkOutputs(session: RuntimeSession): Promise<void> {
    const names = session.outputs.map(({ name }) => name);
    for (const { feeds, expected, folder } of this.run.inputs.samples) {
      if (expected.length === 0 || this.stopped) continue;
      this.run.warnings.push(...compareOutputs(await session.evaluate(feeds), names, expected, folder));
    }
  }

  private async lookRound(session: RuntimeSession): Promise<NonNullable<ScenarioRun['look']>['round']> {
    const { context } = this;
    const { gauge } = context;
    const deadline = context.now() + FIRST_SHARE * this.budgetNs;
    const samples: number[] = [];
    const endLoad = gauge.begin();
    while (samples.length < LOOK_RUNS && context.now() < deadline && !this.stopped) {
      samples.push(await session.time(this.nextFeeds()));
      await nextTurn();
    }
    const samplesNs = samples.slice(Math.min(WARM_UP_RUNS_OF_LOOK, samples.length - 1));
    const otherLoadCores = endLoad();
    return samplesNs.length > 0 ? { samplesNs, otherLoadCores, ...(await gauge.read()), kept: true } : null;
  }

  /** null where the provider cannot run it: then the usual value stands. */
  private async emptyCallNs(): Promise<number | null> {
    const { options } = this.run.request;
    let session: RuntimeSession;
    try {
      session = await this.runtime.open(emptyCallModel(), sessionOptions(options));
    } catch (error) {
      this.context.logger?.info(`no empty call: ${reasonOf(error)}`);
      return null;
    }
    try {
      const feeds: Feeds = { x: { dataType: 'float32', dims: [1], data: new Float32Array(1) } };
      const samples: number[] = [];
      while (samples.length < EMPTY_CALLS) samples.push(await session.time(feeds));
      return medianOf(samples.slice(EMPTY_CALLS / 4));
    } finally {
      await session.close();
    }
  }

  /** The copy that is traced; the file itself where it cannot be rewritten. null: neither can be done. */
  private tracedSource(): ModelSource | null {
    const { safe, request } = this.run;
    if (!safe) return { kind: 'file', path: request.modelPath };
    try {
      const bytes = writeModel(withCarriedTypes(safe.model), { weights: 'reference' });
      return { kind: 'bytes', bytes, weightsFolder: weightsFolder(safe.model) };
    } catch (error) {
      this.run.warn('measure.warning.traceFailed', { reason: reasonOf(error) });
      return null;
    }
  }

  private tracedFeeds(): () => Feeds {
    const { safe, inputs } = this.run;
    return feedsInTurn(sampleFeeds(inputs).map((feeds) => (safe ? withNames(feeds, safe.inputNames) : feeds)));
  }

  private async *shapes(source: ModelSource | null): Events {
    const { safe, request } = this.run;
    if (!safe || !source) {
      yield progress('shapes', 'skipped');
      return;
    }
    yield progress('shapes', 'running');
    const special = { optimization: 'disabled', disablePrepacking: true, trace: true } as const;
    try {
      const once = { warmUpRuns: 0, runs: 1, deadlineNs: Infinity };
      const { runs } = yield* this.traced(source, sessionOptions(request.options, special), once, 'shapes');
      const [shapeRun] = runs;
      if (shapeRun)
        this.run.takeCosts(measuredCosts(shapeRun, safe.operatorIdByNodeName, request.analysis, request.model.opsets));
    } catch (error) {
      this.run.warn('measure.warning.shapesFromFile', { reason: reasonOf(error) });
    }
    const nodes = request.analysis.nodes.length;
    yield progress('shapes', 'done', { done: nodes, total: nodes, unit: 'nodes' });
  }

  /** As few runs as a first picture needs. */
  private async *firstTrace(source: ModelSource | null): Events<TracedSession | null> {
    const { run, context } = this;
    if (!source) {
      yield progress('firstTrace', 'skipped');
      return null;
    }
    const total = FIRST_TRACE_RUNS;
    yield progress('firstTrace', 'running', { done: 0, total, unit: 'runs' });
    const slow = (run.look?.firstRunNs ?? 0) >= SLOW_SHARE * this.budgetNs;
    const warmUpRuns = slow ? 0 : TRACE_WARM_UP_RUNS;
    const deadlineNs = context.now() + FIRST_SHARE * this.budgetNs;
    let first: TracedSession;
    try {
      const plan = { warmUpRuns, runs: total - warmUpRuns, deadlineNs };
      first = yield* this.tracedWithGraph(source, plan);
      this.takeOptimized(first);
    } catch (error) {
      run.warn('measure.warning.traceFailed', { reason: reasonOf(error) });
      yield progress('firstTrace', 'skipped');
      return null;
    }
    run.tracedRounds = [first.runs];
    yield progress('firstTrace', 'done', { done: total, total, unit: 'runs' });
    yield this.draft();
    return first;
  }

  private async *latency(): Events {
    const { run, context } = this;
    const { options, modelPath } = run.request;
    yield progress('latency', 'running');
    const session = await this.runtime.open({ kind: 'file', path: modelPath }, sessionOptions(options));
    const power = context.power?.begin();
    try {
      const clock = measureLatency(() => session.time(this.nextFeeds()), {
        budgetNs: LATENCY_SHARE * this.budgetNs,
        now: () => context.now(),
        stopRequested: () => context.stopRequested(),
        gauge: context.gauge,
      });
      for (;;) {
        const step = await clock.next();
        if (step.done) {
          run.clock = step.value;
          run.power = power?.end() ?? null;
          break;
        }
        power?.sample();
        const { runs, expectedRuns, round, remainingNs } = step.value;
        const remainingMs = remainingNs === null ? null : (remainingNs + TRACE_SHARE * this.budgetNs) / 1e6;
        yield progress('latency', 'running', { done: runs, total: expectedRuns, unit: 'runs', round, remainingMs });
      }
    } finally {
      await session.close();
    }
    yield progress('latency', 'done');
    yield this.draft();
  }

  /**
   * The rounds that the kernels' times and errors rest on: parts of one session, because the optimiser names its own
   * nodes anew in each.
   */
  private async *traces(source: ModelSource | null, first: TracedSession): Events {
    if (!source) return;
    const { run, context } = this;
    const leftNs = TRACE_SHARE * this.budgetNs - first.createNs;
    const runNs = 1000 * Math.max(1, medianOf(first.runs.map(({ durationUs }) => durationUs)));
    const events = Math.max(1, ...first.runs.map((traced) => traced.events.length));
    const runs = Math.min(Math.floor(leftNs / runNs), affordableRuns(events), MOST_TRACED_RUNS) - TRACE_WARM_UP_RUNS;
    if (runs <= first.runs.length) {
      yield progress('trace', 'skipped');
      return;
    }
    run.costBounds = await measureCostBounds(this.runtime, run.request.options, run.emptyCallNs, this.quietClock());
    const options = this.tracedOptions();
    const plan = { warmUpRuns: TRACE_WARM_UP_RUNS, runs, deadlineNs: context.now() + first.createNs + leftNs };
    const traced = yield* this.traced(source, options, plan, 'trace');
    if (traced.runs.length >= first.runs.length) {
      this.takeOptimized(traced);
      run.tracedRounds = inRounds(traced.runs, TRACE_ROUNDS);
    }
    yield progress('trace', 'done', { done: traced.runs.length, total: traced.runs.length, unit: 'runs' });
  }

  /** The runtime refuses to save a graph of which a provider compiled parts: then kernels keep the names of the file's nodes. */
  private async *tracedWithGraph(source: ModelSource, plan: TracePlan): Events<TracedSession> {
    try {
      return yield* this.traced(source, this.tracedOptions(), plan, 'firstTrace');
    } catch (error) {
      if (this.run.request.options.provider === 'cpu' || !this.run.safe) throw error;
      this.context.logger?.info(`the optimised graph is not saved: ${reasonOf(error)}`);
      this.savesGraph = false;
      return yield* this.traced(source, this.tracedOptions(), plan, 'firstTrace');
    }
  }

  private tracedOptions(): SessionOptions {
    const { request, safe } = this.run;
    return sessionOptions(request.options, { trace: true, saveOptimizedGraph: safe !== null && this.savesGraph });
  }

  private takeOptimized({ optimizedGraphPath }: TracedSession): void {
    if (optimizedGraphPath !== null) this.run.takeOptimized(this.context.readModel(optimizedGraphPath));
  }

  private quietClock(): TraceClock {
    const { context } = this;
    return { now: () => context.now(), stopRequested: () => context.stopRequested(), gauge: context.gauge };
  }

  /** One traced session, its progress told at most ten times a second. */
  private async *traced(
    source: ModelSource,
    options: SessionOptions,
    plan: TracePlan,
    phase: ProfilePhase,
  ): Events<TracedSession> {
    const { context } = this;
    const tracing = traceSession(this.runtime, source, this.tracedFeeds(), options, plan, this.quietClock());
    let toldAt = -Infinity;
    for (;;) {
      const step = await tracing.next();
      if (step.done) return step.value;
      if (context.now() - toldAt < 100e6) continue;
      toldAt = context.now();
      const remaining = phase === 'trace' ? plan.deadlineNs - toldAt : Infinity;
      yield progress(phase, 'running', {
        done: step.value,
        total: plan.warmUpRuns + plan.runs,
        unit: 'runs',
        remainingMs: Number.isFinite(remaining) ? Math.max(0, remaining / 1e6) : null,
      });
    }
  }
}

export const profileExperiment: ProfileExperiment = async function* (runtime, request, context) {
  const { model, dimensions, inputs, options } = request;
  const prepared = await prepareInputs(model, dimensions, inputs, options.seed);
  const run = new ScenarioRun(request, prepared);
  yield* new Profile(runtime, run, context).all();
  return run.scenario();
};
