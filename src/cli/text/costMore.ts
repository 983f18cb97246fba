/** Energy and carbon, devices at the edge and the share of the training, where they are known. */

import { EDGE_HEADINGS, edgeCells, edgeNote } from '../../format/views/costEdge.js';
import { energyFacts, energyNotes } from '../../format/views/costEnergy.js';
import { rangeText, rateText, usd } from '../../format/views/money.js';
import { plainName } from '../../format/views/names.js';
import type { CostSection } from '../../protocol/cost.js';
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
  const rows = edge.slice(0, DEVICES_SHOWN).map((device) => edgeCells(device, text));
  const last = EDGE_HEADINGS.length - 1;
  const columns = EDGE_HEADINGS.map((heading, at) => ({
    heading: text(heading),
    align: at === 0 || at === last ? ('left' as const) : ('right' as const),
    ...(at === 0 ? { maximum: 32 } : {}),
  }));
  return [...table(columns, rows), '', edgeNote(first, text)];
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
