/** Measures the planned scenarios one after the other: drafts on the way, the time shared, providers compared. */

import { performance } from 'node:perf_hooks';
import { profileExperiment } from '../core/analysis/profile.js';
import { reasonOf } from '../core/analysis/profileEvents.js';
import { outputDifferencesOf, withProvider } from '../core/analysis/providerComparison.js';
import { shareOfBudget, withBudget, type PlannedScenario } from '../core/report/scenarioPlan.js';
import type { ProfileContext, ScenarioRequest } from '../core/analysis/types.js';
import { toFailure } from '../core/common/errors.js';
import { readModel } from '../core/model/read.js';
import { withSafeNames } from '../core/model/safeNames.js';
import type { StaticModel } from '../core/report/build.js';
import { createLoadGauge } from '../core/runtime/gauge.js';
import { createHandoffGauge, type HandoffGauge } from '../core/runtime/handoff.js';
import { prepareInputs } from '../core/runtime/inputs/inputs.js';
import { createPowerMeter } from '../core/runtime/packagePower.js';
import type { Runtime } from '../core/runtime/port.js';
import type { OutputDifference } from '../protocol/comparison.js';
import type { Scenario } from '../protocol/report.js';
import type { Message } from '../protocol/text.js';
import type { PhaseProgress, ProfileRequest } from '../protocol/worker.js';
import type { JobControl } from './jobs.js';

export interface ScenarioJob {
  runtime: Runtime;
  statics: StaticModel;
  planned: readonly PlannedScenario[];
  /** As the structure gave them, in the plan's order. */
  drafts: readonly Scenario[];
  request: ProfileRequest;
  control: JobControl;
}

const seconds = (): number => performance.now() / 1000;

/** After a stop the scenarios that were not reached stay as the structure gave them. */
export async function measureScenarios(job: ScenarioJob): Promise<Scenario[]> {
  const threads = await threadsOf(job);
  const handoff = threads === 1 ? null : createHandoffGauge();
  try {
    return await measureEach({ ...job, threads, handoff });
  } finally {
    handoff?.dispose();
    // Whoever counts the threads of this process next, to know the runtime's default, must not meet it.
    await handoff?.ended;
  }
}

interface MeasuringJob extends ScenarioJob {
  threads: number | undefined;
  /** null where one thread runs. */
  handoff: HandoffGauge | null;
}

async function measureEach(job: MeasuringJob): Promise<Scenario[]> {
  const { planned, drafts, request, control } = job;
  const scenarios = [...drafts];
  let spent = 0;
  for (const [index, one] of planned.entries()) {
    if (control.stopRequested() && index > 0) break;
    const startedAt = seconds();
    const share = shareOfBudget(request.options.budgetSeconds, spent, planned.length - index);
    const current = withBudget(one, share);
    const scenarioControl = planned.length > 1 ? controlOf(job, index, share) : control;
    let scenario: Scenario;
    try {
      scenario = await measureScenario(job, current, scenarioControl);
    } catch (error) {
      scenario = failedScenario(drafts[index], error, index);
    }
    scenarios[index] = scenario;
    spent += Math.min(share, seconds() - startedAt);
    control.partial({ section: 'scenario', value: scenario });
  }
  return scenarios;
}

/** As asked for, else what the runtime takes by itself, else the number of cores. undefined: not known. */
async function threadsOf({ runtime, request }: ScenarioJob): Promise<number | undefined> {
  const { options, host } = request;
  if (options.threads > 0) return options.threads;
  return (await runtime.defaultThreads?.()) ?? host.environment.physicalCores ?? undefined;
}

