/**
 * Quantization of one model, tried: preprocess, calibrate, time and judge each layer alone, search, then build and
 * measure the few best plans against the float model.
 */

import { setImmediate as nextTurn } from 'node:timers/promises';
import type { PruningSection } from '../../protocol/quantization.js';
import type { PhaseProgress, ProfilePhase } from '../../protocol/worker.js';
import { ExpectedError } from '../common/errors.js';
import { FileConstants } from '../model/constants.js';
import type { Runtime } from '../runtime/port.js';
import { activationsOf } from './activations.js';
import { calibrate, type Calibration } from './calibrate.js';
import { type Candidates, findCandidates } from './candidates.js';
import { cpuForInt8, type CpuForInt8 } from './cpu.js';
import { GraphIndex } from './graphIndex.js';
import type { ExperimentContext, ExperimentRequest, ExperimentResult } from './request.js';
import { LayerTrials } from './layerTrials.js';
import { PlanTrials } from './planTrials.js';
import { fitting, methodsFor, type PlannedModel, proposePlans } from './plans.js';
import { type Preprocessed, preprocess, withFileNames } from './preprocess.js';
import { pruningSection } from './pruning/pruning.js';
import { fitsOpset, opsetOf, type RewriteContext } from './rewrite/rewrite.js';
import { firstOf, type SplitSamples, splitSamples } from './samples.js';
import { type Prediction, type ReadersOf, searchPath } from './search.js';
import { sectionOf } from './section.js';
import { BLOCK_FORMATS, isPlanMethod, type Layer, type LayerMethod, type PlanMethod } from './types.js';

const BLOCK_BYTES = 256 * 2 ** 20;
/** Of the calibration samples, for each layer's sensitivity. */
const SWEEP_SAMPLES = 3;
/** @throws ExpectedError when the runtime refuses the model, or the method asked for does not fit it. */
export async function quantizeExperiment(
  runtime: Runtime,
  request: ExperimentRequest,
  context: ExperimentContext,
): Promise<ExperimentResult> {
  const experiment = new Experiment(runtime, request, context);
  try {
    return await experiment.run();
  } finally {
    experiment.close();
  }
}

class Experiment {
  private readonly cpu: CpuForInt8;
  private readonly staticMethod: LayerMethod;
  private readonly paths = new Map<LayerMethod, Prediction[]>();
  private preprocessed!: Preprocessed;
  private candidates!: Candidates;
  private splits!: SplitSamples;
  private calibration: Calibration = { ranges: new Map(), shapes: new Map() };
  private constants: FileConstants | null = null;
  private rewriting!: RewriteContext;
  private trials: LayerTrials | null = null;
  private plans: PlanTrials | null = null;
  private pruning: PruningSection | null = null;

  constructor(
    private readonly runtime: Runtime,
    private readonly request: ExperimentRequest,
    private readonly context: ExperimentContext,
  ) {
    this.cpu = cpuForInt8(request.simd);
    this.staticMethod = this.cpu.isArm ? 'staticInt8Signed' : 'staticInt8';
  }

  close(): void {
    this.constants?.close();
  }

  async run(): Promise<ExperimentResult> {
    await this.prepare();
    const { layers } = this.candidates;
    if (layers.length > 0) {
      const trials = await this.tryLayers();
      if (!this.onlyPruning) await this.measurePlans(trials);
      if (this.request.settings.pruning) await this.prune(trials);
    }
    return this.result();
  }

  private get onlyPruning(): boolean {
    return this.request.settings.only === 'pruning';
  }

  private progress(
    phase: ProfilePhase,
    state: PhaseProgress['state'],
    done: number | null = null,
    total: number | null = null,
  ): void {
    const unit = phase === 'calibration' || phase === 'sensitivity' ? 'runs' : phase === 'plans' ? 'rounds' : 'nodes';
    this.context.progress({
      phase,
      state,
      done,
      total,
      unit: done === null ? null : unit,
      round: null,
      remainingMs: null,
    });
  }

  private async prepare(): Promise<void> {
    const { request, runtime } = this;
    this.progress('preprocess', 'running');
    this.preprocessed = await preprocess(runtime, request.model);
    this.candidates = findCandidates(this.preprocessed.model, this.preprocessed.operatorIdOf);
    this.splits = splitSamples(
      request.inputs,
      request.sampleCount,
      request.readSample,
      this.preprocessed.safe,
      request.labels,
    );
    this.constants = new FileConstants(this.preprocessed.model);
    this.progress('preprocess', 'done');
    const tensors = activationsOf(this.preprocessed.model.graph, this.candidates.layers);
    if (tensors.length > 0)
      this.calibration = await calibrate(runtime, this.preprocessed.model, tensors, this.splits.calibration, {
        method: request.settings.calibration,
        threads: request.conditions.threads,
        blockBytes: BLOCK_BYTES,
        tick: async (done, total) => {
          this.progress('calibration', 'running', done, total);
          await nextTurn();
        },
      });
    this.progress('calibration', 'done', this.splits.calibration.count, this.splits.calibration.count);
    const { model } = this.preprocessed;
    this.rewriting = {
      model,
      constants: this.constants,
      ranges: this.calibration.ranges,
      reducedRange: this.cpu.saturates,
    };
    this.candidates.layers = this.withRange(this.candidates.layers);
  }

