/**
 * How fast this machine was in earlier profiles, by the reference kernel beside their rounds. Within one run a machine
 * that is slow all the time (battery, heat, a host that shares its cores) looks steady; only what it did at its best tells.
 */

import type { Scenario } from '../../protocol/report.js';
import type { Message } from '../../protocol/text.js';
import { jsonObject } from '../common/jsonObject.js';
import { warning } from './clockVerdict.js';
import { medianOf } from './statistics.js';

export interface KnownSpeed {
  /** Of the quickest profile: the median of the reference kernel beside its rounds. */
  bestReferenceNs: number;
  profiles: number;
}

/** Fewer say little of what is usual here. */
const LEAST_PROFILES = 3;
/** One or two may have met a lucky moment, which would be the best for ever. */
const LEAST_ROUNDS = 3;
/** The reference kernel varies by up to 5 % on a quiet machine. */
const WORTH_A_WORD = 0.1;

/** Beside the rounds that count; null where they are too few, or were not measured here. */
export function referenceNsOf({ latency }: Scenario): number | null {
  const kept = (latency?.rounds ?? []).filter((round) => round.kept);
  const references = kept.flatMap(({ referenceNs }) => referenceNs ?? []);
  return references.length < LEAST_ROUNDS ? null : medianOf(references);
}

/** With one more profile. */
export const withProfile = (known: KnownSpeed | null, referenceNs: number): KnownSpeed => ({
  bestReferenceNs: Math.min(known?.bestReferenceNs ?? Infinity, referenceNs),
  profiles: (known?.profiles ?? 0) + 1,
});

/** What is to be said of a run at this speed; null where it is about the best, or too little is known. */
export function speedWarning(known: KnownSpeed | null, referenceNs: number): Message | null {
  if (known === null || known.profiles < LEAST_PROFILES) return null;
  const slower = referenceNs / known.bestReferenceNs - 1;
  if (slower <= WORTH_A_WORD) return null;
  return warning('measure.warning.slowerThanBest', { percent: Math.round(100 * slower), profiles: known.profiles });
}

/** From a file; null for anything else than what was written. */
export function parseKnownSpeed(text: string): KnownSpeed | null {
  const { bestReferenceNs, profiles } = jsonObject(text) ?? {};
  const isKnown = typeof bestReferenceNs === 'number' && bestReferenceNs > 0 && Number.isSafeInteger(profiles);
  return isKnown ? { bestReferenceNs, profiles: profiles as number } : null;
}
