/** The answer to "what does it cost?", in one sentence, and what stands beside it. */

import type { CostOption, CostSection } from '../../protocol/cost.js';
import type { Message, TextParameters } from '../../protocol/text.js';
import type { Text } from '../text/text.js';
import { duration, integer } from '../units.js';
import { rangeText, rateText, usd, usdPerHour } from './money.js';
import { plainName } from './names.js';
import { plainText, richText, type RichText } from './richText.js';

/** The row that the answer is about: the cheapest that is sure, else what was measured, else what may cost least. */
export function answerOption(section: CostSection): CostOption | null {
  const { options, cheapest } = section;
  return (
    options.find(({ instance }) => cheapest != null && instance === cheapest) ??
    options.find(({ basis }) => basis === 'measured') ??
    options[0] ??
    null
  );
}

export const machineName = ({ instance }: Pick<CostOption, 'instance'>, text: Text): string =>
  instance === '' ? text('page.cost.thisOne') : plainName(instance);

export function answerSentence(section: CostSection, text: Text): RichText {
  const option = answerOption(section);
  if (!option) return richText(text, 'page.cost.answer.nothing');
  const { rate } = section.assumptions;
  if (rate === null) return withoutRate(section, text);
  if (option.unmetReason)
    return richText(text, 'page.cost.answer.unmet', { reason: reasonText(option.unmetReason, text) });
  const { replicas } = option;
  if (option.basis !== 'measured' || replicas === null) return richText(text, 'page.cost.answer.nothing');
  const params = {
    count: integer(replicas),
    instance: machineName(option, text),
    rate: rateText(rate),
    percentile: section.assumptions.percentile,
    time: duration(option.percentileNs),
    month: usd(option.usdPerMonth),
    million: usd(option.usdPerMillion),
    unit: text(`page.cost.unit.${section.unit ?? 'call'}`),
  };
  return option.usdPerMonth === null ? withoutPrice(option, section, params, text) : withPrice(option, params, text);
}

function withPrice(option: CostOption, params: TextParameters, text: Text): RichText {
  if (option.usdPerMillion === null) return richText(text, 'page.cost.answer.idle', params);
  return richText(text, option.replicas === 1 ? 'page.cost.answer.holds.one' : 'page.cost.answer.holds', params);
}

/** Why there is no money: no spot price, no price in this region, or a machine that nobody named. */
function withoutPrice(option: CostOption, section: CostSection, params: TextParameters, text: Text): RichText {
  const one = option.replicas === 1;
  const { thisMachine } = section.assumptions;
  if (option.onDemandUsdPerHour !== undefined) {
    const hour = `$${usdPerHour(option.onDemandUsdPerHour)}`;
    return richText(text, one ? 'page.cost.answer.noSpot.one' : 'page.cost.answer.noSpot', { ...params, hour });
  }
  if (option.instance !== '') return richText(text, 'page.cost.answer.unlistedThere', params);
  if (thisMachine === null)
    return richText(text, one ? 'page.cost.answer.unpriced.one' : 'page.cost.answer.unpriced', params);
  const machine = plainName(thisMachine);
  return richText(text, one ? 'page.cost.answer.unlisted.one' : 'page.cost.answer.unlisted', { ...params, machine });
}

/** What a machine could do: no latency, no price of a million, since nobody said how many requests come. */
function withoutRate(section: CostSection, text: Text): RichText {
  const option = section.options.find(({ basis, throughput }) => basis === 'measured' && throughput);
  const projected = section.options.find(({ throughput }) => throughput);
  const shown = option ?? projected;
  if (!shown?.throughput) return richText(text, 'page.cost.answer.nothing');
  const params = {
    instance: machineName(shown, text),
    hour: `$${usdPerHour(shown.usdPerHour ?? shown.onDemandUsdPerHour ?? null)}`,
    carries: rangeText([shown.throughput.low, shown.throughput.high], rateText),
  };
  if (shown.onDemandUsdPerHour !== undefined) return richText(text, 'page.cost.answer.noRateNoSpot', params);
  return richText(
    text,
    shown.usdPerHour === null ? 'page.cost.answer.noRateUnpriced' : 'page.cost.answer.noRate',
    params,
  );
}

/** What hours of different traffic save; null with a constant rate, and where no price is known. */
export function autoscaledSentence(section: CostSection, text: Text): string | null {
  const usdPerMonth = answerOption(section)?.autoscaledUsdPerMonth;
  return usdPerMonth ? text('page.cost.answer.autoscaled', { money: rangeText(usdPerMonth, usd) }) : null;
}

/** The reason in words, with figures that were rounded for reading. */
export const reasonText = (reason: Message, text: Text): string => text.message(reason);

/** What cannot be told apart; null where nothing overlaps. */
export function apartSentence({ indistinct = [], cheapest }: CostSection, text: Text): string | null {
  const names = indistinct.map(plainName);
  const [first] = names;
  if (first === undefined) return null;
  const list = listOf(names);
  if (cheapest != null)
    return names.length === 1 ? text('page.cost.apart.one', { list }) : text('page.cost.apart', { list });
  if (names.length === 1) return text('page.cost.onlyProjected', { list });
  return text(names.length === 2 ? 'page.cost.apartOnly' : 'page.cost.apartOnlyMany', { list });
}

const MOST_NAMED = 4;

function listOf(names: readonly string[]): string {
  const shown = names.slice(0, MOST_NAMED);
  if (names.length > shown.length) return `${shown.join(', ')} …`;
  return shown.length === 1 ? (shown[0] ?? '') : `${shown.slice(0, -1).join(', ')} and ${shown.at(-1) ?? ''}`;
}

/** Behind the tab's name; null where no rate is set. */
export function costTabNote(section: CostSection | null, text: Text): string | null {
  const option = section && answerOption(section);
  if (option?.usdPerMonth != null) return text('page.cost.tab.month', { month: usd(option.usdPerMonth) });
  return section?.assumptions.rate == null ? null : text('page.cost.tab.unknown');
}

/** The overview's third sentence; null where nothing is known. */
export function billSentence(section: CostSection | null, text: Text): RichText | null {
  const option = section && answerOption(section);
  if (!section || !option) return null;
  const { rate } = section.assumptions;
  if (rate === null) {
    if (option.usdPerHour === null || option.basis !== 'measured') return null;
    return richText(text, 'page.headline.billHour', {
      instance: machineName(option, text),
      hour: `$${usdPerHour(option.usdPerHour)}`,
    });
  }
  if (option.usdPerMonth === null || option.replicas === null || option.basis !== 'measured') return null;
  return richText(text, section.unit === 'request' ? 'page.headline.billRequest' : 'page.headline.bill', {
    month: usd(option.usdPerMonth),
    rate: rateText(rate),
    count: integer(option.replicas),
    instance: machineName(option, text),
  });
}

/** For a screen reader, once a change has settled. */
export const answerAnnounced = (section: CostSection, text: Text): string => plainText(answerSentence(section, text));