  /** An activation with values that are not finite has no scale. */
  private withRange(layers: readonly Layer[]): Layer[] {
    return layers.filter((layer) => {
      const { ranges } = this.calibration;
      if (ranges.has(layer.input) && ranges.has(layer.output)) return true;
      this.candidates.refused.push({
        operatorId: layer.operatorId,
        reason: { code: 'quantization.reason.noRange', params: {} },
      });
      return false;
    });
  }

  private async tryLayers(): Promise<LayerTrials> {
    const { conditions, inputs, settings } = this.request;
    const { now, stopRequested } = this.context;
    const trials = new LayerTrials(this.runtime, this.rewriting, {
      ...conditions,
      now,
      stopRequested,
      progress: (phase, done, total) => {
        this.progress(phase, 'running', done, total);
      },
    });
    const { layers } = this.candidates;
    this.trials = trials;
    await trials.time(layers, this.methods(), this.splits.judgement, this.calibration.shapes);
    this.progress('layerSpeed', 'done', layers.length, layers.length);
    if (!inputs.synthetic && settings.plan === null && !this.onlyPruning) {
      await trials.sweepAll(firstOf(this.splits.calibration, SWEEP_SAMPLES));
      this.progress('sensitivity', 'done', layers.length, layers.length);
    }
    const readersOf = this.readersOf();
    for (const [method, figures] of trials.figures)
      if (!BLOCK_FORMATS[method]) this.paths.set(method, searchPath(figures, trials.wholeNs, readersOf));
    return trials;
  }

  private methods(): LayerMethod[] {
    const { settings } = this.request;
    // Its layers stay in float.
    if (this.onlyPruning) return [];
    const possible = methodsFor(this.candidates.layers, opsetOf(this.preprocessed.model), this.staticMethod);
    const asked = settings.plan?.method ?? settings.method;
    if (asked === null) return possible;
    if (!isPlanMethod(asked)) throw new ExpectedError('input', 'quantization.error.method', { method: asked });
    const opset = opsetOf(this.preprocessed.model);
    if (!fitsOpset(asked, opset)) throw new ExpectedError('input', 'quantization.error.opset', { opset });
    if (asked === 'mixedStaticDynamic') return ['staticInt8', 'dynamicInt8'];
    const base = asked === 'mixedInt8' || asked === 'staticInt8Around' ? 'staticInt8' : asked;
    return base === 'float16' ? [] : [base];
  }

  private readersOf(): ReadersOf {
    const index = new GraphIndex(this.preprocessed.model.graph);
    return (tensor) => [...index.consumers(tensor).map(({ name }) => name), ...(index.isOutput(tensor) ? [''] : [])];
  }

  private async measurePlans(trials: LayerTrials): Promise<void> {
    const { conditions, budgetSeconds, settings } = this.request;
    const { now, stopRequested, gauge, warn, keep } = this.context;
    const { preprocessed, request } = this;
    this.plans = new PlanTrials(this.runtime, this.rewriting, this.splits.judgement, trials.wholeNs, {
      ...conditions,
      budgetSeconds,
      settings,
      now,
      stopRequested,
      gauge,
      warn,
      keep: (id, model) => keep?.(id, withFileNames(model, preprocessed, request.model)),
      progress: (done, total) => {
        this.progress('plans', 'running', done, total);
      },
    });
    await this.plans.measureAll(this.planned(trials), this.paths.get(this.staticMethod) ?? [], this.staticMethod);
    this.progress('plans', 'done', this.plans.tried.length, this.plans.tried.length);
  }

  private async prune(trials: LayerTrials): Promise<void> {
    this.pruning = await pruningSection(this.rewriting, this.candidates.layers, trials.timer, {
      floatNs: trials.floatNs,
      shapes: this.calibration.shapes,
      stopRequested: this.context.stopRequested,
      progress: (done, total) => {
        this.progress('pruning', done === total ? 'done' : 'running', done, total);
      },
    });
  }

  private planned(trials: LayerTrials): PlannedModel[] {
    const { settings } = this.request;
    const { layers } = this.candidates;
    const inputs = {
      context: this.rewriting,
      layers,
      wholeNs: trials.wholeNs,
      readersOf: this.readersOf(),
      figures: trials.figures,
      paths: this.paths,
      targetDb: settings.targetSqnrDb,
      staticMethod: this.staticMethod,
    };
    const asked = settings.plan?.method ?? settings.method;
    if (asked === null) return proposePlans(inputs, new GraphIndex(this.preprocessed.model.graph));
    const only = settings.plan ? new Set(settings.plan.operatorIds) : null;
    const method = asked as PlanMethod;
    const chosen = fitting(layers, method).filter(({ operatorId }) => only === null || only.has(operatorId));
    return chosen.length === 0 ? [] : [{ method, layers: chosen, predictedNs: trials.wholeNs, predictedDb: null }];
  }

  private result(): ExperimentResult {
    const { request, cpu, preprocessed, candidates, trials, plans } = this;
    const { section, best } = sectionOf({
      request,
      cpu,
      preprocessed,
      candidates,
      trials,
      plans,
      splits: this.splits,
      staticMethod: this.staticMethod,
      pruning: this.pruning,
    });
    const built = best && plans ? { plan: best, model: plans.build(best) } : null;
    return { section, preprocessed, splits: this.splits, best: built };
  }
}
