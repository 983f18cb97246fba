/** What the workspace's `inference-profiler.json` says of one model. */

import { existsSync } from 'node:fs';
import path from 'node:path';

import type { ModelSettings, WorkspaceFile } from '../protocol/settings.js';
import type { Terminal } from './terminal.js';

const FILE_NAME = 'inference-profiler.json';
const DEEPEST = 64;

/**
 * From the file that was named, else from the nearest one above the model, up to the root of its repository. Paths of
 * inputs are made absolute. null where no file or no entry names the model.
 */
export async function workspaceSettings(
  modelPath: string,
  configFile: string | undefined,
  terminal?: Terminal,
): Promise<ModelSettings | null> {
  const file = configFile ?? nearestFile(path.dirname(path.resolve(modelPath)));
  if (file === null) return null;
  // Loaded when there is such a file: most calls have none.
  const [shared, { modelSettingsFor }] = await Promise.all([
    readSettingsFile(file, terminal),
    import('../core/configs/modelSettings.js'),
  ]);
  const folder = path.dirname(path.resolve(file));
  const relative = path.relative(folder, path.resolve(modelPath)).split(path.sep).join('/');
  const found = modelSettingsFor(shared, relative);
  const settings = found?.baseline === undefined ? found : { ...found, baseline: path.resolve(folder, found.baseline) };
  if (!settings?.inputs) return settings;
  const inputs = Object.entries(settings.inputs).map(([name, input]) => [name, path.resolve(folder, input)] as const);
  return { ...settings, inputs: Object.fromEntries(inputs) };
}

/** The whole file, as named or the nearest above, and its folder; null where there is none. */
export async function workspaceFileFor(
  modelPath: string,
  configFile: string | undefined,
  terminal: Terminal,
): Promise<{ file: WorkspaceFile; folder: string } | null> {
  const file = configFile ?? nearestFile(path.dirname(path.resolve(modelPath)));
  if (file === null) return null;
  return { file: await readSettingsFile(file, terminal), folder: path.dirname(path.resolve(file)) };
}

/**
 * A terminal is told of keys that have no effect: a misspelt one would be missed in silence.
 * @throws ExpectedError (input) naming the file, line and column of what is wrong.
 */
export async function readSettingsFile(file: string, terminal?: Terminal): Promise<WorkspaceFile> {
  const { readWorkspaceFile } = await import('../core/report/workspaceFile.js');
  return readWorkspaceFile(file, (message) => terminal?.noteOnce(terminal.text.message(message)));
}

/** The settings file that is nearest above a folder, up to the root of its repository. */
export function nearestFile(start: string): string | null {
  let folder = start;
  for (let depth = 0; depth < DEEPEST; depth++) {
    const file = path.join(folder, FILE_NAME);
    if (existsSync(file)) return file;
    const parent = path.dirname(folder);
    if (parent === folder || existsSync(path.join(folder, '.git'))) return null;
    folder = parent;
  }
  return null;
}
