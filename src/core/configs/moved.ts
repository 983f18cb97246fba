/** Plain data with places in a text, as it is when everything in front of it grew by some characters. */

import type { TextRange } from './tree/node.js';

type Plain = Record<string, unknown>;

const isRange = (value: Plain): boolean => typeof value['start'] === 'number' && typeof value['end'] === 'number';

function moved(value: unknown, by: number): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.length === 0 ? value : value.map((each) => moved(each, by));
  const plain = value as Plain;
  if (isRange(plain)) {
    const { start, end } = value as TextRange;
    return { start: start + by, end: end + by };
  }
  const copy: Plain = {};
  for (const key of Object.keys(plain)) copy[key] = moved(plain[key], by);
  return copy;
}

const origins = new WeakMap<object, { of: object; by: number }>();

/** Every object with `start` and `end` in it is a place. What is not data (a getter) is read. */
export function movedBy<T extends object>(value: T, by: number): T {
  const origin = originOf(value);
  const total = origin.by + by;
  if (total === 0) return origin.of;
  const copy = moved(origin.of, total) as T;
  origins.set(copy, { of: origin.of, by: total });
  return copy;
}

/** What was read first, and how far what is given was moved since. */
export function originOf<T extends object>(value: T): { of: T; by: number } {
  return (origins.get(value) as { of: T; by: number } | undefined) ?? { of: value, by: 0 };
}
