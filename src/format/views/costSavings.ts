/** What would save next, counted in machines, and how much room is left. */

import type { CostSection } from '../../protocol/cost.js';
import type { Text } from '../text/text.js';
import { decimal, integer, percent } from '../units.js';
import { answerOption } from './costAnswer.js';
import { rangeText, rateText, usd } from './money.js';
import { plainName, shortenMiddle } from './names.js';
import { richText, type RichText } from './richText.js';

export interface SavingLine {
  head: RichText;
  text: string;
}

const MOST_LINES = 5;

export function savingLines(section: CostSection, text: Text): SavingLine[] {
  const { perModule, perPlan = [] } = section;
  const modules = [...perModule]
    .sort((a, b) => b.savesReplicas - a.savesReplicas || (b.share ?? 0) - (a.share ?? 0))
    .slice(0, MOST_LINES)
    .map((saving): SavingLine => ({
      head: richText(text, 'page.cost.next.share', {
        module: saving.kind === 'layout' ? text('page.cost.next.layout') : shortenMiddle(plainName(saving.module), 32),
        share: percent(saving.share ?? null),
      }),
      text: effect(saving, saving.replicas ?? 1, 'page.cost.next.saves', text),
    }));
  const plans = perPlan.slice(0, 2).map((plan): SavingLine => ({
    head: richText(text, 'page.cost.next.plan', { method: plainName(plan.method), speedup: decimal(plan.speedup, 2) }),
    text: effect(plan, plan.replicas + plan.savesReplicas, 'page.cost.next.planSaves', text),
  }));
  return [...modules, ...plans];
}

function effect(
  saving: { savesReplicas: number; usdPerMonth: number | null; nextSavingAtRate: number | null },
  replicas: number,
  saves: 'page.cost.next.saves' | 'page.cost.next.planSaves',
  text: Text,
): string {
  const count = integer(replicas);
  if (saving.savesReplicas <= 0)
    return text(replicas === 1 ? 'page.cost.next.stays.one' : 'page.cost.next.stays', {
      count,
      rate: rateText(saving.nextSavingAtRate),
    });
  const params = { count, fewer: integer(replicas - saving.savesReplicas) };
  if (saving.usdPerMonth === null) return text(`${saves}Unpriced`, params);
  return text(saves, { ...params, money: usd(saving.usdPerMonth) });
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
