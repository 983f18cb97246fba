/** What `cost` rests on besides the measurement: flags over the workspace's file, with the files that they name. */

import { readFile, stat } from 'node:fs/promises';
import path from 'node:path';

import { assumptionsFrom } from '../core/cost/answers/assumptions.js';
import { type Measurement, parseMeasurement } from '../core/cost/answers/measurements.js';
import { instanceOfFile } from '../core/cost/measureThere.js';
import { parsePriceList, withPriceList } from '../core/cost/prices/priceFile.js';
import { catalogue, type PriceTable } from '../core/cost/prices/table.js';
import { modelSettingsFor } from '../core/configs/modelSettings.js';
import { ExpectedError } from '../core/common/errors.js';
import type { CostAssumptions } from '../protocol/cost.js';
import type { PipelineSettings, ServingSettings, WorkspaceFile } from '../protocol/settings.js';
import { onlyPipelineOf } from '../store/pipelineSteps.js';
import { type CostFlags, servingFrom } from './costFlags.js';
import type { Terminal } from './terminal.js';
import { workspaceFileFor } from './workspace.js';

export interface Plan {
  assumptions: CostAssumptions;
  prices: PriceTable;
  measured: readonly Measurement[];
  serving: ServingSettings;
  pipeline: PipelineSettings | null;
  /** Dollars per million requests at most; null where the file sets no such budget. */
  usdPerMillion: number | null;
  /** Of the workspace's file; '' without one. */
  folder: string;
  seed: number;
}

/** `subject` is what was named, `modelPath` the model that it is of: the same for a model file. */
export async function planOf(subject: string, modelPath: string, flags: CostFlags, terminal: Terminal): Promise<Plan> {
  const shared =
    (await workspaceFileFor(subject, flags.config, terminal)) ??
    (subject === modelPath ? null : await workspaceFileFor(modelPath, undefined, terminal));
  const folder = shared?.folder ?? '';
  const serving = servingFrom(flags, shared?.file.serving ?? {});
  // A report may have been made elsewhere: its model's path may be meant from the workspace's file.
  const places = [...new Set([path.resolve(modelPath), path.resolve(folder, modelPath)])];
  return {
    assumptions: assumptionsFrom(serving),
    prices: await pricesOf(flags.prices, serving.prices, folder),
    measured: await Promise.all((flags.measured ?? []).map(readMeasurement)),
    serving,
    pipeline: pipelineFor(places, flags.pipeline, shared?.file.pipelines ?? [], folder),
    usdPerMillion: shared ? budgetOf(places, shared.file, folder) : null,
    folder,
    seed: flags.seed,
  };
}

function budgetOf(places: readonly string[], file: WorkspaceFile, folder: string): number | null {
  const found = places
    .map((place) => modelSettingsFor(file, path.relative(folder, place).split(path.sep).join('/')))
    .find((settings) => settings !== null);
  return found?.budgets?.usdPerMillion ?? null;
}

/** @throws ExpectedError (input) for a file that is not there, or too large. */
export async function readBounded(
  file: string,
  maximumBytes: number,
  code: 'cli.cost.missing' | 'cli.export.missing',
): Promise<string> {
  const found = await stat(file).catch(() => null);
  if (!found?.isFile() || found.size > maximumBytes) throw new ExpectedError('input', code, { file });
  return readFile(file, 'utf8');
}

const MAXIMUM_FILE_BYTES = 64 * 2 ** 20;

async function readMeasurement({ instance, file }: { instance: string | null; file: string }): Promise<Measurement> {
  const name = path.basename(file);
  const content = await readBounded(file, MAXIMUM_FILE_BYTES, 'cli.cost.missing');
  return parseMeasurement(content, name, instance ?? instanceOfFile(name));
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
  places: readonly string[],
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
  return onlyPipelineOf(places, pipelines, folder);
}
