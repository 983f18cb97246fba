/** Which batches, threads and sessions are worth measuring: a path through them, not all of their combinations. */

import type { CapacitySample } from '../../protocol/report.js';

export interface CapacityPoint {
  batch: number;
  threads: number;
  sessions: number;
}

/** More items a second than without, for a batch to be worth its latency: less is within what runs differ by. */
const LEAST_GAIN = 1.05;
const LARGEST_BATCH = 64;

/**
 * Ways to share the cores: one session on all of them, the shortest latency; one session for each, usually the most
 * items; the steps between; one alone, for what sessions lose beside each other. With `threads` given, those alone.
 */
export function coreSplits(cores: number, threads: number): Omit<CapacityPoint, 'batch'>[] {
  if (threads > 0) {
    const sessions = Math.max(1, Math.floor(cores / threads));
    return distinct([
      { threads, sessions: 1 },
      { threads, sessions },
    ]);
  }
  const splits = [
    { threads: cores, sessions: 1 },
    { threads: 1, sessions: cores },
    { threads: 1, sessions: 1 },
  ];
  for (let each = 2; each < cores; each *= 2) {
    splits.push({ threads: each, sessions: Math.floor(cores / each) });
    splits.push({ threads: each, sessions: 1 });
  }
  return distinct(splits);
}

const distinct = <T extends { threads: number; sessions: number }>(all: readonly T[]): T[] =>
  all.filter((one, at) => all.findIndex((other) => sameSplit(one, other)) === at);

const sameSplit = (
  one: Pick<CapacityPoint, 'threads' | 'sessions'>,
  other: Pick<CapacityPoint, 'threads' | 'sessions'>,
): boolean => one.threads === other.threads && one.sessions === other.sessions;

/** The most items a second; of those that are as good, the one with the fewest sessions: less memory, shorter calls. */
export function mostItems<T extends CapacitySample>(samples: readonly T[]): T | null {
  const most = Math.max(...samples.map(({ itemsPerSecond }) => itemsPerSecond));
  const good = samples.filter(({ itemsPerSecond }) => itemsPerSecond * LEAST_GAIN >= most);
  return good.sort((a, b) => a.sessions - b.sessions || a.batch - b.batch)[0] ?? null;
}

/**
 * The next batch to try with the best split: twice the last one, as long as that carries more. Two steps without a gain
 * end it, because one may be a size that the kernels do not like.
 */
export function nextBatch(ladder: readonly CapacitySample[]): number | null {
  const sorted = [...ladder].sort((a, b) => a.batch - b.batch);
  const last = sorted.at(-1);
  if (!last || last.batch * 2 > LARGEST_BATCH * (sorted[0]?.batch ?? 1)) return null;
  const best = sorted.reduce((most, one) => (one.itemsPerSecond > most.itemsPerSecond * LEAST_GAIN ? one : most));
  const stepsSince = sorted.filter(({ batch }) => batch > best.batch).length;
  return stepsSince >= 2 ? null : last.batch * 2;
}

/** What a ladder of batches says: whether any of them is worth waiting for. */
export function batchVerdict(
  ladder: readonly CapacitySample[],
): { single: CapacitySample; best: CapacitySample } | null {
  const sorted = [...ladder].sort((a, b) => a.batch - b.batch);
  const [single] = sorted;
  if (!single || sorted.length < 2) return null;
  const best = sorted.reduce((most, one) => (one.itemsPerSecond > most.itemsPerSecond * LEAST_GAIN ? one : most));
  return { single, best };
}
