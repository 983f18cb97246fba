/** Devices at the edge as cells of a table. */

import type { EdgeOption } from '../../protocol/cost.js';
import type { Text } from '../text/text.js';
import { integer, percent } from '../units.js';
import { rangeText, rateText, usd, usdDigits } from './money.js';
import { plainName } from './names.js';

export const EDGE_HEADINGS = [
  'page.cost.edge.device',
  'page.cost.edge.price',
  'page.cost.edge.watts',
  'page.cost.edge.count',
  'page.cost.edge.share',
  'page.cost.edge.month',
  'page.cost.edge.breakEven',
] as const;

/** In the order of the headings. */
export function edgeCells(device: EdgeOption, text: Text): string[] {
  const month = rangeText(device.usdPerMonth, usdDigits);
  return [
    plainName(device.name),
    usd(device.priceUsd),
    rangeText(device.watts, rateText),
    integer(device.devices),
    percent(device.trafficShare),
    device.restUsdPerMonth
      ? text('page.cost.edge.rest', { month, rest: rangeText(device.restUsdPerMonth, usd) })
      : month,
    paysAfter(device, text),
  ];
}

function paysAfter({ breakEvenMonths, reason }: EdgeOption, text: Text): string {
  if (breakEvenMonths) return text('page.cost.edge.months', { months: rangeText(breakEvenMonths, rateText) });
  return reason ? text.message(reason) : text('page.cost.edge.never');
}

/** What the figures leave out, and where the price is from; of the first device. */
export function edgeNote({ otherUsdPerMonth, source }: EdgeOption, text: Text): string {
  const labour =
    otherUsdPerMonth === null
      ? text('page.cost.edge.labourOut')
      : text('page.cost.edge.labourIn', { money: usd(otherUsdPerMonth) });
  return text('page.cost.edge.note', { labour, source: source || text('page.cost.edge.yours') });
}
