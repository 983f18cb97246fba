/** What stands beside the machines and rests on their counts: devices at the edge, electricity, caveats. */

import type { CostAssumptions, CostOption, CostSection, EdgeDevice, Range } from '../../../protocol/cost.js';
import type { Message } from '../../../protocol/text.js';
import { type CloudMonth, edgeOf } from './edge.js';
import { energyOf, type MeasuredPower } from './energy.js';
import { cheapestOf, monthRange } from './ranking.js';

export interface BesideRequest {
  assumptions: CostAssumptions;
  /** As they are shown, in their order. */
  options: readonly CostOption[];
  unit: CostSection['unit'];
  devices: readonly EdgeDevice[];
  /** Of the measuring machine; null where nothing was read. */
  power: MeasuredPower | null;
  /** A month of the option's machine at another rate, counted as the option was; null where that is not known. */
  monthAt: (option: CostOption, rate: number) => Range | null;
}

export function beside(request: BesideRequest): Pick<CostSection, 'edge' | 'energy' | 'caveats'> {
  const { assumptions, options, devices, power } = request;
  const best = cheapestOf(options);
  const reference = best ?? options.find(({ basis }) => basis === 'measured') ?? options[0] ?? null;
  const isMeasuring = reference?.instance === '' || reference?.instance.toLowerCase() === lower(assumptions);
  const measured = isMeasuring ? power : null;
  return {
    edge: edgeOf(devices, assumptions, cloudOf(request, best)),
    energy: reference && energyOf({ option: reference, rate: assumptions.rate, measured }),
    caveats: caveatsOf(request, reference),
  };
}

const lower = ({ thisMachine }: CostAssumptions): string | null => thisMachine?.toLowerCase() ?? null;

/** Of the cheapest machine that is sure, else the range of what was only projected; null without any money. */
function cloudOf({ options, monthAt }: BesideRequest, best: CostOption | null): CloudMonth | null {
  const sure = best && monthRange(best);
  if (sure) return { usdPerMonth: sure, usdPerMonthAt: (rate) => monthAt(best, rate) };
  const known = options.map(monthRange).filter((range): range is Range => range !== null);
  if (known.length === 0) return null;
  const usdPerMonth: Range = [Math.min(...known.map(([low]) => low)), Math.min(...known.map(([, high]) => high))];
  return { usdPerMonth, usdPerMonthAt: () => null };
}

const MOSTLY_IDLE = 0.7;

function caveatsOf({ assumptions, options, unit }: BesideRequest, reference: CostOption | null): Message[] {
  const found: Message[] = [];
  const add = (code: string, params: Message['params'] = {}): void => void found.push({ code, params });
  if (unit !== 'request') add('serving.modelCallsOnly');
  if (options.length === 0) add('cost.caveat.noMachines');
  // Batches were asked for, and the answer is without: not only who opens the row should know.
  found.push(...(reference?.notes ?? []).filter(({ code }) => code.startsWith('cost.note.unbatched.')));
  // A row says so of itself; the month beside that of machines with batches needs it at once.
  if (options.some(({ notes = [] }) => notes.some(({ code }) => code === 'cost.note.projectedCalls')))
    add('cost.caveat.projectedCalls');
  const idle = reference?.idleShare;
  if (assumptions.rate !== null && idle && idle[0] > MOSTLY_IDLE)
    add('cost.caveat.idle', { percent: Math.round(idle[0] * 100) });
  if (assumptions.purchase === 'spot') add('cost.caveat.spot');
  if (options.some(({ priceOld }) => priceOld === true)) add('cost.caveat.oldPrices');
  if (options.length > 0)
    add(assumptions.purchase === 'spot' ? 'cost.caveat.notIncludedSpot' : 'cost.caveat.notIncluded');
  return found;
}
