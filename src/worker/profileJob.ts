/** One profile: the static report first, then each scenario measured, drafts on the way, the file's hash last. */

import { performance } from 'node:perf_hooks';
import { profileExperiment } from '../core/analysis/profile.js';
import type { ProfileContext } from '../core/analysis/types.js';
import { toFailure } from '../core/common/errors.js';
import { readModel } from '../core/model/read.js';
import { analyzeStatically, buildReport, type StaticModel } from '../core/report/build.js';
import { staticScenario, type StaticScenario } from '../core/report/scenarios.js';
import { createLoadGauge } from '../core/runtime/gauge.js';
import { dimensionsFromInputs } from '../core/runtime/inputs/inputs.js';
import type { Runtime } from '../core/runtime/port.js';
import type { Report, Scenario } from '../protocol/report.js';
import type { PhaseState, ProfileRequest } from '../protocol/worker.js';
import { contentSha256 } from './contentHash.js';
import type { JobControl } from './jobs.js';

/** @throws ExpectedError: the file is wrong, a dimension cannot be bound, the runtime refuses the first scenario. */
export async function profileModel(runtime: Runtime, request: ProfileRequest, control: JobControl): Promise<Report> {
  const statics = await readStructure(request, control);
  const draft = staticReport(statics, request);
  control.partial({ section: 'report', value: draft });
  const scenarios = await measureScenarios(runtime, statics, draft.scenarios, request, control);
  const status = control.stopRequested() ? 'partial' : 'complete';
  return withContentHash({ ...draft, status, scenarios }, request, control);
}

async function readStructure(request: ProfileRequest, control: JobControl): Promise<StaticModel> {
  const progress = (state: PhaseState, nodes: number | null): void => {
    const counts = { done: nodes, total: nodes, unit: nodes === null ? null : ('nodes' as const) };
    control.progress({ phase: 'structure', state, ...counts, round: null, remainingMs: null });
  };
  progress('running', null);
  const { modelPath, options } = request;
  const file = readModel(modelPath);
  // Files fix the sizes of what they feed, unless another was asked for; it must then fit them.
  const asked = new Set(options.dimensions.filter(({ source }) => source === 'user').map(({ name }) => name));
  const fromFiles = (await dimensionsFromInputs(file, options.inputs)).filter(({ name }) => !asked.has(name));
  const statics = analyzeStatically(file, [...options.dimensions, ...fromFiles]);
  progress('done', statics.scenarios[0]?.analysis.nodes.length ?? 0);
  return statics;
}

function staticReport(statics: StaticModel, { modelPath, options, host }: ProfileRequest): Report {
  const { model, parameters } = statics;
  const scenarios = statics.scenarios.map((scenario) =>
    staticScenario(model, scenario, parameters.weightBytes, modelPath, options),
  );
  return buildReport(statics, { status: 'partial', modelPath, host, contentSha256: null, scenarios, warnings: [] });
}

/** After a stop the scenarios that were not reached stay as the structure gave them. */
async function measureScenarios(
  runtime: Runtime,
  statics: StaticModel,
  drafts: readonly Scenario[],
  request: ProfileRequest,
  control: JobControl,
): Promise<Scenario[]> {
  const scenarios = [...drafts];
  for (const [index, scenario] of statics.scenarios.entries()) {
    if (control.stopRequested() && index > 0) break;
    try {
      scenarios[index] = await measureScenario(runtime, statics, scenario, request, control);
    } catch (error) {
      scenarios[index] = failedScenario(drafts[index], error, index);
    }
    control.partial({ section: 'scenario', value: scenarios[index] });
  }
  return scenarios;
}

/** A later scenario that the runtime refuses, for want of memory say, does not take the earlier ones with it. */
function failedScenario(draft: Scenario | undefined, error: unknown, index: number): Scenario {
  const failure = toFailure(error);
  if (index === 0 || !draft || failure.kind !== 'expected') throw error;
  return { ...draft, warnings: [...draft.warnings, failure.message] };
}

async function measureScenario(
  runtime: Runtime,
  { model, modules }: StaticModel,
  { id, label, phase, dimensions, analysis }: StaticScenario,
  { modelPath, options }: ProfileRequest,
  control: JobControl,
): Promise<Scenario> {
  const context: ProfileContext = {
    gauge: createLoadGauge(),
    now: () => performance.now() * 1e6,
    stopRequested: () => control.stopRequested(),
    logger: control.log,
    readModel,
  };
  const events = profileExperiment(
    runtime,
    {
      model,
      modelPath,
      analysis,
      modules,
      dimensions,
      phase,
      label,
      scenarioId: id,
      options,
      inputs: options.inputs,
    },
    context,
  );
  for (;;) {
    const event = await events.next();
    if (event.done) return event.value;
    if (event.value.type === 'progress') control.progress(event.value.progress);
    else control.partial({ section: 'scenario', value: event.value.scenario });
  }
}

/** Last, when nothing is timed any more. */
async function withContentHash(report: Report, request: ProfileRequest, control: JobControl): Promise<Report> {
  try {
    const hash = await contentSha256(request.modelPath, request.cacheFolder);
    return { ...report, model: { ...report.model, contentSha256: hash } };
  } catch (error) {
    control.log.warn(`The model file was not hashed: ${String(error)}`);
    return { ...report, warnings: [...report.warnings, { code: 'error.worker.contentChanged', params: {} }] };
  }
}
