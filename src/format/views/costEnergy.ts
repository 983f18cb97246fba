/** Electricity and carbon as facts, and what stands behind them. */

import type { CostEnergy, CostSection } from '../../protocol/cost.js';
import type { Text } from '../text/text.js';
import { integer } from '../units.js';
import { rangeText, rateText } from './money.js';

export interface EnergyFact {
  label: string;
  value: string;
}

const short = (value: number): string => rateText(value);

/** Energy of a request first, with how it is known. */
export function energyFacts(energy: CostEnergy, unit: CostSection['unit'], text: Text): EnergyFact[] {
  const unitName = { unit: text(`page.cost.unit.${unit ?? 'call'}`) };
  const basis = text(`page.cost.energy.basis.${energy.basis}`);
  const facts: EnergyFact[] = [];
  const add = (label: string, value: string): void => void facts.push({ label, value });
  if (energy.wattHoursPerThousand)
    add(
      text('page.cost.energy.perThousand', unitName),
      text('page.cost.energy.wattHours', { energy: rangeText(energy.wattHoursPerThousand, short), basis }),
    );
  add(
    text('page.cost.energy.watts'),
    text('page.cost.energy.wattsOf', { watts: rangeText(energy.wattsPerMachine, short), basis }),
  );
  if (energy.kwhPerMonth) add(text('page.cost.energy.month'), rangeText(energy.kwhPerMonth, short));
  if (energy.gramsPerKwh === null) return facts;
  const grid = { grams: integer(energy.gramsPerKwh), pue: short(energy.powerUsageEffectiveness) };
  add(text('page.cost.energy.grid', { region: energy.region ?? '' }), text('page.cost.energy.gridOf', grid));
  if (energy.gramsPerThousand)
    add(text('page.cost.energy.gramsPerThousand', unitName), rangeText(energy.gramsPerThousand, short));
  if (energy.kilogramsPerMonth) add(text('page.cost.energy.kilograms'), rangeText(energy.kilogramsPerMonth, short));
  return facts;
}

/** What it counts, what it leaves out, and where coefficients come from. */
export function energyNotes({ notes, sources }: CostEnergy, text: Text): string {
  const from = [...new Set(sources)].join(' · ');
  const sentences = notes.map((note) => text.message(note));
  return [...sentences, ...(from === '' ? [] : [text('page.cost.energy.sources', { sources: from })])].join(' ');
}
