/** What serving a model costs: measured or from a report, as machines and dollars. */

import { readFile, stat } from 'node:fs/promises';
import path from 'node:path';

import { assumptionsFrom } from '../core/cost/answers/assumptions.js';
import { type AnswerRequest, answers } from '../core/cost/answers/answers.js';
import { checkSameModel, type Measurement, parseMeasurement } from '../core/cost/answers/measurements.js';
import { rowServices, withSimulation } from '../core/cost/answers/simulatedRows.js';
import { pipelineServices } from '../core/cost/pipeline.js';
import { parsePriceList, withPriceList } from '../core/cost/prices/priceFile.js';
import { catalogue, type PriceTable } from '../core/cost/prices/table.js';
import { serviceModels } from '../core/cost/service.js';
import { ExpectedError } from '../core/common/errors.js';
import type { CostAssumptions } from '../protocol/cost.js';
import type { Report } from '../protocol/report.js';
import type { PipelineSettings, ServingSettings } from '../protocol/settings.js';
import { Runner } from '../runner/runner.js';
import { defaultStoreFolder } from '../store/storeFolder.js';
import { interruptible, keep } from './commands/profile.js';
import { type CostFlags, servingFrom } from './costFlags.js';
import { type CostMeasurement, type MeasureContext, measureModel, testLoad } from './costMeasure.js';
import { ExitCode } from './exitCodes.js';
import type { Log } from './log.js';
import { requireFreeOutputs, writeReport } from './outputs.js';
import { createProgress } from './progress.js';
import type { Terminal } from './terminal.js';
import { workspaceFileFor } from './workspace.js';

/** Time for the simulation, of all rows together. */
const SIMULATION_MS = 1000;

export async function cost(subject: string, flags: CostFlags, terminal: Terminal, log: Log): Promise<number> {
  await requireFreeOutputs(flags);
  const isReport = /\.json$/i.test(subject);
  if (isReport && flags.loadTest !== undefined) throw new ExpectedError('input', 'cli.cost.loadTestOfReport');
  // Files that are wrong are named before anything is measured.
  const plan = await planOf(subject, flags);
  const startedMs = performance.now();
  const found = isReport
    ? { report: await readReport(subject), pipeline: null }
    : await measure(subject, flags, plan, terminal, log);
  for (const one of plan.measured) checkSameModel(one, found.report);
  const report = priced(found, plan);
  if (!isReport) await keep(report, storeOf(flags), subject, (performance.now() - startedMs) / 1000, terminal);
  await writeReport(report, flags, terminal);
  const { costLines } = await import('./text/cost.js');
  await terminal.result(costLines(report, found.pipeline?.settings ?? null, terminal));
  return report.status === 'partial' && !isReport ? ExitCode.stopped : ExitCode.done;
}

interface Plan {
  assumptions: CostAssumptions;
  prices: PriceTable;
  measured: readonly Measurement[];
  serving: ServingSettings;
  pipeline: PipelineSettings | null;
  /** Of the workspace's file; '' without one. */
  folder: string;
  seed: number;
}

/** Flags over the workspace's file, with the files that they name. */
async function planOf(subject: string, flags: CostFlags): Promise<Plan> {
  const shared = await workspaceFileFor(subject, flags.config);
  const folder = shared?.folder ?? '';
  const serving = servingFrom(flags, shared?.file.serving ?? {});
  return {
    assumptions: assumptionsFrom(serving),
    prices: await pricesOf(flags.prices, serving.prices, folder),
    measured: await Promise.all((flags.measured ?? []).map(readMeasurement)),
    serving,
    pipeline: pipelineFor(subject, flags.pipeline, shared?.file.pipelines ?? [], folder),
    folder,
    seed: flags.seed,
  };
}

const storeOf = ({ store }: CostFlags): string => path.resolve(store ?? defaultStoreFolder());

async function measure(
  modelPath: string,
  flags: CostFlags,
  { pipeline, folder, assumptions }: Plan,
  terminal: Terminal,
  log: Log,
): Promise<CostMeasurement> {
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
    return { ...found, report: { ...report, model: { ...report.model, path: modelPath } } };
  } finally {
    progress.end();
    runner.dispose();
  }
}

/** The report with its answers, the measured rows by simulation. */
function priced({ report, pipeline }: CostMeasurement, { assumptions, prices, measured, serving, seed }: Plan): Report {
  const services =
    pipeline &&
    pipelineServices(
      pipeline.steps.map(({ callsPerRequest, capacity, scenarioId }) => ({
        callsPerRequest,
        services: serviceModels(capacity, scenarioId),
      })),
      pipeline.settings,
      seed,
    );
  const request: AnswerRequest = {
    report,
    assumptions,
    prices,
    today: new Date().toISOString(),
    measurements: measured,
    ...(services ? { services } : {}),
    ...(serving.edge ? { edge: serving.edge } : {}),
    training: serving.training ?? null,
  };
  const section = answers(request);
  const rows = rowServices(request, section);
  return { ...report, cost: withSimulation(section, { rows, seed, deadlineMs: performance.now() + SIMULATION_MS }) };
}

async function readBounded(
  file: string,
  maximumBytes: number,
  code: 'cli.cost.missing' | 'cli.export.missing',
): Promise<string> {
  const found = await stat(file).catch(() => null);
  if (!found?.isFile() || found.size > maximumBytes) throw new ExpectedError('input', code, { file });
  return readFile(file, 'utf8');
}

async function readReport(file: string): Promise<Report> {
  const [{ parseReport }, { MAXIMUM_REPORT_BYTES }] = await Promise.all([
    import('../core/report/parse.js'),
    import('../core/report/limits.js'),
  ]);
  return parseReport(await readBounded(file, MAXIMUM_REPORT_BYTES, 'cli.export.missing'));
}

const MAXIMUM_FILE_BYTES = 64 * 2 ** 20;

async function readMeasurement({ instance, file }: { instance: string | null; file: string }): Promise<Measurement> {
  return parseMeasurement(
    await readBounded(file, MAXIMUM_FILE_BYTES, 'cli.cost.missing'),
    path.basename(file),
    instance,
  );
}

/** The project's prices, with a list of the command line's or the workspace's. */
async function pricesOf(flag: string | undefined, shared: string | undefined, folder: string): Promise<PriceTable> {
  const file = flag ?? (shared === undefined ? undefined : path.resolve(folder, shared));
  if (file === undefined) return catalogue();
  const text = await readBounded(file, MAXIMUM_FILE_BYTES, 'cli.cost.missing');
  const name = path.basename(file);
  return withPriceList(parsePriceList(text, name), name);
}

/** The one that was named, else the only one with this model among its steps; a lone file otherwise. */
function pipelineFor(
  subject: string,
  name: string | undefined,
  pipelines: readonly PipelineSettings[],
  folder: string,
): PipelineSettings | null {
  if (name !== undefined) {
    const found = pipelines.find((each) => each.name === name);
    if (found) return found;
    const known = pipelines.map((each) => each.name).join(', ');
    throw new ExpectedError('input', known === '' ? 'cli.cost.noPipelines' : 'cli.cost.noPipeline', { name, known });
  }
  const file = path.resolve(subject);
  const using = pipelines.filter(({ steps }) => steps.some(({ model }) => path.resolve(folder, model) === file));
  return using.length === 1 ? (using[0] ?? null) : null;
}
