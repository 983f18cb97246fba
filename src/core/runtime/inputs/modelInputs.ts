import type { BoundDimension } from '../../../protocol/report.js';
import { ExpectedError } from '../../common/errors.js';
import { oneLine } from '../../common/oneLine.js';
import { dataTypeName } from '../../model/dataTypes.js';
import type { ModelGraph } from '../../model/graph.js';
import { boundShape, feedInputs } from '../../model/openDimensions.js';
import type { ModelInput } from './types.js';

/** Inputs that must be fed, with their shapes. ExpectedError for one that is no tensor or has no known shape. */
export function modelInputs(model: ModelGraph, dimensions: readonly BoundDimension[]): ModelInput[] {
  const bindings = new Map(dimensions.map(({ name, value }) => [name, value]));
  return feedInputs(model).map((input) => {
    const name = oneLine(input.name, 80);
    if (input.type.kind !== 'tensor')
      throw new ExpectedError('input', 'measure.input.notATensor', { name, kind: input.type.kind });
    const shape = boundShape(input, bindings);
    if (!shape) throw new ExpectedError('input', 'measure.input.noShape', { name });
    return { name: input.name, dataType: dataTypeName(input.type.dataType), shape };
  });
}
