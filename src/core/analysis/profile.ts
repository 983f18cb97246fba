/**
 * The main experiment: one scenario of one model, from a first look to the final figures.
 *
 * Sessions never live side by side: a session's pool spins after a run and would take CPU from the next. Latency comes
 * from a session of the file as it is, without recording; traces come from a copy with safe names and give only how
 * that time divides. Drafts are handed out as soon as there is something to see.
 */

import { setImmediate as nextTurn } from 'node:timers/promises';
import { oneLine } from '../common/oneLine.js';
import { carriedInputs } from '../model/carriedTypes.js';
import { prepareInputs } from '../runtime/inputs/inputs.js';
import type { Feeds, Runtime, RuntimeSession } from '../runtime/port.js';
import { measureLatency } from './clock.js';
import { checkData } from './dataCheck.js';
import { feedsInTurn, sampleFeeds } from './feedTurns.js';
import { emptyCallModel } from './microModels.js';
import { compareOutputs } from './outputCheck.js';
import { progress, reasonOf } from './profileEvents.js';
import { FIRST_SHARE, ProfileTraces, SLOW_SHARE, TRACE_SHARE } from './profileTraces.js';
import { ScenarioRun, WARM_UP_RUNS_OF_LOOK } from './scenarioRun.js';
import { medianOf } from './statistics.js';
import { sessionOptions } from './tracing.js';
import type { ProfileContext, ProfileEvent, ProfileExperiment } from './types.js';

const LATENCY_SHARE = 0.6;
const LOOK_RUNS = 8;
const EMPTY_CALLS = 200;

type Events<R = void> = AsyncGenerator<ProfileEvent, R>;

class Profile {
  private readonly budgetNs: number;
  private readonly nextFeeds: () => Feeds;
  private readonly endsAtNs: number;

  constructor(
    private readonly runtime: Runtime,
    private readonly run: ScenarioRun,
    private readonly context: ProfileContext,
  ) {
    this.budgetNs = run.request.options.budgetSeconds * 1e9;
    this.endsAtNs = context.now() + this.budgetNs;
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
    const ends = { budgetNs: this.budgetNs, atNs: this.endsAtNs };
    const traces = new ProfileTraces(this.runtime, this.run, this.context, ends);
    if (!this.stopped) yield* traces.shapes();
    if (!this.stopped) yield* traces.firstTrace();
    if (!this.stopped) yield* this.latency();
    if (!this.stopped) yield* traces.all();
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

  private async *latency(): Events {
    const { run, context } = this;
    const { options, modelPath } = run.request;
    yield progress('latency', 'running');
    const session = await this.runtime.open({ kind: 'file', path: modelPath }, sessionOptions(options));
    try {
      const clock = measureLatency(() => session.time(this.nextFeeds()), {
        budgetNs: LATENCY_SHARE * this.budgetNs,
        now: () => context.now(),
        stopRequested: () => context.stopRequested(),
        gauge: context.gauge,
        ...(context.power && { power: context.power }),
      });
      for (;;) {
        const step = await clock.next();
        if (step.done) {
          run.clock = step.value;
          break;
        }
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
}

export const profileExperiment: ProfileExperiment = async function* (runtime, request, context) {
  const { model, dimensions, inputs, options } = request;
  const prepared = await prepareInputs(model, dimensions, inputs, options.seed);
  const run = new ScenarioRun(request, prepared);
  yield* new Profile(runtime, run, context).all();
  return run.scenario();
};
