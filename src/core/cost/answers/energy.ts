/** Electricity and carbon of the machines counted. The cloud's price holds the electricity already: it is no extra bill. */

import type { CostEnergy, CostOption, Range } from '../../../protocol/cost.js';
import type { Message } from '../../../protocol/text.js';
import { cpusOf, WATTS_SOURCE } from '../machines/cpus.js';
import { type Grid, gridOf, POWER_SOURCE, powerUsageEffectiveness } from '../machines/grids.js';
import { HOURS_PER_MONTH, SECONDS_PER_MONTH } from './assumptions.js';

/** Coefficients of whole families: a machine of it may take less or more. */
const SPREAD: Range = [0.7, 1.35];

export interface EnergyRequest {
  option: CostOption;
  rate: number | null;
  /** Of the measuring machine while it served, read from the processor; null where that cannot be read. */
  measuredWatts: number | null;
}

/** null where neither a reading nor coefficients exist for the machine. */
export function energyOf({ option, rate, measuredWatts }: EnergyRequest): CostEnergy | null {
  const replicas = replicasOf(option);
  const busy = busyShare(option);
  const watts = measuredWatts !== null ? ([measuredWatts, measuredWatts] as Range) : wattsByLoad(option, busy);
  if (!watts || !replicas || rate === null || !option.throughput) return null;
  const effectiveness = option.provider === '' ? 1 : powerUsageEffectiveness(option.provider);
  const grid = gridOf(option.provider, option.region);
  const kwhPerMonth: Range = [
    (replicas[0] * watts[0] * effectiveness * HOURS_PER_MONTH) / 1000,
    (replicas[1] * watts[1] * effectiveness * HOURS_PER_MONTH) / 1000,
  ];
  const thousands = (rate * SECONDS_PER_MONTH) / 1000;
  const perThousand = ([low, high]: Range): Range | null => (rate > 0 ? [low / thousands, high / thousands] : null);
  return {
    basis: measuredWatts !== null ? 'rapl' : 'load',
    wattsPerMachine: watts,
    wattHoursPerThousand: perThousand([kwhPerMonth[0] * 1000, kwhPerMonth[1] * 1000]),
    kwhPerMonth,
    powerUsageEffectiveness: effectiveness,
    ...carbon(grid, kwhPerMonth, perThousand),
    region: option.region === '' ? null : `${option.provider} ${option.region}`,
    sources: [WATTS_SOURCE, POWER_SOURCE, ...(grid ? [grid.source] : [])],
    notes: notesOf(measuredWatts, grid !== null),
  };
}

const replicasOf = ({ ranges, replicas }: CostOption): Range | null =>
  ranges?.replicas ?? (replicas === null ? null : [replicas, replicas]);

function carbon(
  grid: Grid | null,
  kwhPerMonth: Range,
  perThousand: (perMonth: Range) => Range | null,
): Pick<CostEnergy, 'gramsPerKwh' | 'gramsPerThousand' | 'kilogramsPerMonth'> {
  if (!grid) return { gramsPerKwh: null, gramsPerThousand: null, kilogramsPerMonth: null };
  const grams: Range = [kwhPerMonth[0] * grid.gramsPerKwh, kwhPerMonth[1] * grid.gramsPerKwh];
  return {
    gramsPerKwh: grid.gramsPerKwh,
    gramsPerThousand: perThousand(grams),
    kilogramsPerMonth: [grams[0] / 1000, grams[1] / 1000],
  };
}

/** Busy share of the machines; between half and all of it where none is known. */
function busyShare({ idleShare }: CostOption): Range {
  return idleShare ? [1 - idleShare[1], 1 - idleShare[0]] : [0.5, 1];
}

function wattsByLoad({ provider, instance, vcpus }: CostOption, busy: Range): Range | null {
  const known = cpusOf(provider, instance).flatMap(({ wattsPerVcpu }) => (wattsPerVcpu ? [wattsPerVcpu] : []));
  if (known.length === 0 || vcpus == null) return null;
  const at = (share: number): number[] => known.map(([idle, full]) => (idle + share * (full - idle)) * vcpus);
  return [Math.min(...at(busy[0])) * SPREAD[0], Math.max(...at(busy[1])) * SPREAD[1]];
}

function notesOf(measuredWatts: number | null, gridKnown: boolean): Message[] {
  const notes: Message[] = [{ code: 'cost.energy.inPrice', params: {} }];
  if (measuredWatts === null) notes.push({ code: 'cost.energy.byLoad', params: {} });
  if (!gridKnown) notes.push({ code: 'cost.energy.noGrid', params: {} });
  notes.push({ code: 'cost.energy.noEmbodied', params: {} });
  return notes;
}
