/** What the hints of a document need besides its text; kept until something around it changes. */

import { readdir, readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import * as vscode from 'vscode';

import type * as engineModule from '../../core/configs/engine.js';
import type { ReadFile } from '../../core/configs/engine.js';
import type { KnownModel, ModelPlace } from '../../core/configs/models.js';
import type { ConfigReading } from '../../core/configs/read.js';
import type { PriceTable } from '../../core/cost/prices/table.js';
import type { ServingSettings } from '../../protocol/settings.js';
import type { HintModel, HintModels } from '../../store/hintModels.js';
import { readWorkspaceSettings } from '../session/workspaceFiles.js';
import type { ServingChoices } from '../session/servingChoices.js';

export type HintEngine = typeof engineModule;

const SIBLING = /\.(ya?ml|json)$/i;
const MOST_SIBLINGS = 50;
const LARGEST_SIBLING_BYTES = 256 * 1024;

export interface Surroundings {
  place: ModelPlace;
  serving: ServingSettings;
  prices: PriceTable;
  siblings: ReadFile[];
  known: readonly KnownModel[];
  profiles: Map<string, HintModel>;
}

export interface SurroundingsServices {
  models: HintModels;
  choices: ServingChoices;
  /** Of models that nobody profiled: their paths. */
  unprofiled(): string[];
  warn(file: string, error: unknown): void;
}

const slashed = (file: string): string => file.split(path.sep).join('/');

export async function readSurroundings(
  document: vscode.TextDocument,
  engine: HintEngine,
  services: SurroundingsServices,
): Promise<Surroundings> {
  const folder = vscode.workspace.getWorkspaceFolder(document.uri);
  const workspaceFile = folder ? await readWorkspaceSettings(folder).catch(noteAnd(services, folder.uri.fsPath)) : null;
  const serving = { ...workspaceFile?.serving, ...services.choices.get() };
  const profiled = await services.models.known();
  const names = new Set(profiled.map((model) => model.path));
  const others = services.unprofiled().map((file) => ({ path: slashed(file), profiled: false }));
  return {
    place: {
      file: slashed(document.uri.fsPath),
      root: folder ? slashed(folder.uri.fsPath) : null,
      workspaceFile,
    },
    serving,
    prices: await readPrices(serving, folder, engine, services),
    siblings: await readSiblings(document.uri.fsPath, engine),
    known: [...profiled, ...others.filter((model) => !names.has(model.path))],
    profiles: new Map(),
  };
}

const noteAnd =
  (services: SurroundingsServices, file: string) =>
  (error: unknown): null => {
    services.warn(file, error);
    return null;
  };

/** A bad list leaves the project's prices in force. */
async function readPrices(
  { prices }: ServingSettings,
  folder: vscode.WorkspaceFolder | undefined,
  engine: HintEngine,
  services: SurroundingsServices,
): Promise<PriceTable> {
  if (prices === undefined || !folder) return engine.pricesWith(null);
  try {
    const text = await readFile(path.resolve(folder.uri.fsPath, prices), 'utf8');
    return engine.pricesWith({ text, file: services.choices.nameOfPrices(prices) });
  } catch (error) {
    services.warn(prices, error);
    return engine.pricesWith(null);
  }
}

/** As they are in the editor where they are open, else as they are on disk. */
async function readSiblings(file: string, engine: HintEngine): Promise<ReadFile[]> {
  const folder = path.dirname(file);
  const names = (await readdir(folder).catch(() => [])).filter((name) => SIBLING.test(name)).slice(0, MOST_SIBLINGS);
  const read = names.map(async (name): Promise<ReadFile[]> => {
    const sibling = path.join(folder, name);
    if (sibling === file) return [];
    const open = vscode.workspace.textDocuments.find((each) => each.uri.fsPath === sibling);
    const text = open?.getText() ?? (await readSmall(sibling));
    return text === null ? [] : [{ file: slashed(sibling), reading: await engine.readConfigs(text, sibling) }];
  });
  return (await Promise.all(read)).flat();
}

async function readSmall(file: string): Promise<string | null> {
  const found = await stat(file).catch(() => null);
  return found?.isFile() && found.size <= LARGEST_SIBLING_BYTES ? readFile(file, 'utf8').catch(() => null) : null;
}

/** Loads the profiles that a reading names and that are not there yet. */
export async function addProfiles(
  around: Surroundings,
  reading: ConfigReading,
  engine: HintEngine,
  models: HintModels,
): Promise<void> {
  const { place, known } = around;
  const here = [reading, ...around.siblings.map((sibling) => sibling.reading)];
  const wanted = here.flatMap((each) => engine.modelsOf({ reading: each, place, known }));
  const missing = [...new Set(wanted)].filter((each) => !around.profiles.has(each));
  if (missing.length === 0) return;
  for (const [name, profile] of await models.profiles(missing)) around.profiles.set(name, profile);
}
