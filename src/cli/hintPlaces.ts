/** What lies around a config file: the workspace's settings, its prices, the other configs of its folder. */

import { readdir, readFile, stat } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import path from 'node:path';

import { ExpectedError } from '../core/common/errors.js';
import type * as engineModule from '../core/configs/engine.js';
import type { ReadFile } from '../core/configs/engine.js';
import type { ModelPlace } from '../core/configs/models.js';
import type { PriceTable } from '../core/cost/prices/table.js';
import type { ServingSettings } from '../protocol/settings.js';
import type { HintsFlags } from './hintsFlags.js';
import type { Terminal } from './terminal.js';
import { nearestFile, readSettingsFile } from './workspace.js';

type Engine = typeof engineModule;

const SIBLING = /\.(ya?ml|json)$/i;
const MOST_SIBLINGS = 50;
const LARGEST_SIBLING_BYTES = 256 * 1024;

export interface HintPlaces {
  place: ModelPlace;
  serving: ServingSettings;
  prices: PriceTable;
  siblings: ReadFile[];
}

export async function hintPlaces(
  file: string,
  flags: HintsFlags,
  engine: Engine,
  terminal: Terminal,
): Promise<HintPlaces> {
  const absolute = path.resolve(file);
  const settingsFile = flags.config ?? nearestFile(path.dirname(absolute));
  const workspaceFile = settingsFile === null ? null : await readSettingsFile(settingsFile, terminal);
  const root = settingsFile === null ? repositoryOf(absolute) : path.dirname(path.resolve(settingsFile));
  const serving = { ...workspaceFile?.serving };
  if (flags.rate !== undefined) serving.rate = flags.rate;
  if (flags.targetMs !== undefined) serving.targetMs = flags.targetMs;
  return {
    place: { file: slashed(absolute), root: root === null ? null : slashed(root), workspaceFile },
    serving,
    prices: await pricesOf(serving, root, engine),
    siblings: await readSiblings(absolute, engine),
  };
}

export const slashed = (file: string): string => file.split(path.sep).join('/');

async function pricesOf({ prices }: ServingSettings, root: string | null, engine: Engine): Promise<PriceTable> {
  if (prices === undefined) return engine.pricesWith(null);
  const file = path.resolve(root ?? '.', prices);
  const text = await readFile(file, 'utf8').catch((error: unknown) => {
    const reason = (error as NodeJS.ErrnoException).code ?? '';
    throw new ExpectedError('input', 'cli.hints.unreadable', { file: prices, reason });
  });
  return engine.pricesWith({ text, file: prices });
}

function repositoryOf(file: string): string | null {
  for (let folder = path.dirname(file); ; folder = path.dirname(folder)) {
    if (existsSync(path.join(folder, '.git'))) return folder;
    if (path.dirname(folder) === folder) return null;
  }
}

async function readSiblings(file: string, engine: Engine): Promise<ReadFile[]> {
  const folder = path.dirname(file);
  const names = (await readdir(folder).catch(() => [])).filter((name) => SIBLING.test(name)).slice(0, MOST_SIBLINGS);
  const read = names.map(async (name): Promise<ReadFile[]> => {
    const sibling = path.join(folder, name);
    const found = await stat(sibling).catch(() => null);
    if (sibling === file || !found?.isFile() || found.size > LARGEST_SIBLING_BYTES) return [];
    return [{ file: slashed(sibling), reading: await engine.readConfigs(await readFile(sibling, 'utf8'), sibling) }];
  });
  return (await Promise.all(read)).flat();
}
