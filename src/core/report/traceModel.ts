/** The model that a trace is of: the one that was named, or the one whose nodes the trace names. */

import type { TextCode } from '../../format/text/catalogue.js';
import type { Message } from '../../protocol/text.js';
import type { DimensionRequest, ImportTraceRequest } from '../../protocol/worker.js';
import { INSERTED, matchByName } from '../attribution/byName.js';
import type { ModelGraph, ValueInfo } from '../model/graph.js';
import { inlineFunctions } from '../model/inline.js';
import { dimensionName, feedInputs } from '../model/openDimensions.js';
import { readModel } from '../model/read.js';
import type { KernelSeries } from '../trace/series.js';
import { analyzeStatically, type StaticModel } from './build.js';

const MOST_CANDIDATES = 200;
/** Of the trace's kernels that a model must have by name before it is taken for the trace's. */
const LEAST_NAMED = 0.6;
const FEWEST_NAMED = 3;

export interface TraceModel {
  statics: StaticModel | null;
  /** Why there is none, or that it was found and not named. */
  warning: Message | null;
}

/** @throws ExpectedError (input) where the model that was named cannot be read. */
export function readTraceModel(request: ImportTraceRequest, kernels: readonly KernelSeries[]): TraceModel {
  const named = request.modelPath === null ? null : readModel(request.modelPath);
  const model = named ?? findModel(request.candidates, kernels);
  if (!model) return { statics: null, warning: note('trace.warning.noModel') };
  const warning = named ? null : note('trace.warning.modelFound', { file: model.path });
  return { statics: analyze(model, request.dimensions, kernels), warning };
}

const note = (code: TextCode, params: Message['params'] = {}): Message => ({ code, params });

/** Sizes that the trace shows, where they fit the model; what was asked for goes first. */
function analyze(model: ModelGraph, asked: readonly DimensionRequest[], kernels: readonly KernelSeries[]): StaticModel {
  const names = new Set(asked.map(({ name }) => name));
  const recorded = recordedDimensions(inlineFunctions(model), kernels).filter(({ name }) => !names.has(name));
  try {
    return analyzeStatically(model, [...asked, ...recorded]);
  } catch {
    return analyzeStatically(model, asked);
  }
}

/** The candidate with the most of the trace's names; null where none has enough of them. */
function findModel(candidates: readonly string[], kernels: readonly KernelSeries[]): ModelGraph | null {
  const own = kernels.filter(({ opType }) => !INSERTED.test(opType)).map((one) => ({ ...one, parent: null }));
  let best: { model: ModelGraph; named: number } | null = null;
  for (const candidate of candidates.slice(0, MOST_CANDIDATES)) {
    try {
      const model = readModel(candidate);
      const { ofSameType: named } = matchByName(inlineFunctions(model), own, new Set());
      if (named > (best?.named ?? 0)) best = { model, named };
    } catch {
      // Whatever lies beside a trace: what is no model is not this trace's.
    }
  }
  return best && best.named >= Math.max(FEWEST_NAMED, LEAST_NAMED * own.length) ? best.model : null;
}

/** Of inputs that a node of the same name reads, by the shape that it was given. */
function recordedDimensions(model: ModelGraph, kernels: readonly KernelSeries[]): DimensionRequest[] {
  const byName = new Map(kernels.map((kernel) => [kernel.name, kernel]));
  const found = new Map<string, number>();
  const inputs = new Map(feedInputs(model).map((input) => [input.name, input]));
  for (const node of model.graph.nodes) {
    const kernel = byName.get(node.name);
    if (!kernel || kernel.shapesVary) continue;
    for (const [position, name] of node.inputs.entries()) {
      const input = inputs.get(name);
      // Weights that were prepacked are missing behind it, never before: inputs come first.
      for (const [symbol, value] of input ? sizesOf(input, kernel.inputShapes[position]?.dims ?? []) : [])
        if (!found.has(symbol)) found.set(symbol, value);
    }
  }
  return [...found].map(([name, value]) => ({ name, values: [value], source: 'user' }));
}

function sizesOf({ name, type }: ValueInfo, dims: readonly number[]): [string, number][] {
  if (type.kind !== 'tensor' || type.shape?.length !== dims.length) return [];
  return type.shape.flatMap((dimension, axis): [string, number][] => {
    const symbol = dimensionName(name, axis, dimension);
    const value = dims[axis] ?? 0;
    return symbol !== null && value > 0 ? [[symbol, value]] : [];
  });
}
