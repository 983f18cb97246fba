/** Flags of `compare`, and those of `profile` that hold a run against another. */

import { ExpectedError } from '../core/common/errors.js';
import type { CommonFlags, RunFlags } from './flags.js';

export interface GateFlags {
  /** The increase that is still allowed: 0.05 for five percent. */
  failOn?: number;
  failOnInconclusive?: boolean;
}

export interface CompareFlags extends RunFlags, GateFlags, CommonFlags {
  md?: string;
  html?: string;
  head?: string;
}

export interface BaselineFlags extends GateFlags {
  baseline?: string;
}

const LARGEST_PERCENT = 10_000;

/** `5%` and `5` both are five percent. */
export function readPercent(text: string): number {
  const digits = /^(\d{1,6}(?:\.\d{1,6})?)\s*%?$/.exec(text.trim())?.[1];
  const percent = Number(digits);
  if (digits === undefined || percent > LARGEST_PERCENT) throw new ExpectedError('input', 'cli.flag.percent', { text });
  return percent / 100;
}
