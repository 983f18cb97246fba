/** The axis along which a call holds several items. */

import type { BoundDimension } from '../../protocol/report.js';
import { defaultsContext } from './dimensionDefaults.js';
import type { ModelGraph } from './graph.js';
import { readModelConfig } from './modelConfig.js';
import { feedInputs, openDimensions } from './openDimensions.js';

/** Dimensions of the inputs that count items of a batch, and how many items a call has now. */
export interface BatchAxis {
  names: string[];
  batch: number;
}

/** null for a model without a batch dimension, or with one that is fixed in the file. */
export function batchAxisOf(model: ModelGraph, dimensions: readonly BoundDimension[]): BatchAxis | null {
  const inputs = feedInputs(model);
  const { streaming } = defaultsContext(model, readModelConfig(model.path), inputs);
  const names = openDimensions(inputs, streaming)
    .filter(({ kind, expression, places }) => kind === 'batch' && !expression && places.length > 0)
    .map(({ name }) => name);
  const values = new Set(dimensions.filter(({ name }) => names.includes(name)).map(({ value }) => value));
  const [batch] = values;
  return batch === undefined || values.size > 1 ? null : { names, batch };
}
