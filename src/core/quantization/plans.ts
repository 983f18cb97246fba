/** Which plans are worth building: the points of the search, and each method as a whole where it can pay. */

import { fitsOpset, opsetOf, type RewriteContext } from './rewrite/rewrite.js';
import { isProduct } from './rewrite/products.js';
import { aroundNodes } from './rewrite/around.js';
import type { GraphIndex } from './graphIndex.js';
import { fastestWith, type LayerFigures, noiseDb, predict, type Prediction, type ReadersOf } from './search.js';
import { BLOCK_FORMATS, type Layer, type LayerMethod, type PlanMethod } from './types.js';

export interface PlannedModel {
  method: PlanMethod;
  layers: Layer[];
  predictedNs: number;
  predictedDb: number | null;
}

export interface PlanInputs {
  context: RewriteContext;
  layers: readonly Layer[];
  wholeNs: number;
  readersOf: ReadersOf;
  /** By method, of the layers that it fits. */
  figures: ReadonlyMap<LayerMethod, readonly LayerFigures[]>;
  paths: ReadonlyMap<LayerMethod, readonly Prediction[]>;
  targetDb: number;
  /** The static method that fits this CPU. */
  staticMethod: LayerMethod;
}

/** Steps of accuracy beyond the target, at which the search's path is tried; the prediction is good to a few dB. */
const STEPS_DB = [1, 6, 12];
/** Of the float model's time, in products: below it weight-only methods change nothing. */
const LEAST_PRODUCT_SHARE = 0.2;
const MOST_PLANS = 9;

/** At most nine, without duplicates. Those of the search come first. */
export function proposePlans(inputs: PlanInputs, index: GraphIndex): PlannedModel[] {
  const plans: PlannedModel[] = [];
  const opset = opsetOf(inputs.context.model);
  const add = (plan: PlannedModel | null): void => {
    if (plan && plan.layers.length > 0 && !plans.some((other) => keyOf(other) === keyOf(plan))) plans.push(plan);
  };
  for (const method of inputs.paths.keys()) for (const plan of fromPath(inputs, method)) add(plan);
  for (const [method, figures] of inputs.figures) add(whole(inputs, method, figures));
  const fast = inputs.paths.get('staticInt8')?.[0];
  if (fast && inputs.staticMethod === 'staticInt8') {
    const chosen = fast.layers.map(({ layer }) => layer);
    const around = aroundNodes(index, chosen, { ranges: inputs.context.ranges, opset });
    if (around.length > 0)
      add({ method: 'staticInt8Around', layers: chosen, predictedNs: fast.timeNs, predictedDb: fast.sqnrDb });
  }
  add(staticAndDynamic(inputs));
  add({ method: 'float16', layers: [...inputs.layers], predictedNs: inputs.wholeNs, predictedDb: null });
  return plans.slice(0, MOST_PLANS);
}

const keyOf = ({ method, layers }: PlannedModel): string =>
  `${method}:${layers
    .map(({ name }) => name)
    .sort()
    .join()}`;

/** A plan of the path; 'mixedInt8' where layers are left out. */
export function planOf(method: LayerMethod, point: Prediction, layerCount: number): PlannedModel {
  const layers = point.layers.map(({ layer }) => layer);
  const isStatic = method.startsWith('staticInt8');
  const name = isStatic && method === 'staticInt8' && layers.length < layerCount ? 'mixedInt8' : method;
  return { method: name, layers, predictedNs: point.timeNs, predictedDb: point.sqnrDb };
}

function fromPath({ paths, figures, targetDb }: PlanInputs, method: LayerMethod): PlannedModel[] {
  const path = paths.get(method) ?? [];
  const count = figures.get(method)?.length ?? 0;
  const points = [path[0] ?? null, ...STEPS_DB.map((step) => fastestWith(path, targetDb + step))];
  return points.flatMap((point) => (point ? [planOf(method, point, count)] : []));
}

/** Every layer that the method fits: what anyone would try first. */
function whole(
  { wholeNs, readersOf, layers }: PlanInputs,
  method: LayerMethod,
  figures: readonly LayerFigures[],
): PlannedModel | null {
  const share = figures.reduce((sum, { floatNs }) => sum + floatNs, 0) / wholeNs;
  if (BLOCK_FORMATS[method] && share < LEAST_PRODUCT_SHARE) return null;
  if (method === 'dynamicInt8' && layers.some((layer) => !isProduct(layer)) && share < LEAST_PRODUCT_SHARE) return null;
  const { timeNs } = predict(figures, wholeNs, readersOf);
  return { method, layers: figures.map(({ layer }) => layer), predictedNs: timeNs, predictedDb: noiseDb(figures) };
}

/** Convolutions as the static search would have them at the target, products dynamic where that pays. */
function staticAndDynamic({ paths, wholeNs, targetDb, readersOf }: PlanInputs): PlannedModel | null {
  const path = paths.get('staticInt8') ?? [];
  const fixed = (fastestWith(path, targetDb + STEPS_DB[1]!) ?? path[0])?.layers.filter(
    ({ layer }) => !isProduct(layer),
  );
  const products = paths.get('dynamicInt8')?.[0]?.layers;
  if (!fixed?.length || !products?.length) return null;
  const [convolved, multiplied] = [fixed, products].map((figures) => predict(figures, wholeNs, readersOf).timeNs);
  return {
    method: 'mixedStaticDynamic',
    layers: [...fixed, ...products].map(({ layer }) => layer),
    predictedNs: convolved! + multiplied! - wholeNs,
    predictedDb: noiseDb([...fixed, ...products]),
  };
}

/** Methods that are tried layer by layer, in the model's operator set. */
export function methodsFor(layers: readonly Layer[], opset: number, staticMethod: LayerMethod): LayerMethod[] {
  const methods: LayerMethod[] = [staticMethod];
  if (layers.some(isProduct)) methods.push('dynamicInt8', 'weightOnly8Block128', 'weightOnly4Block32');
  return methods.filter((method) => fitsOpset(method, opset));
}

/** Layers that a method can take. */
export const fitting = (layers: readonly Layer[], method: PlanMethod): Layer[] =>
  method.startsWith('static') || method.startsWith('mixed') || method === 'float16'
    ? [...layers]
    : layers.filter(isProduct);
