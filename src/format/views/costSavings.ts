/** What would save next, counted in machines, and how much room is left. */

import type { CostSection, PlanSaving } from '../../protocol/cost.js';
import type { Text } from '../text/text.js';
import { decimal, integer, percent } from '../units.js';
import { answerOption } from './costAnswer.js';
import { fileName } from './costRequest.js';
import { rangeText, rateText, usd } from './money.js';
import { plainName, shortenMiddle } from './names.js';
import { methodName } from './quantization.js';
import { richText, type RichText } from './richText.js';

export interface SavingLine {
  head: RichText;
  text: string;
}

const MOST_LINES = 5;
/** On a page; a command line has room for more. */
const MOST_PLANS = 3;

export function savingLines(section: CostSection, text: Text): SavingLine[] {
  const counted = answerOption(section)?.replicas ?? null;
  const modules = largestSavings(section).map((saving): SavingLine => ({
    head: richText(text, section.unit === 'request' ? 'page.cost.next.shareRequest' : 'page.cost.next.share', {
      module: savingName(saving, section, text, (name) => shortenMiddle(name, 32)),
      share: percent(saving.share ?? null),
    }),
    text: effect(saving, { replicas: saving.replicas ?? 1, counted }, 'page.cost.next.saves', text),
  }));
  const plans = planEffects(section, text).map(({ method, speedup, effect: told }): SavingLine => ({
    head: richText(text, 'page.cost.next.plan', { method, speedup }),
    text: told,
  }));
  return [...modules, ...plans];
}

/** Those that save most first. */
export const largestSavings = ({ perModule }: Pick<CostSection, 'perModule'>): CostSection['perModule'] =>
  [...perModule]
    .sort((a, b) => b.savesReplicas - a.savesReplicas || (b.share ?? 0) - (a.share ?? 0))
    .slice(0, MOST_LINES);

/** Of a request's models the one that it is of: `Conv in rec.onnx`. */
export function savingName(
  { module: name, kind }: Pick<CostSection['perModule'][number], 'module' | 'kind'>,
  section: CostSection,
  text: Text,
  shortened: (name: string) => string = (whole) => whole,
): string {
  const module = kind === 'layout' ? text('page.cost.next.layout') : shortened(plainName(name));
  const model = ownModel(section);
  return model === null ? module : text('page.cost.next.in', { module, model });
}

/** null where calls of one model are counted. */
function ownModel({ unit, steps = [] }: CostSection): string | null {
  const own = unit === 'request' ? steps.find((step) => step.own === true) : undefined;
  return own ? fileName(own.model) : null;
}

export interface PlanEffect {
  method: string;
  speedup: string;
  /** A sentence. */
  effect: string;
}

/** What each measured plan of quantization would save, the quickest first. */
export function planEffects(section: CostSection, text: Text, most = MOST_PLANS): PlanEffect[] {
  const counted = answerOption(section)?.replicas ?? null;
  const plans = [...(section.perPlan ?? [])].sort((a, b) => b.speedup - a.speedup).slice(0, most);
  const names = planNames(plans, ownModel(section), text);
  return plans.map((plan, at) => {
    const replicas = plan.replicas + plan.savesReplicas;
    return {
      method: names[at] ?? '',
      speedup: decimal(plan.speedup, 2),
      effect: isSurelyFaster(plan)
        ? effect(plan, { replicas, counted }, 'page.cost.next.planSaves', text)
        : text('page.cost.next.planNotFaster'),
    };
  });
}

/** By method and, where a plan names layers, how many; those that are still alike by a number too. */
function planNames(plans: readonly PlanSaving[], model: string | null, text: Text): string[] {
  const names = plans.map(({ method: code, layers }) => {
    const name = methodName(code, text);
    const method =
      layers === undefined || layers === 0
        ? name
        : text.plural('page.cost.next.planLayers', layers, { method: name, count: integer(layers) });
    return model === null ? method : text('page.cost.next.planOf', { model, method });
  });
  return names.map((method, at) => {
    const number = names.slice(0, at + 1).filter((each) => each === method).length;
    const isAlone = names.filter((each) => each === method).length === 1;
    return isAlone ? method : text('page.cost.next.planNumber', { method, number });
  });
}

/** What cannot be told from the present speed, or is slower, saves nothing. */
const isSurelyFaster = ({ speedup, speedupInterval: [low] = [speedup, speedup] }: PlanSaving): boolean => low > 1;

/** Savings are by formula: beside a count by simulation that differs they are told without one. */
function effect(
  saving: { savesReplicas: number; usdPerMonth: number | null; nextSavingAtRate: number | null },
  { replicas, counted }: { replicas: number; counted: number | null },
  saves: 'page.cost.next.saves' | 'page.cost.next.planSaves',
  text: Text,
): string {
  if (counted !== replicas) return about(saving, text);
  const count = integer(replicas);
  if (saving.savesReplicas <= 0 && saving.nextSavingAtRate === null) return text('page.cost.next.staysAbout');
  if (saving.savesReplicas <= 0)
    return text(replicas === 1 ? 'page.cost.next.stays.one' : 'page.cost.next.stays', {
      count,
      rate: rateText(saving.nextSavingAtRate),
    });
  const params = { count, fewer: integer(replicas - saving.savesReplicas) };
  if (saving.usdPerMonth === null) return text(`${saves}Unpriced`, params);
  return text(saves, { ...params, money: usd(saving.usdPerMonth) });
}

function about({ savesReplicas, usdPerMonth }: Pick<PlanSaving, 'savesReplicas' | 'usdPerMonth'>, text: Text): string {
  if (savesReplicas <= 0) return text('page.cost.next.staysAbout');
  const saved = { saved: integer(savesReplicas) };
  if (usdPerMonth === null) return text.plural('page.cost.next.savesAbout', savesReplicas, saved);
  return text.plural('page.cost.next.savesAboutMoney', savesReplicas, { ...saved, money: usd(usdPerMonth) });
}

/** null without a rate, or where the machines were only projected. */
export function roomLines(section: CostSection, text: Text): string[] {
  const option = answerOption(section);
  if (!option?.holdsUpToRate || option.replicas === null) return [];
  const money = option.usdPerHour === null ? null : (option.replicas + 1) * option.usdPerHour * 730;
  const more =
    money === null ? text('page.cost.room.moreUnpriced') : text('page.cost.room.more', { money: usd(money) });
  const params = {
    count: integer(option.replicas),
    rate: rangeText(option.holdsUpToRate, rateText),
    headroom: section.assumptions.headroomPercent,
    more,
  };
  const lines = [text(option.replicas === 1 ? 'page.cost.room.text.one' : 'page.cost.room.text', params)];
  if (option.holdsWithoutOne && option.replicas > 1)
    lines.push(text('page.cost.room.without', { rate: rangeText(option.holdsWithoutOne, rateText) }));
  return lines;
}
