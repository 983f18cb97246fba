/** Which machine is cheapest, what cannot be told apart from it, and the order of the rows. */

import type { CostOption, Range } from '../../../protocol/cost.js';
import { HOURS_PER_MONTH } from './assumptions.js';

export const lowUsd = ({ usdPerMonth, ranges, usdPerHour }: CostOption): number =>
  usdPerMonth ?? ranges?.usdPerMonth?.[0] ?? (usdPerHour ?? 0) * HOURS_PER_MONTH;

/** Dollars of a month; null where there are none. */
export const monthRange = ({ ranges, usdPerMonth }: CostOption): Range | null =>
  ranges?.usdPerMonth ?? (usdPerMonth === null ? null : [usdPerMonth, usdPerMonth]);

const CERTAINTY = { measured: 0, projected: 1, none: 2 } as const;
const certainty = ({ basis, unmetReason }: CostOption): number => CERTAINTY[basis] + (unmetReason ? 3 : 0);

/** Sure ones first; the order among ranges that overlap says nothing, and the view says so. */
export const byCertaintyAndCost = (a: CostOption, b: CostOption): number =>
  certainty(a) - certainty(b) || Number(isUnpriced(a)) - Number(isUnpriced(b)) || lowUsd(a) - lowUsd(b);

/** Not for nothing: dearer than any, as far as anybody knows. */
const isUnpriced = ({ usdPerHour }: CostOption): boolean => usdPerHour === null;

/** Of the measured ones that hold: a projection is never called cheapest. */
export function cheapestOf(options: readonly CostOption[]): CostOption | null {
  const sure = options.filter(({ basis, usdPerMonth }) => basis === 'measured' && usdPerMonth !== null);
  return sure.reduce<CostOption | null>((best, one) => (best && lowUsd(best) <= lowUsd(one) ? best : one), null);
}

/** Those that may cost less than the one that is sure; without one, those that may cost less than the best of the rest. */
export function indistinctOf(options: readonly CostOption[], best: CostOption | null): CostOption[] {
  const projected = options.filter((option) => option.basis === 'projected' && monthRange(option) !== null);
  const most = best
    ? lowUsd(best)
    : projected.reduce((least, option) => Math.min(least, monthRange(option)?.[1] ?? Infinity), Infinity);
  return projected.filter((option) => (best ? lowUsd(option) < most : lowUsd(option) <= most));
}
