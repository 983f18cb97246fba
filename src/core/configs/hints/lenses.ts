/** The line on top of a file: the total, once, and what can be done. */

import { dollars, hourlyDollars, rate } from '../../../format/money.js';
import { duration } from '../../../format/units.js';
import { ageText } from '../../../format/views/age.js';
import type { HintContext, ProfiledModel } from './context.js';
import type { Figures } from './figures.js';
import { type Hint, type HintAction, lens } from './hint.js';
import { common, medianText } from './wording.js';

/** `all`: every workload of the file that has a profile, each once. */
export function lensesOf(all: readonly Figures[], context: HintContext): Hint[] {
  const [first] = all;
  if (!first) return [];
  const { text } = context;
  const modelPath = first.model.path;
  const openCost: HintAction = { type: 'openCost', modelPath, instance: first.instance, replicas: writtenOf(first) };
  const stale = all.find(({ model }) => model.stale)?.model ?? null;
  return [
    lens(summaryOf(all, context), openCost, 'total'),
    ...(stale ? [staleLens(stale, context)] : []),
    lens(text('hints.lens.openCost'), openCost),
    lens(text('hints.lens.profile'), { type: 'profile', modelPath }),
    first.rate === null
      ? lens(text('hints.lens.setRate'), { type: 'setRate' })
      : lens(text('hints.lens.compare'), { type: 'compareInstances', modelPath, instance: first.instance }),
  ];
}

const staleLens = (model: ProfiledModel, { text, now }: HintContext): Hint =>
  lens(
    text('hints.lens.stale', { age: ageText(model.report.createdAt, now, text) }),
    { type: 'profile', modelPath: model.path },
    'stale',
  );

/** Where no profile is: one lens, which offers the models. */
export const noProfileLens = ({ text }: HintContext, path: string | null): Hint =>
  lens(text('hints.lens.none'), { type: 'profile', modelPath: path }, 'noProfile');

interface Bill {
  low: number;
  high: number;
}

/** Floor and ceiling where an autoscaler decides, else the count; null where the price is not known. */
function billOf(figures: Figures): Bill | null {
  const { config } = figures;
  const [floor, ceiling] = rangeOf(figures);
  // One host of a kind that the file does not name, a count that a template makes, a job that ends: no monthly bill.
  if (config.unit === 'copies' || isOpenCount(figures) || figures.isJob) return null;
  const [low, high] = [figures.usdPerMonth(floor), figures.usdPerMonth(ceiling)];
  return low === null || high === null ? null : { low, high };
}

/** Machines as the file says; null where another file or a template does. */
const writtenOf = (figures: Figures): number | null =>
  figures.config.unit === 'copies' || isOpenCount(figures) ? null : figures.machines(rangeOf(figures)[0]);

const isOpenCount = ({ config }: Figures): boolean => config.countOpen && !(config.floor && config.ceiling);

function rangeOf({ config }: Figures): [number, number] {
  const count = config.count?.value ?? 1;
  const floor = config.floor?.value ?? (config.ceiling ? Math.min(1, config.ceiling.value) : count);
  return [floor, Math.max(floor, config.ceiling?.value ?? count)];
}

function summaryOf(all: readonly Figures[], context: HintContext): string {
  const { text } = context;
  const bills = all.map(billOf);
  const known = bills.filter((bill) => bill !== null);
  const [first] = all;
  if (known.length === 0 || !first) return withoutMoney(all, context);
  const low = known.reduce((sum, bill) => sum + bill.low, 0);
  const high = known.reduce((sum, bill) => sum + bill.high, 0);
  if (all.length === 1) return single(first, low, high, context);
  const words =
    low === high
      ? text.plural('hints.lens.sum', known.length, { money: dollars(low) })
      : text.plural('hints.lens.sumRange', known.length, { low: dollars(low), high: dollars(high) });
  const missing = all.length - known.length;
  return missing === 0 ? words : text('hints.lens.without', { summary: words, count: missing });
}

function single(figures: Figures, low: number, high: number, { text }: HintContext): string {
  const instance = figures.instance ?? '';
  const [floor, ceiling] = rangeOf(figures);
  if (low !== high)
    return text('hints.lens.range', { floor, ceiling, instance, low: dollars(low), high: dollars(high) });
  if (high === 0) return text('hints.lens.zero');
  const count = figures.machines(floor) ?? floor;
  const summary = text('hints.lens.replicas', { count, instance, money: dollars(low) });
  const latency = figures.latency(floor)?.percentileNs ?? null;
  if (latency === null) return summary;
  return text('hints.lens.at', { ...common(figures), summary, latency: duration(latency) });
}

/** What one machine carries, else what a call takes. */
function withoutMoney(all: readonly Figures[], context: HintContext): string {
  const { text } = context;
  const [first] = all;
  if (!first) return '';
  const hourly = first.usdPerHour;
  const jobMachines = first.isJob ? first.machines(first.config.count?.value ?? 1) : null;
  if (jobMachines !== null && hourly !== null && all.length === 1)
    return text('hints.lens.job', {
      count: jobMachines,
      instance: first.instance ?? '',
      money: hourlyDollars(jobMachines * hourly),
    });
  const summary = carriesText(all, first, context);
  const usd = all.length === 1 && first.config.unit === 'copies' ? first.usdPerMonth(1) : null;
  if (usd === null || first.sessionsElsewhere) return summary;
  return text('hints.lens.onMachine', { summary, money: dollars(usd), instance: first.instance ?? '' });
}

function carriesText(all: readonly Figures[], first: Figures, { text }: HintContext): string {
  const sessions = first.sessionsPerMachine(first.config.count?.value ?? 1);
  const carried = all.length === 1 ? first.carriedByOne(first.config.count?.value ?? 1) : null;
  if (carried && carried.low === carried.high)
    return sessions > 1
      ? text('hints.lens.carriesCopies', { carries: rate(carried.low), count: sessions })
      : text('hints.lens.carries', { carries: rate(carried.low) });
  const name = first.model.path.slice(first.model.path.lastIndexOf('/') + 1);
  return text('hints.lens.latency', { model: name, latency: medianText(first.model) ?? '–' });
}
