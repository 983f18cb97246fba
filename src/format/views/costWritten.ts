/** What a serving config asks for, beside what the answer says. */

import type { CostOption, CostSection } from '../../protocol/cost.js';
import type { CostAsked } from '../../protocol/webview.js';
import type { Text } from '../text/text.js';
import { integer } from '../units.js';
import { rangeText, rateText, usd } from './money.js';
import { plainName } from './names.js';
import { richText, type RichText } from './richText.js';

const HOURS_PER_MONTH = 730;

const sameName = (one: string, other: string): boolean => one.toLowerCase() === other.toLowerCase();

/** The row of the machine that was asked for; null where the list has none of that name. */
export const askedOption = ({ options }: CostSection, asked: CostAsked | null | undefined): CostOption | null =>
  options.find(({ instance }) => asked?.instance != null && sameName(instance, asked.instance)) ?? null;

/** The count as written, its money, what it carries and what the plan would take; null where no count was asked for. */
export function writtenSentences(section: CostSection, asked: CostAsked, text: Text): RichText[] | null {
  const { instance, replicas } = asked;
  if (instance === null || replicas === null) return null;
  const option = askedOption(section, asked);
  const words = { count: integer(replicas), instance: plainName(option?.instance ?? instance) };
  if (option?.usdPerHour == null) return [richText(text, 'page.cost.written.unpriced', words)];
  const month = usd(replicas * option.usdPerHour * HOURS_PER_MONTH);
  return [
    richText(text, 'page.cost.written', { ...words, month }),
    ...carriedBy(option, replicas, section, text),
    ...planned(option, replicas, section, text),
  ];
}

function carriedBy({ throughput }: CostOption, replicas: number, section: CostSection, text: Text): RichText[] {
  if (!throughput || replicas === 0) return [];
  const { headroomPercent: headroom } = section.assumptions;
  const kept = replicas * (1 - headroom / 100);
  const carries = rangeText([throughput.low * kept, throughput.high * kept], rateText);
  return [richText(text, 'page.cost.written.carries', { carries, headroom })];
}

/** Fewer, more, or as many as the plan for the present assumptions. */
function planned({ replicas: needed }: CostOption, replicas: number, section: CostSection, text: Text): RichText[] {
  const { rate } = section.assumptions;
  if (needed === null || rate === null) return [];
  const code = needed === replicas ? 'same' : needed < replicas ? 'fewer' : 'more';
  return [richText(text, `page.cost.written.${code}`, { needed: integer(needed), rate: rateText(rate) })];
}
