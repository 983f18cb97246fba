/** Plans, really built, loaded and run in turn with the float model. */

import type { QuantizationPlan } from '../../protocol/report.js';
import type { QuantizeSettings } from '../../protocol/worker.js';
import { ExpectedError } from '../common/errors.js';
import type { ModelGraph } from '../model/graph.js';
import type { Runtime } from '../runtime/port.js';
import type { SampleSet } from './calibrate.js';
import { compare, type Comparison, type ComparisonOptions } from './measurePlan.js';
import { planOf, type PlannedModel } from './plans.js';
import { sourceOf } from './preprocess.js';
import { type RewriteContext, rewriteModel } from './rewrite/rewrite.js';
import { fastestWith, type Prediction } from './search.js';
import { assignedMethod, type LayerMethod } from './types.js';

export interface PlanConditions extends Omit<ComparisonOptions, 'budgetNs'> {
  budgetSeconds: number;
  settings: QuantizeSettings;
  warn: (text: string) => void;
  /** Of a plan that was measured. */
  keep: (planId: string, model: ModelGraph) => void;
  progress: (done: number, total: number) => void;
}

/** Plans added when what was measured fell short of the target. */
const MORE_PLANS = 2;
const LEAST_PLAN_BUDGET_NS = 0.4e9;

export class PlanTrials {
  readonly tried: { planned: PlannedModel; plan: QuantizationPlan }[] = [];
  /** Outputs that are nearly zero on the samples. */
  readonly silent = new Set<string>();
  /** Of the rewritten model: where the answers stand. */
  classOutput: string | null = null;

  constructor(
    private readonly runtime: Runtime,
    private readonly rewriting: RewriteContext,
    private readonly samples: SampleSet,
    /** Of the float model. */
    private readonly wholeNs: number,
    private readonly conditions: PlanConditions,
  ) {}

  /** @param path of the search: where no plan of it keeps the target, more careful points are added. */
  async measureAll(planned: readonly PlannedModel[], path: readonly Prediction[], method: LayerMethod): Promise<void> {
    const { budgetSeconds, progress, stopRequested } = this.conditions;
    const budgetNs = Math.max(LEAST_PLAN_BUDGET_NS, (budgetSeconds * 1e9) / Math.max(1, planned.length));
    for (const [done, plan] of planned.entries()) {
      if (stopRequested()) return;
      progress(done, planned.length);
      await this.measure(plan, budgetNs);
    }
    for (let more = 0; more < MORE_PLANS && !stopRequested(); more++) {
      const plan = this.moreCareful(path, method);
      if (!plan) return;
      await this.measure(plan, budgetNs);
    }
  }

  build(plan: QuantizationPlan): ModelGraph {
    const found = this.tried.find((one) => one.plan === plan);
    if (!found) throw new Error('a plan that was not tried');
    return rewriteModel(this.rewriting, found.planned.layers, found.planned.method);
  }

  private moreCareful(path: readonly Prediction[], method: LayerMethod): PlannedModel | null {
    const { settings } = this.conditions;
    if (settings.method !== null || settings.plan !== null || path.length === 0 || this.samples.synthetic) return null;
    const mixed = this.tried.filter(({ planned }) => planned.method === 'mixedInt8' || planned.method === method);
    const dbOf = ({ plan }: { plan: QuantizationPlan }): number => plan.measured?.sqnrDb ?? -Infinity;
    const [first, ...rest] = mixed;
    if (!first || mixed.some((one) => dbOf(one) >= settings.targetSqnrDb)) return null;
    const best = rest.reduce((a, b) => (dbOf(a) > dbOf(b) ? a : b), first);
    const short = settings.targetSqnrDb - dbOf(best);
    const point = fastestWith(path, (best.planned.predictedDb ?? settings.targetSqnrDb) + short + 0.5);
    const layers = path[0]?.layers.length ?? 0;
    return point && planOf(method, point, layers + 1);
  }

  /** A plan that the runtime refuses stays among the plans, unmeasured; one that was asked for fails. */
  private async measure(planned: PlannedModel, budgetNs: number): Promise<void> {
    const { method, layers, predictedNs, predictedDb } = planned;
    const { settings, warn, keep } = this.conditions;
    const assignments = layers.map((layer) => ({
      operatorId: layer.operatorId,
      method: assignedMethod(method, layer),
    }));
    const sqnrDb = this.samples.synthetic ? null : predictedDb;
    const plan: QuantizationPlan = {
      id: `p${this.tried.length}`,
      method,
      assignments,
      predicted: { speedup: this.wholeNs / predictedNs, sqnrDb },
      measured: null,
    };
    this.tried.push({ planned, plan });
    try {
      const model = rewriteModel(this.rewriting, layers, method);
      const float = sourceOf(this.rewriting.model);
      const options = { ...this.conditions, budgetNs };
      const comparison = await compare(this.runtime, float, sourceOf(model), this.samples, options);
      plan.measured = this.measuredOf(comparison, model);
      this.classOutput = comparison.accuracy.classOutput;
      keep(plan.id, model);
    } catch (error) {
      if (!(error instanceof ExpectedError) || settings.method !== null || settings.plan !== null) throw error;
      if (error.failureMessage.code.startsWith('quantization.labels')) throw error;
      plan.failure = error.failureMessage;
      warn(`A plan was not measured: ${String(error)}`);
    }
  }

  private measuredOf(comparison: Comparison, model: ModelGraph): QuantizationPlan['measured'] {
    const { medianNs, floatNs, speedup, speedupInterval, accuracy } = comparison;
    for (const output of accuracy.silent) this.silent.add(output);
    const known = <T>(value: T): T | null => (this.samples.synthetic ? null : value);
    return {
      medianNs,
      floatNs,
      speedup,
      speedupInterval,
      sqnrDb: known(accuracy.sqnrDb),
      cosine: known(accuracy.cosine),
      agreement: known(accuracy.agreement),
      answers: known(accuracy.answers),
      accuracy: known(accuracy.labelled),
      fileBytes: writtenBytes(model),
    };
  }
}

/** Of the file that would be written: structure and all weights. */
function writtenBytes(model: ModelGraph): number {
  const source = sourceOf(model);
  const referenced = model.graph.initializers.reduce(
    (sum, { storage }) => sum + (storage.kind === 'raw' && storage.range.length >= 1024 ? storage.range.length : 0),
    0,
  );
  return (source.kind === 'bytes' ? source.bytes.length : 0) + referenced;
}
