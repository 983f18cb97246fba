/** What was asked for, checked against the dimensions that a model has, as one set of values a scenario. */

import type { DimensionSource } from '../../protocol/report.js';
import type { DimensionRequest } from '../../protocol/worker.js';
import { ExpectedError } from '../common/errors.js';
import type { ValueInfo } from './graph.js';
import { dimensionName, type OpenDimension } from './openDimensions.js';

const LARGEST_DIMENSION = 2 ** 31 - 1;
const MAXIMUM_SCENARIOS = 64;
const NAMES_SHOWN = 12;
const TRUST: readonly DimensionRequest['source'][] = ['flag', 'user', 'workspaceFile', 'lastUsed'];

interface RequestedValue {
  value: number;
  source: DimensionSource;
}

export type RequestedValues = ReadonlyMap<string, RequestedValue>;

/** Every combination of the values, in the order of the model's dimensions, the last one varying fastest. */
export function requestedValues(
  requests: readonly DimensionRequest[],
  open: readonly OpenDimension[],
  inputs: readonly ValueInfo[],
): RequestedValues[] {
  const choices = chosen(requests, open, inputs);
  let combinations: RequestedValues[] = [new Map<string, RequestedValue>()];
  for (const { name } of open) {
    const choice = choices.get(name);
    if (!choice) continue;
    const { values, source } = choice;
    combinations = combinations.flatMap((each) => values.map((value) => new Map(each).set(name, { value, source })));
    if (combinations.length > MAXIMUM_SCENARIOS)
      throw new ExpectedError('input', 'report.dimension.tooMany', { maximum: MAXIMUM_SCENARIOS });
  }
  return combinations;
}

interface Choice {
  values: number[];
  source: DimensionRequest['source'];
}

function chosen(
  requests: readonly DimensionRequest[],
  open: readonly OpenDimension[],
  inputs: readonly ValueInfo[],
): ReadonlyMap<string, Choice> {
  const choices = new Map<string, Choice>();
  for (const source of TRUST) {
    const ofSource = new Map<string, Choice>();
    for (const request of requests) {
      if (request.source !== source) continue;
      const dimension = findDimension(request, open, inputs);
      if (!dimension || choices.has(dimension.name)) continue;
      const values = [...(ofSource.get(dimension.name)?.values ?? []), ...request.values];
      checkValues(request.name, dimension, values);
      ofSource.set(dimension.name, { values: [...new Set(values)], source });
    }
    for (const [name, choice] of ofSource) choices.set(name, choice);
  }
  return choices;
}

/** null for what may be ignored: a fixed axis asked to be what it is, or a remembered name that is gone. */
function findDimension(
  request: DimensionRequest,
  open: readonly OpenDimension[],
  inputs: readonly ValueInfo[],
): OpenDimension | null {
  const byName = open.find((dimension) => dimension.name === request.name);
  if (byName) return byName;
  const separator = request.name.lastIndexOf(':');
  const input = inputs.find((each) => each.name === request.name.slice(0, separator));
  const axis = Number(request.name.slice(separator + 1) || NaN);
  const dimension = input?.type.kind === 'tensor' ? input.type.shape?.[axis] : undefined;
  if (input && dimension !== undefined) {
    const name = dimensionName(input.name, axis, dimension);
    if (name !== null) return open.find((each) => each.name === name) ?? null;
    if (request.values.every((value) => value === dimension)) return null;
    throw new ExpectedError('input', 'report.dimension.fixed', { name: request.name, value: Number(dimension) });
  }
  // Entries of the workspace file may cover several models, and remembered ones an older file.
  if (request.source === 'workspaceFile' || request.source === 'lastUsed') return null;
  throw unknownDimension(request.name, open);
}

function unknownDimension(name: string, open: readonly OpenDimension[]): ExpectedError {
  if (open.length === 0) return new ExpectedError('input', 'report.dimension.none', { name });
  const names = open.slice(0, NAMES_SHOWN).map((dimension) => dimension.name);
  if (open.length > NAMES_SHOWN) names.push('…');
  return new ExpectedError('input', 'report.dimension.unknown', { name, names: names.join(', ') });
}

/** An empty cache is a length too; everything else has at least one element. */
function checkValues(name: string, dimension: OpenDimension, values: readonly number[]): void {
  const minimum = dimension.kind === 'past' ? 0 : 1;
  const wrong = values.find((value) => !Number.isInteger(value) || value < minimum || value > LARGEST_DIMENSION);
  if (wrong !== undefined || values.length === 0)
    throw new ExpectedError('input', 'report.dimension.value', { name, value: String(wrong ?? ''), minimum });
}
