import type { ModelSettings, WorkspaceFile } from '../../protocol/settings.js';
import { matchesGlob } from './glob.js';

/**
 * What the workspace file says of one model: every entry that names it, by its path or by a glob, later entries over
 * earlier ones. `modelPath` is relative to the file, with `/`. null when no entry names it.
 */
export function modelSettingsFor(file: WorkspaceFile, modelPath: string): ModelSettings | null {
  const matching = Object.entries(file.models ?? {}).filter(
    ([key]) => key.replace(/^\.\//, '') === modelPath || matchesGlob(modelPath, key),
  );
  if (matching.length === 0) return null;
  return matching.reduce<ModelSettings>(
    (merged, [, settings]) => ({
      ...merged,
      ...settings,
      dimensions: { ...merged.dimensions, ...settings.dimensions },
      inputs: { ...merged.inputs, ...settings.inputs },
      ...preprocessingOf(merged, settings),
      ...budgetsOf(merged, settings),
    }),
    {},
  );
}

const preprocessingOf = (merged: ModelSettings, settings: ModelSettings): Pick<ModelSettings, 'preprocessing'> =>
  merged.preprocessing || settings.preprocessing
    ? { preprocessing: { ...merged.preprocessing, ...settings.preprocessing } }
    : {};

const budgetsOf = (merged: ModelSettings, settings: ModelSettings): Pick<ModelSettings, 'budgets'> =>
  merged.budgets || settings.budgets ? { budgets: { ...merged.budgets, ...settings.budgets } } : {};
