/** Electricity and carbon of the machines counted. The cloud's price holds the electricity already: it is no extra bill. */

import type { CostEnergy, CostOption, Range } from '../../../protocol/cost.js';
import type { Message } from '../../../protocol/text.js';
import { cpusOf, WATTS_SOURCE } from '../machines/cpus.js';
import { type Grid, gridOf, POWER_SOURCE, powerUsageEffectiveness } from '../machines/grids.js';
import { HOURS_PER_MONTH, SECONDS_PER_MONTH } from './assumptions.js';

/** Coefficients of whole families: a machine of it may take less or more. */
const SPREAD: Range = [0.7, 1.35];

/** Read from the processor of the measuring machine while one session ran the model without a pause. */
export interface MeasuredPower {
  watts: number;
  /** Time of one item meanwhile: of a call, over the items that it holds. */
  itemNs: number;
}

export interface EnergyRequest {
  option: CostOption;
  rate: number | null;
  /** Of the option's machine; null where nothing was read. */
  measured: MeasuredPower | null;
}

/** null where neither a reading nor coefficients exist for the machine, or nothing was read and no rate is set. */
export function energyOf({ option, rate, measured }: EnergyRequest): CostEnergy | null {
  const busy = busyShare(option);
  const wattsPerMachine = measured ? ([measured.watts, measured.watts] as Range) : wattsByLoad(option, busy);
  if (!wattsPerMachine) return null;
  const isCloud = option.provider !== '';
  const effectiveness = isCloud ? powerUsageEffectiveness(option.provider) : 1;
  const kilowatts = (watts: number): number => (watts * effectiveness) / 1000;
  // A machine that waits takes something between nothing and what it takes when it serves.
  const inMonth = measured ? ([measured.watts * busy[0], measured.watts] as Range) : wattsPerMachine;
  const kwhPerMonth = rate === null ? null : monthOf(option, inMonth, kilowatts);
  if (!kwhPerMonth && !measured) return null;
  const kwhPerThousand = kwhPerMonth ? perThousandOf(kwhPerMonth, rate ?? 0) : backToBack(measured, kilowatts);
  const grid = gridOf(option.provider, option.region);
  return {
    basis: measured ? 'rapl' : 'load',
    wattsPerMachine,
    wattHoursPerThousand: times(kwhPerThousand, 1000),
    kwhPerMonth,
    powerUsageEffectiveness: effectiveness,
    ...carbonOf(grid, kwhPerThousand, kwhPerMonth),
    region: option.region === '' ? null : `${option.provider} ${option.region}`,
    sources: [...(measured ? [] : [WATTS_SOURCE]), ...(isCloud ? [POWER_SOURCE] : []), ...(grid ? [grid.source] : [])],
    notes: notesOf({
      isMeasured: measured !== null,
      isOfMonth: kwhPerMonth !== null,
      isCloud,
      isGridKnown: grid !== null,
    }),
  };
}

/** null where the number of machines is not known. */
function monthOf(option: CostOption, watts: Range, kilowatts: (watts: number) => number): Range | null {
  const replicas = option.throughput && replicasOf(option);
  return (
    replicas && [
      replicas[0] * kilowatts(watts[0]) * HOURS_PER_MONTH,
      replicas[1] * kilowatts(watts[1]) * HOURS_PER_MONTH,
    ]
  );
}

function carbonOf(
  grid: Grid | null,
  kwhPerThousand: Range | null,
  kwhPerMonth: Range | null,
): Pick<CostEnergy, 'gramsPerKwh' | 'gramsPerThousand' | 'kilogramsPerMonth'> {
  if (!grid) return { gramsPerKwh: null, gramsPerThousand: null, kilogramsPerMonth: null };
  const { gramsPerKwh } = grid;
  return {
    gramsPerKwh,
    gramsPerThousand: times(kwhPerThousand, gramsPerKwh),
    kilogramsPerMonth: times(kwhPerMonth, gramsPerKwh / 1000),
  };
}

const times = (range: Range | null, factor: number): Range | null => range && [range[0] * factor, range[1] * factor];

/** null without requests. */
function perThousandOf([low, high]: Range, rate: number): Range | null {
  const thousands = (rate * SECONDS_PER_MONTH) / 1000;
  return thousands > 0 ? [low / thousands, high / thousands] : null;
}

/** Of a thousand one after the other. */
function backToBack(measured: MeasuredPower | null, kilowatts: (watts: number) => number): Range | null {
  if (!measured) return null;
  const kwh = (kilowatts(measured.watts) * 1000 * measured.itemNs) / 3.6e12;
  return [kwh, kwh];
}

const replicasOf = ({ ranges, replicas }: CostOption): Range | null =>
  ranges?.replicas ?? (replicas === null ? null : [replicas, replicas]);

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

function notesOf(is: { isMeasured: boolean; isOfMonth: boolean; isCloud: boolean; isGridKnown: boolean }): Message[] {
  const measured = ['cost.energy.rapl', is.isOfMonth ? 'cost.energy.waits' : 'cost.energy.backToBack'];
  const codes = [
    ...(is.isMeasured ? measured : ['cost.energy.byLoad']),
    ...(is.isCloud ? ['cost.energy.inPrice'] : []),
    ...(is.isGridKnown ? [] : ['cost.energy.noGrid']),
    'cost.energy.noEmbodied',
  ];
  return codes.map((code) => ({ code, params: {} }));
}
