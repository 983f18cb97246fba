/** Hints of texts as the command line and the editor make them, over models that are only said to be there. */

import {
  hintsOfFile,
  type LinePositions,
  modelsOf,
  pricesWith,
  type ReadFile,
} from '../../../src/core/configs/engine.js';
import type { Hint } from '../../../src/core/configs/hints/hint.js';
import type { ProfiledModel } from '../../../src/core/configs/hints/context.js';
import { readConfigs } from './languages.js';
import { createText } from '../../../src/format/text/text.js';
import type { ServingSettings, WorkspaceFile } from '../../../src/protocol/settings.js';
import { hintReport, type HintReportOptions } from './hintReport.js';

export interface World {
  /** Profiled models below /work, by path. */
  models?: Record<string, HintReportOptions & { stale?: boolean }>;
  /** Models that nobody profiled. */
  unprofiled?: string[];
  serving?: ServingSettings;
  workspaceFile?: WorkspaceFile;
  /** Other files of the folder, by name. */
  siblings?: Record<string, string>;
  prices?: string;
}

export const NOW = new Date('2026-11-22T12:00:00.000Z');
const ROOT = '/work';

export function hintsIn(source: string, name: string, world: World = {}): Hint[] {
  const file = `${ROOT}/${name}`;
  const folder = file.slice(0, file.lastIndexOf('/'));
  const reading = readConfigs(source, file);
  const models = Object.entries(world.models ?? { 'models/det.onnx': {} });
  const all = new Map<string, ProfiledModel>(
    models.map(([model, { stale = false, ...options }]) => {
      const path = `${ROOT}/${model}`;
      return [path, { path, report: hintReport(path, options), stale }];
    }),
  );
  const known = [
    ...[...all.keys()].map((path) => ({ path, profiled: true })),
    ...(world.unprofiled ?? []).map((model) => ({ path: `${ROOT}/${model}`, profiled: false })),
  ];
  const place = { file, root: ROOT, workspaceFile: world.workspaceFile ?? null };
  const siblings = Object.entries(world.siblings ?? {}).map(([sibling, text]): ReadFile => ({
    file: `${folder}/${sibling}`,
    reading: readConfigs(text, sibling),
  }));
  const wanted = [reading, ...siblings.map((sibling) => sibling.reading)].flatMap((each) =>
    modelsOf({ reading: each, place, known }),
  );
  const profiles = new Map([...all].filter(([path]) => wanted.includes(path)));
  const context = {
    text: createText(),
    serving: world.serving ?? {},
    prices: pricesWith(world.prices === undefined ? null : { text: world.prices, file: 'prices.csv' }),
    sourceText: source,
    now: NOW,
  };
  return hintsOfFile({ file, reading, siblings, place, known, profiles, context });
}

/** `6:13 replicas: 3 → ≈ $225/month`, from 1, in the order of the text; a lens without a place. */
export function described(hints: readonly Hint[], source: string, positions: LinePositions): string[] {
  return hints.map((hint) => {
    const words = hint.action && hint.kind === 'inlay' ? `${hint.text} · [${hint.action.label}]` : hint.text;
    if (hint.kind === 'lens') return `lens: ${words}`;
    const { line, character } = positions.at(hint.range.start);
    const place = `${line + 1}:${character + 1} ${JSON.stringify(source.slice(hint.range.start, hint.range.end))}`;
    const fixes = hint.fixes.map(({ title }) => `\n    fix: ${title}`).join('');
    return hint.severity === null ? `${place} → ${words}` : `${place} ${hint.severity}: ${words}${fixes}`;
  });
}
