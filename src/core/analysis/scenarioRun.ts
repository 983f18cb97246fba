/** What is known of a scenario so far, and the report's scenario that it makes: drafts while it grows, then the final one. */

import type { DataSensitivity } from '../../protocol/comparison.js';
import type { Latency, LatencyRound, Memory, Scenario, Totals } from '../../protocol/report.js';
import type { Message } from '../../protocol/text.js';
import { attribute } from '../attribution/attribute.js';
import type { Attribution } from '../attribution/types.js';
import { tensorBytes, dataTypeNumber } from '../model/dataTypes.js';
import type { ModelGraph } from '../model/graph.js';
import { countParameters, type ParameterCount } from '../model/parameters.js';
import { type SafeModel, withSafeNames } from '../model/safeNames.js';
import type { OperatorCost } from '../operators/types.js';
import { staticScenario, totalsWarnings } from '../report/scenarios.js';
import type { PreparedInputs } from '../runtime/inputs/types.js';
import type { TracedRun } from '../trace/types.js';
import type { ClockResult } from './clock.js';
import { latencyOf, warning } from './clockVerdict.js';
import type { CostBounds } from './correction.js';
import { usualAtMostNs } from './eventCost.js';
import { buildKernels, type KernelResult } from './kernels.js';
import { groupsOf } from './kernelTimes.js';
import { totalsOf } from './kernelTotals.js';
import { memoryTimeline } from './memory.js';
import { inferredCosts, type OperatorCosts, totalCost } from './operatorCosts.js';
import type { ScenarioRequest } from './types.js';

/** What the first session gave: enough for a first draft. */
export interface FirstLook {
  sessionCreateNs: number;
  firstRunNs: number;
  /** A few runs after the first ones; null for a model so slow that there was one run only. */
  round: LatencyRound | null;
}

/** A call of an empty model takes 4 to 7 µs where it could not be measured. */
const USUAL_EMPTY_CALL_NS = 6000;
const NO_KERNELS: KernelResult = { kernels: [], overhead: null, operators: [], warnings: [] };

export class ScenarioRun {
  /** null for an .ort file, which cannot be rewritten. */
  readonly safe: SafeModel | null;
  readonly warnings: Message[] = [];
  emptyCallNs = USUAL_EMPTY_CALL_NS;
  /** Of recording one event; null: the usual ones of the thread count. */
  costBounds: CostBounds | null = null;
  look: FirstLook | null = null;
  clock: ClockResult | null = null;
  tracedRounds: TracedRun[][] = [];
  dataSensitivity: DataSensitivity[] | null = null;
  private readonly parameters: ParameterCount;
  private costs: OperatorCosts;
  private measured = false;
  private optimized: ModelGraph | null = null;
  private attribution: Attribution | null = null;

  constructor(
    readonly request: ScenarioRequest,
    readonly inputs: PreparedInputs,
  ) {
    const { model, analysis } = request;
    this.safe = model.format === 'onnx' ? withSafeNames(model) : null;
    this.parameters = countParameters(model);
    this.costs = inferredCosts(analysis);
    if (!this.safe) this.warn('measure.warning.ortFormat');
    this.warnings.push(...inputs.warnings);
  }

  warn(...message: Parameters<typeof warning>): void {
    this.warnings.push(warning(...message));
  }

  takeCosts(costs: OperatorCosts): void {
    this.costs = costs;
    this.measured = true;
  }

  /** A traced session's runs, in rounds, and its graph; instead of those that there are. */
  takeTrace(rounds: TracedRun[][], optimized: ModelGraph | null): void {
    this.tracedRounds = rounds;
    if (optimized) this.takeOptimized(optimized);
  }

  /** The same where its times are explained better. */
  takeClearerTrace(rounds: TracedRun[][], optimized: ModelGraph | null): void {
    const before = { rounds: this.tracedRounds, optimized: this.optimized };
    const { unexplained } = this;
    this.takeTrace(rounds, optimized);
    if (this.unexplained > unexplained) this.takeTrace(before.rounds, before.optimized);
  }

  /**
   * How much of the traced times the cost of recording does not explain, of a run: |ln| of the scale that remained, and
   * what an event cost beyond the usual, as it does where the session's threads had to share a core. 0 without a trace.
   */
  get unexplained(): number {
    const { latency, costBounds } = this;
    const { kernels, overhead } = this.kernels(latency);
    if (!overhead) return 0;
    const events = kernels.reduce((sum, { callsPerRun }) => sum + callsPerRun, 0);
    const beyondNs = costBounds ? Math.max(0, (overhead.eventCostNs ?? 0) - usualAtMostNs(costBounds)) * events : 0;
    return Math.abs(Math.log(overhead.scale)) + (latency ? beyondNs / latency.medianNs : 0);
  }

  /** The graph that the traced session runs; kernels are mapped to the file's operators through it. */
  takeOptimized(optimized: ModelGraph): void {
    if (!this.safe) return;
    this.optimized = optimized;
    this.attribution = attribute(this.safe.model, this.safe.operatorIdByNodeName, optimized);
  }

  private get threads(): number {
    return this.request.threads ?? this.request.options.threads;
  }

  get latency(): Latency | null {
    if (!this.look) return null;
    const rounds = this.clock && this.clock.rounds.length > 0 ? this.clock.rounds : this.look.round;
    return rounds ? latencyOf(Array.isArray(rounds) ? rounds : [rounds], this.look) : null;
  }

