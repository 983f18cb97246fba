/** Dollars as people read them; what costs something never shows as nothing. */

import type { Range } from '../../protocol/cost.js';
import { decimal } from '../units.js';

/** Digits of a figure without its sign: 225, 22.5, 1.71, 0.0012. */
export function usdDigits(value: number | null): string {
  if (value === null || !Number.isFinite(value)) return '–';
  const size = Math.abs(value);
  if (size === 0) return '0';
  if (size >= 19.95) return decimal(value, 0);
  if (size >= 9.995) return decimal(value, 1);
  if (size >= 0.095) return decimal(value, 2);
  if (size < 1e-9) return '<0.000000001';
  // Two digits that count, however small.
  return decimal(value, Math.min(12, 1 - Math.floor(Math.log10(size))));
}

/** $225, $1.71, $0.0012 */
export const usd = (value: number | null): string => {
  const digits = usdDigits(value);
  return digits === '–' ? digits : digits.startsWith('<') ? `<$${digits.slice(1)}` : `$${digits}`;
};

/** Of an hour, as price lists have it: 0.1026. */
export const usdPerHour = (value: number | null): string =>
  value === null ? '–' : decimal(value, value >= 100 ? 2 : 4);

/** 159–265; one figure where both ends read the same. */
export function rangeText(range: Range | null | undefined, of: (value: number) => string): string {
  if (!range) return '–';
  const [low, high] = [of(range[0]), of(range[1])];
  return low === high ? low : `${low}–${high}`;
}

/** A rate with three digits that count. */
export function rateText(rate: number | null): string {
  if (rate === null || !Number.isFinite(rate)) return '–';
  if (rate === 0) return '0';
  if (rate < 0.095) return String(Number(rate.toPrecision(2)));
  return decimal(rate, rate >= 99.5 || Number.isInteger(rate) ? 0 : rate >= 9.995 ? 1 : 2);
}
