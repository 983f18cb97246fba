/** Quantization of one model, tried in every scenario and, where asked for, written. */

import { performance } from 'node:perf_hooks';
import { ExpectedError, toFailure } from '../core/common/errors.js';
import { readModel } from '../core/model/read.js';
import { Labels } from '../core/quantization/labels.js';
import { checkTarget } from '../core/quantization/save.js';
import { analyzeStatically, buildReport, type StaticModel } from '../core/report/build.js';
import { shareOfBudget } from '../core/report/scenarioPlan.js';
import { dimensionsFromInputs } from '../core/runtime/inputs/inputs.js';
import type { Runtime } from '../core/runtime/port.js';
import type { AlternativesSection, QuantizationSection } from '../protocol/quantization.js';
import type { Report, Scenario } from '../protocol/report.js';
import type { Message } from '../protocol/text.js';
import type { PhaseProgress, QuantizeRequest } from '../protocol/worker.js';
import type { JobControl } from './jobs.js';
import { quantizeScenario } from './quantizeScenario.js';

/** @throws ExpectedError: the file is wrong or cannot be rewritten, the runtime refuses it, the output is in the way. */
export async function quantizeModel(runtime: Runtime, request: QuantizeRequest, control: JobControl): Promise<Report> {
  const { modelPath, options, settings } = request;
  if (options.provider !== 'cpu')
    throw new ExpectedError('input', 'quantization.error.provider', { provider: options.provider });
  // Before minutes of work, not after them.
  if (request.output) await checkTarget(request.output.path, modelPath, request.output.overwrite);
  const labels = settings.labels == null ? null : await Labels.read(settings.labels);
  const statics = await readStatics(request);
  const scenarios: Scenario[] = [];
  const sections: (QuantizationSection | null)[] = [];
  const alternatives: AlternativesSection[] = [];
  const warnings: Message[] = [];
  const chosen = chosenScenarios(statics, request);
  let spent = 0;
  for (const [index, scenario] of chosen.entries()) {
    if (index > 0 && control.stopRequested()) break;
    const startedAt = performance.now() / 1000;
    const budgetSeconds = shareOfBudget(options.budgetSeconds, spent, chosen.length - index);
    // What is written is the first scenario's.
    const own = { ...request, output: index === 0 ? request.output : null, options: { ...options, budgetSeconds } };
    try {
      const told =
        chosen.length > 1 ? controlOf(control, { index: index + 1, total: chosen.length, ...scenario }) : control;
      const found = await quantizeScenario({ runtime, statics, scenario, labels, request: own, control: told });
      scenarios.push(found.scenario);
      sections.push(found.section);
      if (found.alternatives) alternatives.push(found.alternatives);
    } catch (error) {
      const failure = toFailure(error);
      if (index === 0 || failure.kind !== 'expected') throw error;
      warnings.push(failure.message);
    }
    spent += performance.now() / 1000 - startedAt;
  }
  const status = control.stopRequested() ? 'partial' : 'complete';
  const parts = { status, modelPath, host: request.host, contentSha256: null, scenarios, warnings } as const;
  const quantization = sections.filter((section) => section !== null);
  const report = { ...buildReport(statics, parts), quantization };
  return settings.alternatives?.length ? { ...report, alternatives } : report;
}

async function readStatics({ modelPath, options }: QuantizeRequest): Promise<StaticModel> {
  const file = readModel(modelPath);
  if (file.format === 'ort') throw new ExpectedError('input', 'quantization.error.ortFormat');
  const asked = new Set(options.dimensions.filter(({ source }) => source === 'user').map(({ name }) => name));
  const fromFiles = (await dimensionsFromInputs(file, options.inputs, { batchIsSamples: true })).filter(
    ({ name }) => !asked.has(name),
  );
  const statics = analyzeStatically(file, [...options.dimensions, ...fromFiles]);
  if (statics.scenarios.length === 0) throw new Error('a model without a scenario');
  return statics;
}

/** All; a plan of an earlier report is built again in its own scenario alone. */
function chosenScenarios({ scenarios }: StaticModel, { settings }: QuantizeRequest): StaticModel['scenarios'] {
  if (settings.plan === null) return scenarios;
  const own = scenarios.find(({ id }) => id === settings.plan?.scenarioId);
  return [own ?? scenarios[0]!];
}

function controlOf(
  control: JobControl,
  { index, total, label }: { index: number; total: number; label: string },
): JobControl {
  const progress = (one: PhaseProgress): void => {
    control.progress({ ...one, scenario: { index, total, label } });
  };
  return { ...control, stopRequested: () => control.stopRequested(), progress };
}
