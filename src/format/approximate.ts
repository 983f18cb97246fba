/** Estimates, with the one or two digits that an estimate deserves. */

import { byteUnit, decimal } from './units.js';

/** 6 s, 50 s, 3 min, 1.5 h */
export function aboutDuration(seconds: number): string {
  if (seconds < 90) return `${decimal(Math.max(1, seconds), 0)} s`;
  if (seconds < 90 * 60) return `${decimal(seconds / 60, 0)} min`;
  return `${decimal(seconds / 3600, seconds < 36_000 ? 1 : 0)} h`;
}

/** 120 MiB, 9.3 GiB */
export function aboutBytes(bytes: number): string {
  const unit = byteUnit(bytes);
  const scaled = bytes / unit.scale;
  return `${decimal(scaled, scaled < 9.95 && unit.scale > 1 ? 1 : 0)} ${unit.label}`;
}
