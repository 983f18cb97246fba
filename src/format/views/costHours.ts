/** Rates of each hour, as people write them down. */

import type { Text } from '../text/text.js';
import { plainName } from './names.js';

const DAY = 24;
const WEEK = 168;
const MOST_RATE = 1e12;

/**
 * Figures with spaces, semicolons, tabs or line ends between them; with commas too, unless one is a decimal mark as in
 * `0,5 1,5`. null: nothing was written.
 */
export function readHours(written: string, text: Text): { hourly: number[] | null } | { wrong: string } {
  const parts = split(written.trim());
  if (parts.length === 0) return { hourly: null };
  const wrong = parts.find((part) => !/^\d{1,12}(\.\d{1,9})?$/.test(part) || Number(part) > MOST_RATE);
  if (wrong !== undefined) return { wrong: text('page.cost.hourlyNumber', { value: plainName(wrong).slice(0, 40) }) };
  if (parts.length !== DAY && parts.length !== WEEK)
    return { wrong: text('page.cost.hourlyWrong', { count: parts.length }) };
  return { hourly: parts.map(Number) };
}

function split(written: string): string[] {
  const bySpace = written.split(/[\s;]+/).filter((part) => part !== '');
  if (bySpace.length === DAY || bySpace.length === WEEK) return bySpace.map((part) => decimalPoint(part));
  return written.split(/[\s;,]+/).filter((part) => part !== '');
}

/** `0,5` is a half; the comma of `10,` only parts it from the next. */
const decimalPoint = (part: string): string => part.replace(/,$/, '').replace(',', '.');
