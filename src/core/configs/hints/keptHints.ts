/** Hints of what was not edited, kept: they stand for the same config, the same report and the same settings. */

import { originOf } from '../moved.js';
import type { ServingConfig } from '../servingConfig.js';
import type { HintContext, ProfiledModel } from './context.js';
import type { Figures } from './figures.js';
import { type Hint, movedHint } from './hint.js';

export interface FiguresAndHints {
  figures: Figures;
  hints: readonly Hint[];
}

interface Kept extends FiguresAndHints {
  model: ProfiledModel;
  context: HintContext;
  /** How far the config had been moved then. */
  by: number;
}

const HOUR_MS = 3_600_000;
const kept = new WeakMap<ServingConfig, Kept>();

/** Ages are told in hours at the finest. */
const hourOf = ({ now }: HintContext): number => Math.floor(now.getTime() / HOUR_MS);

const sameAround = (one: HintContext, other: HintContext): boolean =>
  one.text === other.text &&
  one.serving === other.serving &&
  one.prices === other.prices &&
  hourOf(one) === hourOf(other);

export function keptHints(
  config: ServingConfig,
  model: ProfiledModel,
  context: HintContext,
  make: () => FiguresAndHints,
): FiguresAndHints {
  const { of, by } = originOf(config);
  const known = kept.get(of);
  if (known?.model === model && sameAround(known.context, context)) {
    const shift = by - known.by;
    return shift === 0 ? known : { ...known, hints: known.hints.map((hint) => movedHint(hint, shift)) };
  }
  const made = make();
  kept.set(of, { ...made, model, context, by });
  return made;
}
