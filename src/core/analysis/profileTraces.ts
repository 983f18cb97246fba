/**
 * What a profile records: the shapes of one run, a few runs for a first picture, and those that the kernels' times rest
 * on. A copy of the model with safe names is what runs.
 */

import type { ProfilePhase } from '../../protocol/worker.js';
import { withCarriedTypes } from '../model/carriedTypes.js';
import { weightsFolder } from '../model/externalData.js';
import type { ModelGraph } from '../model/graph.js';
import { writeModel } from '../model/write.js';
import type { Feeds, ModelSource, Runtime, SessionOptions } from '../runtime/port.js';
import type { TracedRun } from '../trace/types.js';
import { feedsInTurn, sampleFeeds, withNames } from './feedTurns.js';
import { measureCostBounds } from './eventCost.js';
import { measuredCosts } from './operatorCosts.js';
import { progress, reasonOf } from './profileEvents.js';
import type { ScenarioRun } from './scenarioRun.js';
import { medianOf } from './statistics.js';
import {
  affordableRuns,
  sessionOptions,
  type TraceClock,
  type TracedSession,
  type TracePlan,
  traceSession,
} from './tracing.js';
import type { ProfileContext, ProfileEvent } from './types.js';

/** Of the budget, for the runs that the kernels' times rest on. */
export const TRACE_SHARE = 0.4;
/** A first look and a first trace may each take this much of the budget. */
export const FIRST_SHARE = 0.05;
/** A model whose first run takes more gets no runs that only serve a draft. */
export const SLOW_SHARE = 0.2;
const FIRST_TRACE_RUNS = 8;
const TRACE_ROUNDS = 3;
const TRACE_WARM_UP_RUNS = 2;
const MOST_TRACED_RUNS = 1000;
/**
 * The threads of a session may lie so, for all its life, that its parallel kernels take twice what they do unrecorded:
 * one in six did on two cores. Another session is another chance; more than these are none.
 */
const MOST_TRACED_SESSIONS = 3;
/** Of the traced times: more cannot be due to the cost of recording, which is known to about this. */
const MOST_UNEXPLAINED = 0.05;

type Events<R = void> = AsyncGenerator<ProfileEvent, R>;

/** Consecutive parts of nearly equal length; as many as there are runs where those are fewer. */
function inRounds(runs: readonly TracedRun[], rounds: number): TracedRun[][] {
  const count = Math.min(rounds, runs.length);
  return Array.from({ length: count }, (_, round) =>
    runs.slice(Math.floor((round * runs.length) / count), Math.floor(((round + 1) * runs.length) / count)),
  );
}

export class ProfileTraces {
  private readonly source: ModelSource | null;
  private readonly budgetNs: number;
  private readonly endsAtNs: number;
  private first: TracedSession | null = null;
  /** Not of a graph with nodes that a provider compiled. */
  private savesGraph = true;

  constructor(
    private readonly runtime: Runtime,
    private readonly run: ScenarioRun,
    private readonly context: ProfileContext,
    /** By the profile's clock; what is traced again ends before. */
    ends: { budgetNs: number; atNs: number },
  ) {
    this.budgetNs = ends.budgetNs;
    this.endsAtNs = ends.atNs;
    this.source = this.tracedSource();
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

  /** Shapes, and costs from them, as one run of the graph as it is written has them. */
  async *shapes(): Events {
    const { source } = this;
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
  async *firstTrace(): Events {
    const { run, context, source } = this;
    if (!source) {
      yield progress('firstTrace', 'skipped');
      return;
    }
    const total = FIRST_TRACE_RUNS;
    yield progress('firstTrace', 'running', { done: 0, total, unit: 'runs' });
    const slow = (run.look?.firstRunNs ?? 0) >= SLOW_SHARE * this.budgetNs;
    const warmUpRuns = slow ? 0 : TRACE_WARM_UP_RUNS;
    const deadlineNs = context.now() + FIRST_SHARE * this.budgetNs;
    try {
      const plan = { warmUpRuns, runs: total - warmUpRuns, deadlineNs };
      this.first = yield* this.tracedWithGraph(source, plan);
      run.takeTrace([this.first.runs], this.optimizedOf(this.first));
    } catch (error) {
      run.warn('measure.warning.traceFailed', { reason: reasonOf(error) });
      yield progress('firstTrace', 'skipped');
      return;
    }
    yield progress('firstTrace', 'done', { done: total, total, unit: 'runs' });
    yield { type: 'scenario', scenario: run.scenario() };
  }

  /**
   * The rounds that the kernels' times and errors rest on: parts of one session, because the optimiser names its own
   * nodes anew in each. Of several sessions the one whose times are explained best.
   */
  async *all(): Events {
    const { run, context, source, first } = this;
    if (!source || !first) return;
    const leftNs = TRACE_SHARE * this.budgetNs - first.createNs;
    if (this.runsToTrace(first, leftNs) === 0) {
      yield progress('trace', 'skipped');
      return;
    }
    run.costBounds = await measureCostBounds(this.runtime, run.request.options, run.emptyCallNs, this.quietClock());
    yield* this.forKernels(source, first, leftNs);
    for (let sessions = 1; sessions < MOST_TRACED_SESSIONS && run.unexplained > MOST_UNEXPLAINED; sessions += 1) {
      const againNs = Math.min(leftNs, this.endsAtNs - context.now() - first.createNs);
      if (context.stopRequested() || this.runsToTrace(first, againNs) === 0) break;
      yield* this.forKernels(source, first, againNs);
    }
    const traced = run.tracedRounds.flat().length;
    yield progress('trace', 'done', { done: traced, total: traced, unit: 'runs' });
  }

  /** Runs that fit into so much time; 0 when there would be no more than the first trace has. */
  private runsToTrace({ runs: traced }: TracedSession, leftNs: number): number {
    const runNs = 1000 * Math.max(1, medianOf(traced.map(({ durationUs }) => durationUs)));
    const events = Math.max(1, ...traced.map((run) => run.events.length));
    const runs = Math.min(Math.floor(leftNs / runNs), affordableRuns(events), MOST_TRACED_RUNS) - TRACE_WARM_UP_RUNS;
    return runs > traced.length ? runs : 0;
  }

  /** One session; the first replaces the first trace, a later one what is explained worse. */
  private async *forKernels(source: ModelSource, first: TracedSession, leftNs: number): Events {
    const { run, context } = this;
    const isFirst = run.tracedRounds[0] === first.runs;
    const deadlineNs = context.now() + first.createNs + leftNs;
    const plan = { warmUpRuns: TRACE_WARM_UP_RUNS, runs: this.runsToTrace(first, leftNs), deadlineNs };
    const traced = yield* this.traced(source, this.tracedOptions(), plan, 'trace');
    if (traced.runs.length < first.runs.length) return;
    const rounds = inRounds(traced.runs, TRACE_ROUNDS);
    if (isFirst) run.takeTrace(rounds, this.optimizedOf(traced));
    else run.takeClearerTrace(rounds, this.optimizedOf(traced));
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

  private optimizedOf({ optimizedGraphPath }: TracedSession): ModelGraph | null {
    return optimizedGraphPath === null ? null : this.context.readModel(optimizedGraphPath);
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
    const isMixed = sampleFeeds(this.run.inputs).length > 1;
    const quiet = this.quietClock();
    const tracing = traceSession(this.runtime, source, this.tracedFeeds(), options, { ...plan, isMixed }, quiet);
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
