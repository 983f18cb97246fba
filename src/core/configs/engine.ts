/**
 * The way in for the editor and the command line, a bundle of its own: its parsers are loaded when the first config is
 * met. Everything in here is pure: files, reports and settings are handed in.
 */

import { parsePriceList, withPriceList } from '../cost/prices/priceFile.js';
import { catalogue, type PriceTable } from '../cost/prices/table.js';
import { buildHints, type ConfigSurroundings } from './hints/build.js';
import type { HintContext, ModelState, ProfiledModel } from './hints/context.js';
import type { Hint } from './hints/hint.js';
import { scalersOf } from './joinScaling.js';
import { type KnownModel, modelOf, type ModelPlace, namedModel } from './models.js';
import type { ConfigReading } from './read.js';
import type { ServingConfig } from './servingConfig.js';

export { hintMarkdown } from './hints/markdown.js';
export { readConfigs } from './read.js';
export { LinePositions } from './tree/lines.js';

export interface ReadFile {
  /** Absolute, with `/`. */
  file: string;
  reading: ConfigReading;
}

export interface FileHintsRequest extends ReadFile {
  /** Other files of the folder: an autoscaler may stand in one of them. */
  siblings: readonly ReadFile[];
  place: ModelPlace;
  known: readonly KnownModel[];
  /** By path, for every one that `modelsOf` names. */
  profiles: ReadonlyMap<string, ProfiledModel>;
  context: HintContext;
}

/** Paths of the known models that a file means or names: their reports are wanted. */
export function modelsOf({ reading, place, known }: Pick<FileHintsRequest, 'reading' | 'place' | 'known'>): string[] {
  const meant = reading.configs.map((config) => modelOf(config, place, known)?.path ?? null);
  const named = reading.literals.map(({ value }) => namedModel(value, place, known));
  return [...new Set([...meant, ...named].filter((path) => path !== null))];
}

export function hintsOfFile(request: FileHintsRequest): Hint[] {
  const { file, reading, siblings, place, known, profiles, context } = request;
  const placed = [
    ...reading.configs.map((config) => ({ file, config })),
    ...siblings.flatMap((sibling) => sibling.reading.configs.map((config) => ({ file: sibling.file, config }))),
  ];
  const scalers = scalersOf(placed);
  const fileOf = new Map(placed.map(({ config, file: where }) => [config, where]));
  const modelStateOf = (config: ServingConfig): ModelState => {
    const path = modelOf(config, { ...place, file: fileOf.get(config) ?? file }, known)?.path ?? null;
    const model = path === null ? undefined : profiles.get(path);
    return model ? { kind: 'profiled', model } : { kind: 'unprofiled', path };
  };
  const around = (config: ServingConfig): ConfigSurroundings => {
    const scaler = scalers.get(config) ?? null;
    const scaled = placed.find((each) => scalers.get(each.config)?.config === config) ?? null;
    return {
      model: modelStateOf(scaled?.config ?? config),
      scaler: scaler && { config: scaler.config, here: scaler.file === file },
      workload: scaled && { config: scaled.config, here: scaled.file === file },
    };
  };
  const literal = (path: string): ProfiledModel | null => {
    const found = namedModel(path, place, known);
    return found === null ? null : (profiles.get(found) ?? null);
  };
  return buildHints({ reading, around, literal }, context);
}

/** The project's prices, with those of a workspace's list where there is one. @throws ExpectedError naming its line. */
export const pricesWith = (list: { text: string; file: string } | null): PriceTable =>
  list ? withPriceList(parsePriceList(list.text, list.file), list.file) : catalogue();
