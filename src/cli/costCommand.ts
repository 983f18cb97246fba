/** What serving a model costs: measured or from a report, as machines and dollars. */

import { existsSync } from 'node:fs';
import path from 'node:path';

import { type AnswerRequest, answers } from '../core/cost/answers/answers.js';
import { checkSameModel } from '../core/cost/answers/measurements.js';
import { simulationBasis, withSimulation } from '../core/cost/answers/simulatedRows.js';
import { pipelineServices, requestServices } from '../core/cost/pipeline.js';
import { serviceModels } from '../core/cost/service.js';
import type { ServiceModel } from '../core/cost/types.js';
import { ExpectedError } from '../core/common/errors.js';
import { dayText } from '../format/views/costRows.js';
import type { CostStep } from '../protocol/cost.js';
import type { Report } from '../protocol/report.js';
import type { PipelineSettings } from '../protocol/settings.js';
import { Runner } from '../runner/runner.js';
import { storedSteps } from '../store/pipelineSteps.js';
import { ReportStore } from '../store/reportStore.js';
import { defaultStoreFolder } from '../store/storeFolder.js';
import { interruptible, keep } from './commands/profile.js';
import type { CostFlags } from './costFlags.js';
import { type MeasureContext, type MeasuredPipeline, measureModel, testLoad } from './costMeasure.js';
import { type Plan, planOf, readBounded } from './costPlan.js';
import { ExitCode } from './exitCodes.js';
import type { Log } from './log.js';
import { requireFreeOutputs, writeReport } from './outputs.js';
import { createProgress } from './progress.js';
import type { Terminal } from './terminal.js';

/** Time for the simulation, of all rows together. */
const SIMULATION_MS = 1000;

export async function cost(subject: string, flags: CostFlags, terminal: Terminal, log: Log): Promise<number> {
  await requireFreeOutputs(flags);
  const isReport = /\.json$/i.test(subject);
  if (isReport && flags.loadTest !== undefined) throw new ExpectedError('input', 'cli.cost.loadTestOfReport');
  // Files that are wrong are named before anything is measured.
  const given = isReport ? await readReport(subject) : null;
  if (flags.measureThere !== undefined) {
    const { measureThere } = await import('./costThere.js');
    return measureThere(subject, given, flags.measureThere, flags, terminal);
  }
  if (flags.python === true) throw new ExpectedError('input', 'cli.there.pythonAlone');
  const plan = await planOf(subject, given?.model.path ?? subject, flags, terminal);
  const startedMs = performance.now();
  const found = given
    ? await requestOf(given, flags, plan, terminal)
    : await measure(subject, flags, plan, terminal, log);
  found.report = await withTrials(found.report, given, flags, plan, terminal);
  for (const one of plan.measured) checkSameModel(one, found.report);
  const report = priced(found, plan);
  if (!isReport) await keep(report, storeOf(flags), subject, (performance.now() - startedMs) / 1000, terminal);
  await writeReport(report, flags, terminal);
  const { costLines } = await import('./text/cost.js');
  await terminal.result(costLines(report, found.request?.settings ?? null, terminal));
  if (await isOverBudget(report, plan, terminal)) return ExitCode.gateFailed;
  return report.status === 'partial' && !isReport ? ExitCode.stopped : ExitCode.done;
}

/** A report, and how this machine serves one request of a pipeline where one is priced. */
interface Found {
  report: Report;
  request: { settings: PipelineSettings; services: readonly ServiceModel[]; steps: readonly CostStep[] } | null;
}

/** The pipeline of a stored report, from the newest reports of its other models. */
async function requestOf(report: Report, flags: CostFlags, plan: Plan, terminal: Terminal): Promise<Found> {
  const { pipeline: settings, folder, seed } = plan;
  if (!settings) return { report, request: null };
  const places = [path.resolve(report.model.path), path.resolve(folder, report.model.path)];
  const { steps, missing } = await storedSteps(settings, folder, { places, report }, new ReportStore(storeOf(flags)));
  const services = steps ? requestServices(steps, settings, seed) : [];
  if (steps && services.length > 0) return { report, request: { settings, services, steps } };
  const code = missing === null ? 'cli.cost.pipelineApart' : 'cli.cost.pipelineMissing';
  const params = { name: settings.name, model: missing ?? '' };
  // Only who asked for it is refused; the model's calls have a price without it.
  if (flags.pipeline !== undefined) throw new ExpectedError('input', code, params);
  terminal.note(terminal.text(code, params));
  return { report, request: null };
}

/**
 * The report with the stored trial of quantization of the same content; a trial that was made alone with the profile
 * of its model. `given`: the report at hand, null where the model was measured just now.
 */
