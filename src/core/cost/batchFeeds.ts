/** Feeds of a larger batch: the same items once more, along every axis that grows with the batch. */

import type { BoundDimension } from '../../protocol/report.js';
import type { BatchAxis } from '../model/batchAxis.js';
import { resolveDimensions } from '../model/dimensions.js';
import type { ModelGraph } from '../model/graph.js';
import { modelInputs } from '../runtime/inputs/inputs.js';
import type { Feeds, TensorData, TensorValue } from '../runtime/port.js';

/** The scenario's dimensions with another batch; what depends on it follows. */
export function withBatch(
  model: ModelGraph,
  dimensions: readonly BoundDimension[],
  { names }: BatchAxis,
  batch: number,
): BoundDimension[] {
  const requests = dimensions
    .filter(({ name, source }) => names.includes(name) || source !== 'expression')
    .map(({ name, value }) => ({ name, values: [names.includes(name) ? batch : value], source: 'user' as const }));
  return resolveDimensions(model, requests).scenarios[0] ?? [...dimensions];
}

/** null where the inputs do not grow with the batch. */
export function feedsOfBatch(
  model: ModelGraph,
  dimensions: readonly BoundDimension[],
  feeds: Feeds,
  axis: BatchAxis,
  batch: number,
): Feeds | null {
  const shapes = (bound: readonly BoundDimension[]): Map<string, readonly number[]> =>
    new Map(modelInputs(model, bound).map(({ name, shape }) => [name, shape]));
  return repeatedFeeds(feeds, shapes(dimensions), shapes(withBatch(model, dimensions, axis, batch)));
}

/**
 * `from` and `to`: shapes of the inputs by name. An axis that is n times as long repeats its content n times.
 * null where a shape does not grow by whole numbers.
 */
export function repeatedFeeds(
  feeds: Feeds,
  from: ReadonlyMap<string, readonly number[]>,
  to: ReadonlyMap<string, readonly number[]>,
): Feeds | null {
  const repeated: Record<string, TensorValue> = Object.create(null) as Record<string, TensorValue>;
  for (const [name, value] of Object.entries(feeds)) {
    const times = (to.get(name) ?? value.dims).map((size, axis) => {
      const before = from.get(name)?.[axis] ?? value.dims[axis];
      return before === size ? 1 : size / Math.max(1, before ?? 0);
    });
    if (times.length !== value.dims.length || !times.every(Number.isInteger)) return null;
    repeated[name] = times.reduce((tensor, count, axis) => repeatedAlong(tensor, axis, count), value);
  }
  return repeated;
}

function repeatedAlong(value: TensorValue, axis: number, times: number): TensorValue {
  if (times === 1) return value;
  const dims = value.dims.map((size, at) => (at === axis ? size * times : size));
  const block = value.dims.slice(axis).reduce((product, size) => product * size, 1);
  const blocks = block === 0 ? 0 : value.data.length / block;
  return { ...value, dims, data: repeatBlocks(value.data, block, blocks, times) };
}

function repeatBlocks(data: TensorData, block: number, blocks: number, times: number): TensorData {
  if (Array.isArray(data))
    return Array.from({ length: blocks }, (_, at) => data.slice(at * block, (at + 1) * block)).flatMap((part) =>
      Array.from({ length: times }, () => part).flat(),
    );
  const repeated = data.slice(0, 0).constructor as new (length: number) => Exclude<TensorData, string[]>;
  const result = new repeated(data.length * times);
  for (let at = 0; at < blocks; at++) {
    const part = data.subarray(at * block, (at + 1) * block);
    for (let time = 0; time < times; time++) result.set(part as never, (at * times + time) * block);
  }
  return result;
}
