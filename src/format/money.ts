/** Dollars with the digits that they deserve: never $0.00 for what is not free. */

import { decimal } from './units.js';

/** $412, $4.21, under $0.01 */
export function dollars(usd: number | null): string {
  if (usd === null || !Number.isFinite(usd)) return '–';
  if (usd > 0 && usd < 0.005) return '<$0.01';
  return `$${decimal(usd, usd < 99.5 && !Number.isInteger(usd) ? 2 : 0)}`;
}

/** $0.526, $0.1026, $12.24: by the hour, as price lists have it. */
export function hourlyDollars(usd: number | null): string {
  if (usd === null || !Number.isFinite(usd) || usd <= 0) return '–';
  if (usd >= 10) return `$${decimal(usd, 2)}`;
  const digits = Math.min(6, Math.max(2, String(Number(usd.toPrecision(4))).split('.')[1]?.length ?? 0));
  return `$${usd.toFixed(digits)}`;
}

/** 50, 27.4, 0.25: requests a second. */
export const rate = (perSecond: number): string =>
  Number.isInteger(perSecond)
    ? decimal(perSecond, 0)
    : decimal(perSecond, perSecond < 1 ? 2 : perSecond < 99.5 ? 1 : 0);