async function withTrials(
  report: Report,
  given: Report | null,
  flags: CostFlags,
  { folder }: Plan,
  terminal: Terminal,
): Promise<Report> {
  const [{ withStoredProfile, withStoredTrial }, { runOptions }] = await Promise.all([
    import('../store/storedTrial.js'),
    import('./runOptions.js'),
  ]);
  const [scenario] = report.scenarios;
  const { physicalCores, logicalCores } = report.environment;
  const defaultThreads =
    given === null
      ? (await runOptions(report.model.path, flags)).threads === 0
      : [0, physicalCores ?? logicalCores].includes(scenario?.run.threads ?? -1);
  const here = path.resolve(report.model.path);
  const modelPath = existsSync(here) ? here : path.resolve(folder, report.model.path);
  const run = { modelPath, defaultThreads };
  const store = new ReportStore(storeOf(flags));
  if (given === null || isMeasured(report)) return withStoredTrial(report, run, store);
  const profiled = await withStoredProfile(report, run, store);
  if (profiled) terminal.note(terminal.text('cli.cost.withProfile', { date: dayText(profiled.createdAt) }));
  return profiled ?? report;
}

/** Calls were timed, so that a bill can rest on it. */
const isMeasured = ({ capacity, scenarios }: Report): boolean =>
  capacity.length > 0 || scenarios.some(({ latency }) => latency !== null);

/** Says what is over the budget of the workspace's file, or cannot be told. */
async function isOverBudget(report: Report, { usdPerMillion }: Plan, terminal: Terminal): Promise<boolean> {
  if (usdPerMillion === null) return false;
  const [{ checkBudgets }, { withFindings }, { gateLines }] = await Promise.all([
    import('../core/report/compare/budgets.js'),
    import('../core/report/compare/gate.js'),
    import('./text/compare.js'),
  ]);
  // What serving costs is of the first scenario.
  const priced = { ...report, scenarios: report.scenarios.slice(0, 1) };
  const gate = withFindings(null, checkBudgets(priced, { usdPerMillion }));
  const lines = gateLines(gate, terminal);
  if (terminal.wantsResult) await terminal.result(lines);
  else if (gate.outcome !== 'passed')
    for (const line of lines.filter((each) => each.trim() !== ''))
      if (gate.outcome === 'failed') terminal.problem(line.trim());
      else terminal.note(line.trim());
  return gate.outcome === 'failed';
}

const storeOf = ({ store }: CostFlags): string => path.resolve(store ?? defaultStoreFolder());

async function measure(
  modelPath: string,
  flags: CostFlags,
  { pipeline, folder, assumptions, seed }: Plan,
  terminal: Terminal,
  log: Log,
): Promise<Found> {
  const cacheFolder = path.join(path.dirname(storeOf(flags)), 'cache');
  const runner = new Runner({ distFolder: __dirname, logger: log, cacheFolder });
  const progress = createProgress(terminal);
  const context: MeasureContext = { runner, handlers: progress, wait: (run) => interruptible(run, terminal) };
  try {
    const found = await measureModel(modelPath, flags, pipeline, folder, context);
    const { percentile, targetMs } = assumptions;
    const report =
      flags.loadTest === undefined || found.report.status === 'partial'
        ? found.report
        : await testLoad(found.report, modelPath, flags.loadTest, { percentile, targetMs }, flags, context);
    const request = found.pipeline && {
      settings: found.pipeline.settings,
      services: servicesOf(found.pipeline, seed),
      steps: measuredNow(found.pipeline, path.resolve(modelPath), report.createdAt),
    };
    return { request, report: { ...report, model: { ...report.model, path: modelPath } } };
  } finally {
    progress.end();
    runner.dispose();
  }
}

const measuredNow = ({ settings, steps }: MeasuredPipeline, ownPath: string, measuredAt: string): CostStep[] =>
  settings.steps.map(({ model, callsPerRequest = 1 }, step) => {
    const own = steps[step]?.modelPath === ownPath;
    return { model, callsPerRequest, measuredAt, stale: false, own };
  });

const servicesOf = ({ steps, settings }: MeasuredPipeline, seed: number): ServiceModel[] =>
  pipelineServices(
    steps.map(({ callsPerRequest, capacity, scenarioId }) => ({
      callsPerRequest,
      services: serviceModels(capacity, scenarioId),
    })),
    settings,
    seed,
  );

/** The report with its answers, the measured rows by simulation. */
function priced(found: Found, { assumptions, prices, measured, serving, seed }: Plan): Report {
  const { report, request: whole } = found;
  const request: AnswerRequest = {
    report,
    assumptions,
    prices,
    today: new Date().toISOString(),
    measurements: measured,
    ...(whole ? { services: whole.services, steps: whole.steps } : {}),
    ...(serving.edge ? { edge: serving.edge } : {}),
    training: serving.training ?? null,
  };
  const section = answers(request);
  const context = { ...simulationBasis(request, section), seed, deadlineMs: performance.now() + SIMULATION_MS };
  return { ...report, cost: withSimulation(section, context) };
}

async function readReport(file: string): Promise<Report> {
  const [{ parseReport }, { MAXIMUM_REPORT_BYTES }] = await Promise.all([
    import('../core/report/parse.js'),
    import('../core/report/limits.js'),
  ]);
  return parseReport(await readBounded(file, MAXIMUM_REPORT_BYTES, 'cli.export.missing'));
}
