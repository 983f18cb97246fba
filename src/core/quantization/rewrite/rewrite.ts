/** One plan applied to a preprocessed model. */

import { ExpectedError } from '../../common/errors.js';
import type { FileConstants } from '../../model/constants.js';
import type { Graph, ModelGraph } from '../../model/graph.js';
import { walkNodes } from '../../model/walk.js';
import { BLOCK_FORMATS, type Layer, type PlanMethod, type Range, STATIC_SCHEMES } from '../types.js';
import { halveWeights, isProduct, quantizeDynamically, quantizeWeightBlocks } from './products.js';
import { quantizeStatically } from './static.js';

export interface RewriteContext {
  model: ModelGraph;
  constants: FileConstants;
  ranges: ReadonlyMap<string, Range>;
  /** The CPU adds pairs of int8 products in 16 bits: weights get 7 bits, unless the method says otherwise. */
  reducedRange: boolean;
}

const CONTRIB = 'com.microsoft';
const FIRST_STATIC_OPSET = 10;
const FIRST_DYNAMIC_OPSET = 11;
const FIRST_AXIS_OPSET = 13;

export const opsetOf = (model: Pick<ModelGraph, 'opsets'>): number =>
  model.opsets.find(({ domain }) => domain === '' || domain === 'ai.onnx')?.version ?? 0;

/** Whether the model's operator set has what the method writes. */
export function fitsOpset(method: PlanMethod, opset: number): boolean {
  if (method === 'dynamicInt8' || method === 'mixedStaticDynamic') return opset >= FIRST_DYNAMIC_OPSET;
  return STATIC_SCHEMES[method] ? opset >= FIRST_STATIC_OPSET : true;
}

/** The model with `layers` quantized by `method`. ExpectedError where its operator set is too old for it. */
export function rewriteModel(context: RewriteContext, layers: readonly Layer[], method: PlanMethod): ModelGraph {
  const opset = opsetOf(context.model);
  if (!fitsOpset(method, opset)) throw new ExpectedError('input', 'quantization.error.opset', { opset });
  return withImports(context.model, rewriteGraph(context, context.model.graph, layers, method));
}

export function rewriteGraph(
  context: RewriteContext,
  graph: Graph,
  layers: readonly Layer[],
  method: PlanMethod,
): Graph {
  const { constants, ranges, reducedRange } = context;
  if (method === 'mixedStaticDynamic') return rewriteMixed(context, graph, layers);
  const scheme = STATIC_SCHEMES[method];
  if (scheme) {
    const opset = opsetOf(context.model);
    const qdqDomain = opset >= FIRST_AXIS_OPSET ? '' : CONTRIB;
    const fitting = {
      ...scheme,
      reducedRange: scheme.reducedRange || (reducedRange && scheme.activations === 'uint8'),
    };
    return quantizeStatically(graph, layers, { scheme: fitting, ranges, constants, qdqDomain, opset });
  }
  const format = BLOCK_FORMATS[method];
  if (format) return quantizeWeightBlocks(graph, layers, format, { constants, reducedRange });
  if (method === 'float16') return halveWeights(graph, { constants, reducedRange });
  return quantizeDynamically(graph, layers, { constants, reducedRange });
}

/** Convolutions first; the products then read what that made of their inputs. */
function rewriteMixed(context: RewriteContext, graph: Graph, layers: readonly Layer[]): Graph {
  const convolved = rewriteGraph(
    context,
    graph,
    layers.filter((layer) => !isProduct(layer)),
    'staticInt8',
  );
  const nodes = new Map(convolved.nodes.map((node) => [node.name, node]));
  const products = layers.filter(isProduct).flatMap((layer): Layer[] => {
    const node = nodes.get(layer.name);
    return node ? [{ ...layer, node, input: node.inputs[0] ?? layer.input }] : [];
  });
  return rewriteGraph(context, convolved, products, 'dynamicInt8');
}

/** Domains that the nodes use, each imported once; the runtime's saved graphs import all that it knows. */
export function withImports(model: ModelGraph, graph: Graph): ModelGraph {
  const used = new Set<string>(['']);
  for (const { node } of walkNodes({ graph })) used.add(node.domain === 'ai.onnx' ? '' : node.domain);
  for (const body of model.functions) used.add(body.domain);
  const opsets = model.opsets.filter(({ domain }) => used.has(domain === 'ai.onnx' ? '' : domain));
  if (used.has(CONTRIB) && !opsets.some(({ domain }) => domain === CONTRIB))
    opsets.push({ domain: CONTRIB, version: 1 });
  return { ...model, opsets, graph };
}
