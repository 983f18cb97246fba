/** One profile: the static report first, then each scenario measured, drafts on the way, the file's hash last. */

import { readModel } from '../core/model/read.js';
import {
  analyzeStatically,
  buildReport,
  checksAfterRun,
  checksOfWeights,
  type StaticModel,
} from '../core/report/build.js';
import { planScenarios, type PlannedScenario } from '../core/report/scenarioPlan.js';
import { staticScenario } from '../core/report/scenarios.js';
import { dimensionsFromInputs } from '../core/runtime/inputs/inputs.js';
import type { Runtime } from '../core/runtime/port.js';
import type { Report } from '../protocol/report.js';
import type { PhaseState, ProfileRequest } from '../protocol/worker.js';
import { contentSha256At, fileVersion, type FileVersion } from './contentHash.js';
import { withInputHashes } from './inputHashes.js';
import type { JobControl } from './jobs.js';
import { withRoofline } from './rooflineJob.js';
import { withMachineSpeed } from './machineSpeed.js';
import { measureScenarios } from './scenarioJob.js';

/** @throws ExpectedError: the file is wrong, a dimension cannot be bound, the runtime refuses the first scenario. */
export async function profileModel(runtime: Runtime, request: ProfileRequest, control: JobControl): Promise<Report> {
  const version = await fileVersion(request.modelPath).catch(() => null);
  const statics = await readStructure(request, control);
  const planned = planScenarios(statics.scenarios, request.options, runtime.providers());
  const draft = staticReport(statics, planned, request);
  control.partial({ section: 'report', value: draft });
  const drafts = draft.scenarios;
  const scenarios = await measureScenarios({ runtime, statics, planned, drafts, request, control });
  const status = control.stopRequested() ? 'partial' : 'complete';
  const measured = withRunChecks({ ...draft, status, scenarios }, statics);
  const placed = await withRoofline(runtime, request, control, await withMachineSpeed(measured, request));
  const hashed = await withInputHashes(placed, request.options.inputs, request.cacheFolder);
  return withContentHash(hashed, version, request, control);
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

function staticReport(
  statics: StaticModel,
  planned: readonly PlannedScenario[],
  { modelPath, host }: ProfileRequest,
): Report {
  const { model, parameters } = statics;
  const scenarios = planned.map(({ scenario, options }) =>
    staticScenario(model, scenario, parameters.weightBytes, modelPath, options),
  );
  return buildReport(statics, { status: 'partial', modelPath, host, contentSha256: null, scenarios, warnings: [] });
}

const WEIGHTS_READ_BYTES = 2 ** 30;

/** With what only a run tells of the structure, and what reading the weights tells, when nothing is timed any more. */
function withRunChecks(report: Report, { model }: StaticModel): Report {
  const found = [...checksAfterRun(model, report.scenarios), ...checksOfWeights(model, WEIGHTS_READ_BYTES)];
  const checks = [...report.model.checks, ...found];
  return { ...report, model: { ...report.model, checks } };
}

/** Last, when nothing is timed any more. `version`: of the file before it was read, null when it could not be told. */
async function withContentHash(
  report: Report,
  version: FileVersion | null,
  request: ProfileRequest,
  control: JobControl,
): Promise<Report> {
  try {
    if (!version) throw new Error('its time could not be read');
    const hash = await contentSha256At(request.modelPath, version, request.cacheFolder);
    return { ...report, model: { ...report.model, contentSha256: hash } };
  } catch (error) {
    control.log.warn(`The model file was not hashed: ${String(error)}`);
    return { ...report, warnings: [...report.warnings, { code: 'error.worker.contentChanged', params: {} }] };
  }
}
