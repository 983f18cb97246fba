/** The flag `--hourly`: requests a second of every hour. */

import { ExpectedError } from '../core/common/errors.js';

const MOST_RATE = 1e9;
const PLAIN = /^\d{1,12}(\.\d{1,9})?$/;

/** 24 figures of a day or 168 of a week, with commas or spaces between them. */
export function readHourly(text: string): number[] {
  const words = text.split(/[\s,;]+/).filter((word) => word !== '');
  const wrong = words.find((word) => !PLAIN.test(word) || Number(word) > MOST_RATE);
  if (wrong !== undefined)
    throw new ExpectedError('input', 'cli.hourly.figure', { text: wrong.slice(0, 40), most: MOST_RATE });
  if (words.length !== 24 && words.length !== 168)
    throw new ExpectedError('input', 'cli.hourly.count', { count: words.length });
  return words.map(Number);
}
