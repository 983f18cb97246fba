import { quoted } from '../core/report/command.js';
import type { DimensionRequest, InputRequest, RunOptions } from '../protocol/worker.js';
import { inputsOf, withPreprocessing } from '../core/configs/sharedInputs.js';
import { readProviders, type ModelFlags, type RunFlags } from './flags.js';
import type { Terminal } from './terminal.js';
import { workspaceSettings } from './workspace.js';

export const DEFAULTS = { seed: 0, provider: 'cpu', threads: 0, optimization: 'all', budgetSeconds: 10 } as const;

/** Flags over the workspace's file over the defaults. A terminal is told of what has no effect in that file. */
export async function runOptions(modelPath: string, flags: RunFlags, terminal?: Terminal): Promise<RunOptions> {
  const settings = await workspaceSettings(modelPath, flags.config, terminal);
  const shared = Object.entries(settings?.dimensions ?? {}).map(([name, value]): DimensionRequest => ({
    name,
    values: [value],
    source: 'workspaceFile',
  }));
  const conditions = { ...DEFAULTS, ...definedOf(settings) };
  const named = new Set(flags.input?.map(({ name }) => name));
  const folder: InputRequest[] = flags.inputDir === undefined ? [] : [{ name: null, path: flags.inputDir }];
  // What is asked for takes the place of what is shared.
  const sharedInputs = inputsOf(settings).filter(({ name }) => !named.has(name) && (name !== null || !folder[0]));
  const options = {
    dimensions: [...(flags.dim ?? []), ...shared],
    inputs: withPreprocessing([...(flags.input ?? []), ...folder, ...sharedInputs], settings),
    seed: flags.seed,
    ...readProviders(flags.provider ?? conditions.provider),
    dataCheck: flags.dataCheck ?? false,
    threads: flags.threads ?? conditions.threads,
    optimization: flags.optimization,
    budgetSeconds: flags.budget,
    memoryLimitBytes: flags.memoryLimit === undefined ? null : flags.memoryLimit * 2 ** 20,
  };
  return { ...options, command: profileCommand(options) };
}

/** Of the workspace's file, without what it leaves out. */
function definedOf(settings: { provider?: string; threads?: number } | null): { provider?: string; threads?: number } {
  const { provider, threads } = settings ?? {};
  return { ...(provider === undefined ? {} : { provider }), ...(threads === undefined ? {} : { threads }) };
}

/** For `inspect`, which runs nothing: the conditions are those that a profile would have. */
export async function inspectOptions(modelPath: string, flags: ModelFlags, terminal?: Terminal): Promise<RunOptions> {
  const { seed, optimization, budgetSeconds: budget } = DEFAULTS;
  const options = await runOptions(modelPath, { ...flags, seed, optimization, budget }, terminal);
  return { ...options, command: 'inference-profiler inspect' };
}

/** The call that repeats the run, without the model, its dimensions and inputs; defaults are left out. */
function profileCommand(options: Omit<RunOptions, 'command'>): string {
  const parts = ['inference-profiler profile'];
  const add = (flag: string, value: string | number, usual: string | number): void => {
    const word = quoted(String(value));
    if (value !== usual && word !== null) parts.push(`${flag} ${word}`);
  };
  add('--provider', options.provider, DEFAULTS.provider);
  add('--threads', options.threads, DEFAULTS.threads);
  add('--optimization', options.optimization, DEFAULTS.optimization);
  add('--budget', options.budgetSeconds, DEFAULTS.budgetSeconds);
  add('--seed', options.seed, DEFAULTS.seed);
  if (options.dataCheck) parts.push('--data-check');
  if (options.memoryLimitBytes !== null) parts.push(`--memory-limit ${options.memoryLimitBytes / 2 ** 20}`);
  return parts.join(' ');
}
