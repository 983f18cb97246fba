/** Energy and carbon, devices at the edge and the share of the training, where they are known. */

import { integer } from '../../format/units.js';
import { energyFacts, energyNotes } from '../../format/views/costEnergy.js';
import { rangeText, rateText, usd, usdDigits } from '../../format/views/money.js';
import { plainName } from '../../format/views/names.js';
import type { CostSection, EdgeOption } from '../../protocol/cost.js';
import type { Terminal } from '../terminal.js';
import { table } from './table.js';

type TextOf = Terminal['text'];

const DEVICES_SHOWN = 20;

export function energyLines({ energy, unit }: CostSection, text: TextOf): string[] {
  if (!energy) return [];
  const facts = energyFacts(energy, unit, text).map(({ label, value }) => [label, value]);
  return [...table([{ align: 'left' }, { align: 'left' }], facts), '', energyNotes(energy, text)];
}

/** Only what there is to compare with: without a rate nothing can be told of a device. */
export function edgeLines({ edge, assumptions }: CostSection, text: TextOf): string[] {
  const [first] = edge;
  if (!first || assumptions.rate === null) return [];
  const rows = edge
    .slice(0, DEVICES_SHOWN)
    .map((device) => [
      plainName(device.name),
      usd(device.priceUsd),
      rangeText(device.watts, rateText),
      integer(device.devices),
      rangeText(device.usdPerMonth, usdDigits),
      paysAfter(device, text),
    ]);
  const columns = [
    { heading: text('page.cost.edge.device'), align: 'left' as const, maximum: 32 },
    { heading: text('page.cost.edge.price'), align: 'right' as const },
    { heading: text('page.cost.edge.watts'), align: 'right' as const },
    { heading: text('page.cost.edge.count'), align: 'right' as const },
    { heading: text('page.cost.edge.month'), align: 'right' as const },
    { heading: text('page.cost.edge.breakEven'), align: 'left' as const },
  ];
  const labour =
    first.otherUsdPerMonth === null
      ? text('page.cost.edge.labourOut')
      : text('page.cost.edge.labourIn', { money: usd(first.otherUsdPerMonth) });
  const source = first.source || text('page.cost.edge.yours');
  return [...table(columns, rows), '', text('page.cost.edge.note', { labour, source })];
}

function paysAfter({ breakEvenMonths, reason }: EdgeOption, text: TextOf): string {
  if (breakEvenMonths) return text('page.cost.edge.months', { months: rangeText(breakEvenMonths, rateText) });
  return reason ? text.message(reason) : text('page.cost.edge.never');
}

export function trainingLines({ training, unit = 'call' }: CostSection, text: TextOf): string[] {
  if (!training) return [];
  const { acceleratorHours, accelerator, usd: dollars, usdPerMillion, notes } = training;
  const perMillion = text('page.cost.training.perMillion', { unit: text(`page.cost.unit.${unit}`) });
  const rows = [
    [text('page.cost.training.hours'), `${rangeText(acceleratorHours, rateText)} · ${plainName(accelerator)}`],
    ...(dollars ? [[text('page.cost.training.usd'), rangeText(dollars, usd)]] : []),
    ...(usdPerMillion ? [[perMillion, rangeText(usdPerMillion, usd)]] : []),
  ];
  const said = notes.map((note) => text.message(note)).join(' ');
  return [...table([{ align: 'left' }, { align: 'left' }], rows), '', said];
}
