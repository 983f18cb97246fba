import * as vscode from 'vscode';

import type { OptimizationLevel } from '../../protocol/report.js';
import type { Settings } from '../../protocol/settings.js';
import { SETTINGS_SECTION } from '../ids.js';

const OPTIMIZATION_LEVELS: readonly OptimizationLevel[] = ['disabled', 'basic', 'extended', 'all'];

type Check = (value: unknown) => boolean;
const atLeast =
  (minimum: number): Check =>
  (value) =>
    typeof value === 'number' && value >= minimum;
const wholeFrom =
  (minimum: number): Check =>
  (value) =>
    Number.isInteger(value) && atLeast(minimum)(value);

const CHECKS: Record<keyof Settings, Check> = {
  threads: wholeFrom(0),
  provider: (value) => typeof value === 'string' && /^\w{1,40}$/.test(value),
  optimization: (value) => OPTIMIZATION_LEVELS.some((level) => level === value),
  budgetSeconds: atLeast(1),
  memoryLimitMiB: wholeFrom(0),
  historyLimit: wholeFrom(1),
  historySizeMiB: wholeFrom(1),
  hints: (value) => typeof value === 'boolean',
};

/** All settings as they hold for a file. Defaults stand in package.json alone; a value of a wrong type counts as unset. */
export function readSettings(resource?: vscode.Uri): Settings {
  const configuration = vscode.workspace.getConfiguration(SETTINGS_SECTION, resource ?? null);
  const read = ([name, check]: [string, Check]): [string, unknown] => {
    const value = configuration.get<unknown>(name);
    return [name, check(value) ? value : configuration.inspect(name)?.defaultValue];
  };
  return Object.fromEntries(Object.entries(CHECKS).map(read)) as unknown as Settings;
}
