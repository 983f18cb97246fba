/**
 * Values for a model's open dimensions, most trusted first: asked for; what the weights fix; the configuration beside
 * the model; expressions over other dimensions; the symbol's name; the usual size of such an axis.
 */

import type { BoundDimension, DimensionSource, Phase } from '../../protocol/report.js';
import type { DimensionRequest } from '../../protocol/worker.js';
import { axisSizesFromWeights } from './dimensionConstraints.js';
import { assumedValue, type DefaultsContext, defaultsContext } from './dimensionDefaults.js';
import { evaluate } from './dimensionExpression.js';
import { requestedValues, type RequestedValues } from './dimensionRequests.js';
import type { ModelGraph } from './graph.js';
import { readModelConfig } from './modelConfig.js';
import { feedInputs, type OpenDimension, openDimensions } from './openDimensions.js';

const LARGEST_DIMENSION = 2 ** 31 - 1;

export interface ResolvedDimensions {
  /** Every combination of the values asked for; one empty list for a model without open dimensions. */
  scenarios: BoundDimension[][];
  /** Phase of each scenario. A decoder with a cache has two where nothing was asked: filling the cache, and using it. */
  phases: Phase[];
}

/** @throws ExpectedError (input) for a name that no input has, a value out of range, or too many combinations. */
export function resolveDimensions(model: ModelGraph, requests: readonly DimensionRequest[]): ResolvedDimensions {
  const inputs = feedInputs(model);
  const context = defaultsContext(model, readModelConfig(model.path), inputs);
  const open = openDimensions(inputs, context.streaming);
  const sizes = axisSizesFromWeights(model.graph);
  const resolved: ResolvedDimensions = { scenarios: [], phases: [] };
  for (const requested of requestedValues(requests, open, inputs)) {
    for (const cache of cacheStates(open, requested)) {
      const binder = new Binder(open, requested, cache, sizes, context);
      resolved.scenarios.push(open.map((dimension) => binder.bind(dimension)));
      resolved.phases.push(cache.phase);
    }
  }
  return resolved;
}

/** Values by name, as the analysis takes them. */
export function bindingsOf(dimensions: readonly BoundDimension[]): ReadonlyMap<string, number> {
  return new Map(dimensions.map(({ name, value }) => [name, value]));
}

interface CacheState {
  phase: Phase;
  /** null: as usual for a sequence. */
  pastLength: number | null;
  sequenceLength: number | null;
}

/** Filling the cache: many tokens, none cached. Using it: one token after many. What was asked for decides. */
function cacheStates(open: readonly OpenDimension[], requested: RequestedValues): CacheState[] {
  const past = open.filter((dimension) => dimension.kind === 'past');
  if (past.length === 0) return [{ phase: 'whole', pastLength: null, sequenceLength: null }];
  const prefill: CacheState = { phase: 'prefill', pastLength: 0, sequenceLength: null };
  const decode: CacheState = { phase: 'decode', pastLength: null, sequenceLength: 1 };
  const sequence = open.filter((dimension) => dimension.kind === 'sequence');
  if (sequence.length === 0) return [decode];
  const askedPast = firstRequested(past, requested);
  const askedSequence = firstRequested(sequence, requested);
  if (askedPast === null && askedSequence === null) return [prefill, decode];
  const decodes = askedSequence === null ? (askedPast ?? 0) > 0 : askedSequence === 1 && askedPast !== 0;
  return [decodes ? decode : prefill];
}

function firstRequested(dimensions: readonly OpenDimension[], requested: RequestedValues): number | null {
  for (const { name } of dimensions) {
    const found = requested.get(name);
    if (found) return found.value;
  }
  return null;
}

/** Binds the dimensions of one scenario; expressions may ask for others, never for themselves. */
class Binder {
  private readonly bound = new Map<string, BoundDimension>();
  private readonly underway = new Set<string>();
  private readonly byName: ReadonlyMap<string, OpenDimension>;

  constructor(
    private readonly open: readonly OpenDimension[],
    private readonly requested: RequestedValues,
    private readonly cache: CacheState,
    private readonly sizes: ReadonlyMap<string, number>,
    private readonly context: DefaultsContext,
  ) {
    this.byName = new Map(open.map((dimension) => [dimension.name, dimension]));
  }

  bind(dimension: OpenDimension): BoundDimension {
    const known = this.bound.get(dimension.name);
    if (known) return known;
    this.underway.add(dimension.name);
    const bound = { name: dimension.name, ...this.find(dimension) };
    this.underway.delete(dimension.name);
    this.bound.set(dimension.name, bound);
    return bound;
  }

  private find(dimension: OpenDimension): { value: number; source: DimensionSource } {
    const asked = this.requested.get(dimension.name);
    if (asked) return asked;
    const solved = this.fixedByWeights(dimension) ?? this.solved(dimension) ?? this.sameAsAsked(dimension);
    if (solved !== null && solved >= 1 && solved <= LARGEST_DIMENSION) return { value: solved, source: 'expression' };
    const { name, kind, named, places } = dimension;
    const assumed = assumedValue(name, kind, named, places[0] ?? null, this.context);
    const ofPhase = kind === 'past' ? this.cache.pastLength : kind === 'sequence' ? this.cache.sequenceLength : null;
    return ofPhase === null ? assumed : { value: ofPhase, source: named ? 'symbolName' : 'default' };
  }

  private fixedByWeights({ places }: OpenDimension): number | null {
    for (const { input, axis } of places) {
      const size = this.sizes.get(`${input.name}:${axis}`);
      if (size !== undefined) return size;
    }
    return null;
  }

  private solved(dimension: OpenDimension): number | null {
    if (dimension.expression) return evaluate(dimension.expression, (name) => this.valueOf(this.byName.get(name)));
    if (dimension.kind !== 'total') return null;
    const past = this.valueOf(this.open.find((each) => each.kind === 'past'));
    const sequence = this.valueOf(this.open.find((each) => each.kind === 'sequence'));
    return past === null ? null : past + (sequence ?? 1);
  }

  /** Axes without a symbol cannot say that they are one batch; they follow the one that was asked for. */
  private sameAsAsked({ anonymous, kind }: OpenDimension): number | null {
    if (!anonymous || (kind !== 'batch' && kind !== 'past' && kind !== 'sequence')) return null;
    return firstRequested(
      this.open.filter((each) => each.anonymous && each.kind === kind),
      this.requested,
    );
  }

  private valueOf(dimension: OpenDimension | undefined): number | null {
    return !dimension || this.underway.has(dimension.name) ? null : this.bind(dimension).value;
  }
}
