/** Samples in turn, so that latency that depends on the data is part of what is measured. */

import type { PreparedInputs } from '../runtime/inputs/types.js';
import type { Feeds, TensorValue } from '../runtime/port.js';

/** Each call gives the next sample, the first again after the last. */
export function feedsInTurn(samples: readonly Feeds[]): () => Feeds {
  let turn = 0;
  return () => samples[turn++ % samples.length] as Feeds;
}

export const sampleFeeds = ({ samples }: PreparedInputs): Feeds[] => samples.map(({ feeds }) => feeds);

/** The same tensors by other names; an input without another keeps its own. */
export function withNames(feeds: Feeds, names: ReadonlyMap<string, string>): Feeds {
  // No prototype: an input may be called '__proto__'.
  const renamed = Object.create(null) as Record<string, TensorValue>;
  for (const [name, tensor] of Object.entries(feeds)) renamed[names.get(name) ?? name] = tensor;
  return renamed;
}
