/** All hints of one file, from what was read of it and what is stored of its models. */

import type { ConfigReading } from '../read.js';
import { withScaler } from '../joinScaling.js';
import type { ServingConfig } from '../servingConfig.js';
import { batchHints } from './batchHints.js';
import type { HintContext, ModelState, ProfiledModel } from './context.js';
import { countHints } from './countHints.js';
import { Figures } from './figures.js';
import { diagnostic, type Hint } from './hint.js';
import { type FiguresAndHints, keptHints } from './keptHints.js';
import { lensesOf, noProfileLens } from './lenses.js';
import { machineHints } from './machineHints.js';
import { modelHint } from './modelHints.js';

/** What is known around one config of the file. */
export interface ConfigSurroundings {
  model: ModelState;
  /** The autoscaler that names this workload, and whether it stands in this file. */
  scaler: { config: ServingConfig; here: boolean } | null;
  /** For an autoscaler: what it scales, and whether that stands in this file. */
  workload: { config: ServingConfig; here: boolean } | null;
}

export interface HintSources {
  reading: ConfigReading;
  around: (config: ServingConfig) => ConfigSurroundings;
  /** The stored profile of a model that the text names; null: none. */
  literal: (path: string) => ProfiledModel | null;
}

/** In the order of the text; never two inlays at one place. */
export function buildHints({ reading, around, literal }: HintSources, context: HintContext): Hint[] {
  const hints: Hint[] = [];
  const bills: Figures[] = [];
  const unprofiled: ModelState[] = [];
  for (const config of reading.configs) {
    const { model, scaler, workload } = around(config);
    if (model.kind !== 'profiled') {
      unprofiled.push(model);
      continue;
    }
    const make = (): FiguresAndHints => {
      const subject = subjectOf(config, scaler?.config ?? null, workload?.config ?? null);
      const figures = new Figures(subject, model.model, context);
      return { figures, hints: hintsOf(config, figures, scaler) };
    };
    // What stands elsewhere too is made anew: it may have changed there.
    const made = scaler || workload ? make() : keptHints(config, model.model, context, make);
    const { figures } = made;
    hints.push(...made.hints);
    // An autoscaler beside its workload is the same bill; alone in its file it stands for it.
    // Models that share a Server are on its bill.
    const billedElsewhere = config.format === 'seldon' && config.kind === 'Model';
    if (!billedElsewhere && (config.scales === null || workload?.here === false)) bills.push(figures);
    if (config.modelBeside) hints.push(...nameHint(config, model.model, context));
  }
  for (const place of reading.literals) {
    const model = literal(place.value);
    if (model) hints.push(...modelHint(place, model, context, null));
  }
  const lenses = bills.length > 0 ? lensesOf(bills, context) : missing(unprofiled, context);
  return [...lenses, ...onePerPlace(hints)];
}

/** What figures are made of: for an autoscaler its workload, with the autoscaler's own fields. */
function subjectOf(config: ServingConfig, scaler: ServingConfig | null, workload: ServingConfig | null): ServingConfig {
  if (config.scales === null) return withScaler(config, scaler);
  return workload ? withScaler(workload, config) : config;
}

function hintsOf(config: ServingConfig, figures: Figures, scaler: ConfigSurroundings['scaler']): Hint[] {
  const counts = countHints(figures);
  // Each file shows what stands in it: the workload its count, the autoscaler floor and ceiling.
  if (config.scales !== null) return counts.filter(({ range }) => isOwn(range, config, ['floor', 'ceiling']));
  const own = scaler ? counts.filter(({ range }) => isOwn(range, config, ['count'])) : counts;
  return [...own, ...overriddenBy(config, scaler, figures), ...machineHints(figures), ...batchHints(figures)];
}

const isOwn = (
  range: Hint['range'],
  config: ServingConfig,
  fields: readonly ('count' | 'floor' | 'ceiling')[],
): boolean =>
  fields.some((field) => {
    const place = config[field];
    return place !== null && range.start >= place.field.start && range.end <= place.field.end;
  });

function overriddenBy(config: ServingConfig, scaler: ConfigSurroundings['scaler'], { context }: Figures): Hint[] {
  const { text } = context;
  const by = scaler?.config;
  if (!by || !config.count || !by.floor || !by.ceiling) return [];
  const message = text('hints.diagnostic.overridden', {
    scaler: by.kind,
    name: by.name ?? '',
    floor: by.floor.value,
    ceiling: by.ceiling.value,
  });
  return [diagnostic('information', 'overridden', config.count.field, message)];
}

/** Triton's own name of the model, with the file that stands for it. */
function nameHint(config: ServingConfig, model: ProfiledModel, context: HintContext): Hint[] {
  const [name] = config.models;
  if (!name) return [];
  const short = model.path.split('/').slice(-3).join('/');
  return modelHint(name, model, context, short);
}

function missing(unprofiled: readonly ModelState[], context: HintContext): Hint[] {
  const [first] = unprofiled;
  return first?.kind === 'unprofiled' ? [noProfileLens(context, first.path)] : [];
}

/** Aliases of an anchor lead several objects to one place: what is the same is said once, what differs not at all. */
function onePerPlace(hints: readonly Hint[]): Hint[] {
  const places = new Map<string, Hint[]>();
  for (const hint of hints) {
    const key = `${hint.kind} ${hint.code ?? ''} ${hint.range.start} ${hint.range.end}`;
    places.set(key, [...(places.get(key) ?? []), hint]);
  }
  const kept = [...places.values()].flatMap((same) => {
    const [first] = same;
    return first && same.every(({ text }) => text === first.text) ? [first] : [];
  });
  return kept.sort((a, b) => a.range.start - b.range.start || a.range.end - b.range.end);
}
