/** Machines as rows of a table, and what stands behind each. */

import type { CostAssumptions, CostOption, CostSection, Range } from '../../protocol/cost.js';
import type { Text } from '../text/text.js';
import { decimal, integer, percent } from '../units.js';
import { machineName, reasonText } from './costAnswer.js';
import { dateText } from './dates.js';
import { rangeText, rateText, usd, usdDigits, usdPerHour } from './money.js';

export interface CostRow {
  key: string;
  option: CostOption;
  name: string;
  /** The accelerator; '' without one. */
  detail: string;
  hour: string;
  carries: string;
  count: string;
  percentile: string;
  /** Money, or why there is none. */
  month: string;
  million: string;
  basis: string;
  basisIcon: 'check' | 'graph-line' | 'circle-large-outline';
  /** Why there is no money, in place of the last figures; '' where there is. */
  reason: string;
  /** For the picture: dollars of a month. */
  span: Range | null;
}

const millisecondsOf = (ns: number): string => decimal(ns / 1e6, ns >= 99.5e6 ? 0 : ns >= 9.95e6 ? 1 : 2);
const both = (value: number | null): Range | null => (value === null ? null : [value, value]);

export function costRows(section: CostSection, text: Text): CostRow[] {
  return section.options.map((option) => {
    const { ranges, throughput } = option;
    const month = ranges?.usdPerMonth ?? both(option.usdPerMonth);
    const reason = reasonOf(option, section.assumptions, text);
    return {
      key: `cost:${option.provider}:${option.region}:${option.instance}`,
      option,
      name: machineName(option, text),
      detail: option.accelerator ?? '',
      hour: usdPerHour(option.usdPerHour),
      carries: throughput ? rangeText([throughput.low, throughput.high], rateText) : '–',
      count: rangeText(ranges?.replicas ?? both(option.replicas), integer),
      percentile: rangeText(ranges?.percentileNs ?? both(option.percentileNs), millisecondsOf),
      month: rangeText(month, usdDigits),
      million: rangeText(ranges?.usdPerMillion ?? both(option.usdPerMillion), usdDigits),
      ...basisOf(option, section.assumptions, text),
      reason,
      span: month,
    };
  });
}

function reasonOf(option: CostOption, { rate }: CostAssumptions, text: Text): string {
  if (option.unmetReason) return reasonText(option.unmetReason, text);
  if (option.usdPerHour === null)
    return text(option.onDemandUsdPerHour === undefined ? 'cost.unmet.noPrice' : 'cost.unmet.noSpot');
  return rate === null ? text('page.cost.needsRate') : '';
}

/** That no price is known; of a spot price, what the machine takes on demand. */
export function unpricedText({ usdPerHour: hour, onDemandUsdPerHour: onDemand }: CostOption, text: Text): string {
  if (hour !== null || onDemand === undefined) return text('cost.unmet.noPrice');
  return text('cost.unmet.noSpotOnDemand', { hour: `$${usdPerHour(onDemand)}` });
}

function basisOf(
  option: CostOption,
  { thisMachine }: CostAssumptions,
  text: Text,
): Pick<CostRow, 'basis' | 'basisIcon'> {
  if (option.basis === 'projected') return { basis: text('page.cost.basis.projected'), basisIcon: 'graph-line' };
  if (option.basis === 'none') return { basis: text('page.cost.basis.none'), basisIcon: 'circle-large-outline' };
  const here = option.instance === '' || option.instance.toLowerCase() === thisMachine?.toLowerCase();
  return { basis: text(here ? 'page.cost.basis.here' : 'page.cost.basis.there'), basisIcon: 'check' };
}

export interface KnowRow {
  label: string;
  text: string;
}

/** Basis, count, range, price with its date and source, room, assumed, left out. */
export function howKnown(option: CostOption, section: CostSection, text: Text): KnowRow[] {
  const rows: KnowRow[] = [];
  const { assumptions } = section;
  const add = (label: string, value: string | null): void => {
    if (value !== null && value !== '') rows.push({ label, text: value });
  };
  add(text('page.cost.know.basis'), basisKnown(option, assumptions, text));
  if (option.replicas !== null || option.ranges)
    add(text('page.cost.know.count'), text(`page.cost.know.${option.estimate ?? 'formula'}`));
  add(
    text('page.cost.know.price'),
    option.usdPerHour === null
      ? unpricedText(option, text)
      : text('page.cost.know.priceOf', {
          hour: `$${usdPerHour(option.usdPerHour)}`,
          date: option.priceAsOf === null ? text('page.cost.undated') : dayText(option.priceAsOf),
          source: option.priceSource ?? '',
        }) + (option.priceOld === true ? ` (${text('page.cost.old')})` : ''),
  );
  for (const [label, value] of roomKnown(option, assumptions, text)) add(label, value);
  for (const note of option.notes ?? []) add(text('page.cost.know.note'), text.message(note));
  add(
    text('page.cost.know.assumed'),
    text('page.cost.know.assumedOf', {
      rate: assumptions.rate === null ? text('page.cost.unset') : `${rateText(assumptions.rate)} req/s`,
      target: assumptions.targetMs === null ? text('page.cost.unset') : `${rateText(assumptions.targetMs)} ms`,
      percentile: assumptions.percentile,
      headroom: assumptions.headroomPercent,
    }),
  );
  add(
    text('page.cost.know.leftOut'),
    text(section.unit === 'request' ? 'page.cost.know.leftOutRequest' : 'page.cost.know.leftOutOf'),
  );
  return rows;
}

/** 20 Jul 2026 */
export const dayText = (iso: string): string => dateText(iso).replace(/, .*$/, '');

function basisKnown(option: CostOption, { thisMachine }: CostAssumptions, text: Text): string | null {
  if (option.basis === 'none')
    return text('page.cost.know.basisNone', { reason: option.unmetReason ? text.message(option.unmetReason) : '' });
  if (option.basis === 'projected') return text('page.cost.basis.projected');
  const here = option.instance === '' || option.instance.toLowerCase() === thisMachine?.toLowerCase();
  const date = option.measuredAt ? dateText(option.measuredAt) : text('page.cost.undated');
  if (!here) return text('page.cost.know.basisThere', { date });
  const { sessions = 1, threads = 1 } = option.replica ?? {};
  return text('page.cost.know.basisHere', { date, sessions, threads });
}

function* roomKnown(
  option: CostOption,
  { headroomPercent: headroom }: CostAssumptions,
  text: Text,
): Generator<[string, string]> {
  const { holdsUpToRate, holdsWithoutOne, autoscaledUsdPerMonth, idleShare, usdPerMillionTokens } = option;
  if (holdsUpToRate) {
    const rate = rangeText(holdsUpToRate, rateText);
    yield [
      text('page.cost.know.room'),
      holdsWithoutOne
        ? text('page.cost.know.roomOf', { rate, headroom, without: rangeText(holdsWithoutOne, rateText) })
        : text('page.cost.know.roomUpTo', { rate, headroom }),
    ];
  }
  if (autoscaledUsdPerMonth)
    yield [
      text('page.cost.know.autoscaled'),
      text('page.cost.know.autoscaledOf', { money: rangeText(autoscaledUsdPerMonth, usd) }),
    ];
  if (idleShare)
    yield [text('page.cost.know.idle'), text('page.cost.know.idleOf', { share: rangeText(idleShare, percent) })];
  if (usdPerMillionTokens)
    yield [
      text('page.cost.know.tokens'),
      text('page.cost.know.tokensOf', {
        prefill: usd(usdPerMillionTokens.prefill),
        decode: usd(usdPerMillionTokens.decode),
      }),
    ];
}
