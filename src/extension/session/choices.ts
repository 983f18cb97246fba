import { inputsOf, withPreprocessing } from '../../core/configs/sharedInputs.js';
import type { BoundDimension, DimensionSource, OptimizationLevel, Report } from '../../protocol/report.js';
import type { ModelSettings, Settings } from '../../protocol/settings.js';
import type { PageChoices } from '../../protocol/webview.js';
import type { DimensionRequest, InputRequest, RunOptions } from '../../protocol/worker.js';

/** What the user picked in passing; whatever is absent was not picked. */
export interface Picks {
  dimensions?: Record<string, number>;
  provider?: string;
  threads?: number;
  optimization?: OptimizationLevel;
  /** Absolute paths; an empty list is the choice of synthetic inputs. */
  inputs?: InputRequest[];
  /** Absolute path of a CSV with the true classes of `inputs`; null is the choice of none. */
  labels?: string | null;
}

/** What the next run is asked for, and the labels of its samples, which only a trial of quantization reads. */
export type NextRun = RunOptions & { labels?: string | null };

/** The newer picks over the older ones. Labels belong to the samples that they were picked for. */
export function mergePicks(older: Picks, newer: Picks): Picks {
  const labels = newer.inputs !== undefined && newer.labels === undefined ? { labels: null } : {};
  return { ...older, ...newer, ...labels, dimensions: { ...older.dimensions, ...newer.dimensions } };
}

export interface ChoiceSources {
  /** Picked since the model was opened. */
  picks: Picks;
  /** Of `inference-profiler.json`, its paths made absolute. */
  workspaceFile: ModelSettings | null;
  /** Of earlier windows. */
  lastUsed: Picks;
  settings: Settings;
}

/** As the command line has it, so that its call repeats the run. */
const SEED = 0;

/** What the next run is asked for; a dimension named nowhere is left to the engine, which says how it chose. */
export function runOptions(sources: ChoiceSources): NextRun {
  const { picks, workspaceFile, lastUsed, settings } = sources;
  const options = {
    dimensions: dimensionRequests(sources),
    inputs: withPreprocessing(picks.inputs ?? sharedInputs(workspaceFile) ?? lastUsed.inputs ?? [], workspaceFile),
    seed: SEED,
    provider: picks.provider ?? workspaceFile?.provider ?? lastUsed.provider ?? settings.provider,
    threads: picks.threads ?? workspaceFile?.threads ?? lastUsed.threads ?? settings.threads,
    optimization: picks.optimization ?? lastUsed.optimization ?? settings.optimization,
    budgetSeconds: settings.budgetSeconds,
    memoryLimitBytes: settings.memoryLimitMiB === 0 ? null : settings.memoryLimitMiB * 2 ** 20,
  };
  return { ...options, ...labelsOf(sources, options.inputs), command: command(options) };
}

/** Of samples alone: made-up inputs have no true class. */
function labelsOf({ picks, lastUsed }: ChoiceSources, inputs: readonly InputRequest[]): { labels?: string } {
  const labels = picks.labels === undefined ? lastUsed.labels : picks.labels;
  return labels == null || inputs.length === 0 ? {} : { labels };
}

function dimensionRequests({ picks, workspaceFile, lastUsed }: ChoiceSources): DimensionRequest[] {
  const requests = new Map<string, DimensionRequest>();
  const add = (dimensions: Record<string, number> | undefined, source: DimensionRequest['source']): void => {
    for (const [name, value] of Object.entries(dimensions ?? {})) requests.set(name, { name, values: [value], source });
  };
  add(lastUsed.dimensions, 'lastUsed');
  add(workspaceFile?.dimensions, 'workspaceFile');
  add(picks.dimensions, 'user');
  return [...requests.values()];
}

function sharedInputs(settings: ModelSettings | null): InputRequest[] | null {
  const inputs = inputsOf(settings);
  return inputs.length === 0 ? null : inputs;
}

/** The command line of the run, without model, dimensions and inputs: the engine adds what it really used. */
export function command(options: Omit<RunOptions, 'command'>, verb: 'profile' | 'quantize' = 'profile'): string {
  const { provider, threads, optimization, budgetSeconds, memoryLimitBytes } = options;
  const parts = ['inference-profiler', verb];
  // The provider may come from a file of the workspace: anything but a plain word is no provider, and no part of a call.
  if (provider !== 'cpu' && /^\w+$/.test(provider)) parts.push('--provider', provider);
  if (threads !== 0) parts.push('--threads', String(threads));
  if (optimization !== 'all') parts.push('--optimization', optimization);
  if (budgetSeconds !== 10) parts.push('--budget', String(budgetSeconds));
  if (memoryLimitBytes !== null) parts.push('--memory-limit', String(Math.round(memoryLimitBytes / 2 ** 20)));
  return parts.join(' ');
}

/** Sources that the user, or the team, decided on; every other one is an assumption. */
const DECIDED: readonly DimensionSource[] = ['flag', 'user', 'workspaceFile', 'lastUsed'];

/** The chips: what was asked for, and where nothing was, what the engine took. */
export function pageChoices(options: NextRun, report: Report | null): PageChoices {
  const scenario = report?.scenarios[0];
  const input = options.inputs[0];
  return {
    dimensions: chips(options.dimensions, scenario?.dimensions ?? []),
    provider: options.provider,
    threads: options.threads === 0 ? (scenario?.run.threads ?? 0) : options.threads,
    optimization: options.optimization,
    input: input ? fileName(input.path) : 'synthetic',
    inputAssumed: input === undefined,
    seed: options.seed,
    labels: options.labels == null ? null : fileName(options.labels),
  };
}

function chips(requests: readonly DimensionRequest[], bound: readonly BoundDimension[]): PageChoices['dimensions'] {
  const asked = new Map(requests.map((request) => [request.name, request.values[0]]));
  return bound.map(({ name, value, source }) => ({
    name,
    value: asked.get(name) ?? value,
    assumed: !asked.has(name) && !DECIDED.includes(source),
  }));
}

const fileName = (path: string): string => path.split(/[\\/]/).at(-1) ?? path;