/** Progress that says which scenario it is of, and counts the later ones into what is left. */
function controlOf({ planned, control }: ScenarioJob, index: number, shareSeconds: number): JobControl {
  const total = planned.length;
  const scenario = { index: index + 1, total, label: planned[index]?.scenario.label ?? '' };
  const laterMs = (total - index - 1) * shareSeconds * 1000;
  const progress = (one: PhaseProgress): void => {
    const remainingMs = one.remainingMs === null ? null : one.remainingMs + laterMs;
    control.progress({ ...one, remainingMs, scenario });
  };
  return { ...control, stopRequested: () => control.stopRequested(), progress };
}

/** A later scenario that the runtime refuses, for want of memory or of a device, does not take the earlier ones with it. */
function failedScenario(draft: Scenario | undefined, error: unknown, index: number): Scenario {
  const failure = toFailure(error);
  if (index === 0 || !draft || failure.kind !== 'expected') throw error;
  return { ...draft, warnings: [...draft.warnings, failure.message] };
}

async function measureScenario(job: MeasuringJob, planned: PlannedScenario, control: JobControl): Promise<Scenario> {
  const { runtime, statics, request, threads } = job;
  const { options, scenario } = planned;
  const { id, ...rest } = scenario;
  const context: ProfileContext = {
    gauge: createLoadGauge(undefined, options.provider === 'cpu' ? job.handoff : null),
    power: createPowerMeter(),
    now: () => performance.now() * 1e6,
    stopRequested: () => control.stopRequested(),
    logger: control.log,
    readModel,
  };
  const { model, modules } = statics;
  const { modelPath } = request;
  const { inputs } = options;
  const scenarioRequest: ScenarioRequest = {
    ...rest,
    ...{ model, modules, modelPath, options, inputs, scenarioId: id },
    ...(threads === undefined ? {} : { threads }),
  };
  const events = profileExperiment(runtime, scenarioRequest, context);
  for (;;) {
    const event = await events.next();
    if (event.done) return described(job, planned, event.value, control);
    if (event.value.type === 'progress') control.progress(event.value.progress);
    else control.partial({ section: 'scenario', value: event.value.scenario });
  }
}

/** Of another provider than the CPU: which parts ran where, and how its outputs differ. */
async function described(
  job: ScenarioJob,
  planned: PlannedScenario,
  measured: Scenario,
  control: JobControl,
): Promise<Scenario> {
  if (planned.options.provider === 'cpu' || measured.latency === null) return measured;
  const { model } = job.statics;
  const operators = planned.scenario.analysis.nodes.map(({ id, node }) => ({ id, opType: node.opType }));
  const operatorIdByKernelName =
    model.format === 'onnx' ? withSafeNames(model).operatorIdByNodeName : new Map<string, string>();
  const { baselineId, providerName } = planned;
  const { differences, warnings } =
    baselineId === null || control.stopRequested()
      ? { differences: [], warnings: [] }
      : await compareOutputs(job, planned, control);
  const scenario = { ...measured, warnings: [...measured.warnings, ...warnings] };
  return withProvider(
    { scenario, providerName, baselineScenarioId: baselineId, operators, operatorIdByKernelName },
    differences,
  );
}

/** A failure here is told; what was measured stands. */
async function compareOutputs(
  { runtime, statics, request }: ScenarioJob,
  { scenario, options }: PlannedScenario,
  control: JobControl,
): Promise<{ differences: OutputDifference[]; warnings: Message[] }> {
  const progress = (state: PhaseProgress['state']): void => {
    const counts = { done: null, total: null, unit: null, round: null, remainingMs: null };
    control.progress({ phase: 'outputs', state, ...counts });
  };
  progress('running');
  try {
    const { feeds } = await prepareInputs(statics.model, scenario.dimensions, options.inputs, options.seed);
    return { differences: await outputDifferencesOf(runtime, request.modelPath, feeds, options), warnings: [] };
  } catch (error) {
    const reason = reasonOf(error);
    control.log.warn(`The outputs were not compared: ${reason}`);
    return { differences: [], warnings: [{ code: 'scenario.warning.outputsNotCompared', params: { reason } }] };
  } finally {
    progress('done');
  }
}
