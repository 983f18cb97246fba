/** Samples to calibrate with and others to judge by, under the names of the rewritten model. */

import type { InputSet } from '../runtime/inputs/types.js';
import type { Feeds } from '../runtime/port.js';
import type { SampleLabels, SampleSet } from './calibrate.js';
import { withSafeInputs } from './preprocess.js';
import type { SafeModel } from '../model/safeNames.js';

export interface SplitSamples {
  calibration: SampleSet;
  judgement: SampleSet;
  /** They are the same one: nothing is left to judge by. */
  same: boolean;
}

/** Feeds kept in memory up to here; beyond it they are read again each time. */
const KEPT_BYTES = 512 * 2 ** 20;

export type ReadSample = (index: number) => Promise<Feeds>;

/** Every other sample judges, so that an order in the files (classes, dates) falls on both sides. */
export function splitSamples(
  set: Pick<InputSet, 'label' | 'synthetic'>,
  count: number,
  read: ReadSample,
  safe: SafeModel,
  labels: SampleLabels | null,
): SplitSamples {
  const cached = cachedReader(count, async (index) => withSafeInputs(await read(index), safe));
  const part = (start: number, step: number): SampleSet => {
    const at = (index: number): number => Math.min(count - 1, start + index * step);
    return {
      count: Math.max(1, Math.ceil((count - start) / step)),
      synthetic: set.synthetic,
      label: set.label,
      feeds: (index) => cached(at(index)),
      ...(labels ? { labels: { ...labels, of: (index: number, rows: number) => labels.of(at(index), rows) } } : {}),
    };
  };
  const same = count < 2;
  return same
    ? { calibration: part(0, 1), judgement: part(0, 1), same }
    : { calibration: part(0, 2), judgement: part(1, 2), same };
}

/** The first samples of a set. */
export const firstOf = (samples: SampleSet, most: number): SampleSet => ({
  ...samples,
  count: Math.min(most, samples.count),
});

function cachedReader(count: number, read: ReadSample): ReadSample {
  const kept = new Map<number, Feeds>();
  let keeps: boolean | null = null;
  return async (index) => {
    const known = kept.get(index);
    if (known) return known;
    const feeds = await read(index);
    keeps ??= bytesOf(feeds) * count <= KEPT_BYTES;
    if (keeps) kept.set(index, feeds);
    return feeds;
  };
}

const bytesOf = (feeds: Feeds): number =>
  Object.values(feeds).reduce((sum, { data }) => sum + (Array.isArray(data) ? data.length * 16 : data.byteLength), 0);