  scenario(): Scenario {
    const { request, look, clock } = this;
    const { model, modelPath, options } = request;
    const base = staticScenario(
      model,
      { ...request, id: request.scenarioId, dimensions: [...request.dimensions] },
      this.parameters.weightBytes,
      modelPath,
      options,
    );
    const { latency } = this;
    const kernels = this.kernels(latency);
    const memory = this.memory();
    const totals = this.totals(memory?.peakActivationBytes ?? null);
    const measuredRuns = (latency?.rounds ?? []).reduce(
      (sum, { kept, samplesNs }) => sum + (kept ? samplesNs.length : 0),
      0,
    );
    return {
      ...base,
      inputs: this.inputs.summaries,
      run: {
        ...base.run,
        threads: this.threads,
        warmUpRuns: clock?.warmUpRuns ?? (look?.round ? WARM_UP_RUNS_OF_LOOK : 0),
        measuredRuns,
        tracedRuns: this.tracedRounds.flat().length,
      },
      totals,
      latency,
      memory,
      overhead: kernels.overhead,
      ...(clock?.power ? { power: clock.power } : {}),
      kernels: kernels.kernels,
      operators: kernels.operators.length > 0 ? kernels.operators : base.operators,
      ...(this.dataSensitivity ? { dataSensitivity: this.dataSensitivity } : {}),
      warnings: this.allWarnings(totals, kernels),
    };
  }

  private allWarnings(totals: Totals, { kernels, warnings }: KernelResult): Message[] {
    const { analysis } = this.request;
    const nothingRan = this.tracedRounds.length > 0 && kernels.length === 0;
    return [
      // What was assumed of branches and loops was replaced by what ran.
      ...totalsWarnings({ ...analysis, totals, warnings: this.measured ? [] : analysis.warnings }),
      ...this.warnings,
      ...(this.clock?.warnings ?? []),
      ...warnings,
      ...(nothingRan ? [warning('measure.warning.noKernels')] : []),
    ];
  }

  private totals(peakActivationBytes: number | null): Totals {
    const inferred = this.request.analysis.totals;
    return {
      ...inferred,
      ...(this.measured ? totalCost(this.costs) : {}),
      weightBytes: this.parameters.weightBytes,
      peakActivationBytes: peakActivationBytes ?? inferred.peakActivationBytes,
    };
  }

  /** null before anything was traced. */
  private kernels(latency: Latency | null): KernelResult {
    const medianNs = latency?.medianNs ?? this.look?.firstRunNs;
    if (medianNs === undefined || this.tracedRounds.length === 0) return NO_KERNELS;
    const { analysis, modules } = this.request;
    const [low, high] = latency?.confidenceNs ?? [medianNs, medianNs];
    return buildKernels({
      rounds: this.tracedRounds,
      attribution: this.attribution,
      medianNs,
      medianErrorNs: (high - low) / 2,
      emptyCallNs: Math.min(this.emptyCallNs, medianNs),
      ...(this.costBounds ? { costBounds: this.costBounds } : {}),
      threads: this.threads,
      operators: analysis.nodes.map(({ id, node }) => ({ id, name: node.name })),
      modules,
      costs: this.costsOfOneExecution(),
      weightBytes: new Map([...this.parameters.byOperator].map(([id, weights]) => [id, weights.weightBytes])),
    });
  }

  private costsOfOneExecution(): Map<string, OperatorCost | null> {
    const once = new Map<string, OperatorCost | null>();
    for (const { id, cost } of this.request.analysis.nodes) {
      const inRun = this.costs.get(id);
      const trips = inRun?.trips ?? 0;
      const share = (part: number | null): number | null => (part === null ? null : part / trips);
      once.set(
        id,
        inRun && trips > 0
          ? {
              macs: share(inRun.macs),
              elementwiseOps: share(inRun.elementwiseOps),
              readBytes: share(inRun.readBytes),
              writtenBytes: share(inRun.writtenBytes),
            }
          : cost,
      );
    }
    return once;
  }

  private memory(): Memory | null {
    const run = this.tracedRounds.flat()[0];
    if (!run) return null;
    const { weightBytes } = this.parameters;
    const arenaPeakBytes = arenaPeak(run);
    const unknown = { peakResidentBytes: null, peakActivationBytes: null, arenaPeakBytes, weightBytes, timeline: [] };
    if (!this.optimized) return unknown;
    const ids = new Map<string, string>();
    for (const [index, totals] of totalsOf(groupsOf(this.tracedRounds), this.attribution).entries())
      if (totals.parent === null) ids.set(totals.name, `k${index}`);
    const result = memoryTimeline(this.optimized.graph, run, this.inputBytes(), (name) => ids.get(name));
    return result ? { ...unknown, peakActivationBytes: result.peakBytes, timeline: result.timeline } : unknown;
  }

  /** By the names that the rewritten model has. */
  private inputBytes(): Map<string, number> {
    const bytes = new Map<string, number>();
    for (const { name, dataType, shape } of this.inputs.summaries)
      bytes.set(this.safe?.inputNames.get(name) ?? name, tensorBytes(dataTypeNumber(dataType), shape) ?? 0);
    return bytes;
  }
}

function arenaPeak({ events }: TracedRun): number | null {
  let peak: number | null = null;
  for (const { arenaPeakBytes } of events)
    if (arenaPeakBytes !== null && arenaPeakBytes > (peak ?? 0)) peak = arenaPeakBytes;
  return peak;
}

/** Runs of the first session that are discarded before its few samples. */
export const WARM_UP_RUNS_OF_LOOK = 3;
