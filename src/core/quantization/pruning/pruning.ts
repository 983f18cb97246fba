/** Pruning candidates: what the weights hold, and what a layer with fewer channels would take. Time only. */

import { setImmediate as nextTurn } from 'node:timers/promises';
import type { PruningLayer, PruningSection } from '../../../protocol/quantization.js';
import type { Message } from '../../../protocol/text.js';
import { medianOf } from '../../analysis/statistics.js';
import type { ModelGraph } from '../../model/graph.js';
import { GraphIndex } from '../graphIndex.js';
import type { LayerTimer } from '../micro.js';
import type { RewriteContext } from '../rewrite/rewrite.js';
import type { Layer } from '../types.js';
import { removability, withoutChannels, withZeros } from './smaller.js';
import { weakestQuarter, weightStatistics } from './statistics.js';

export interface PruningOptions {
  /** In the float model, by layer's name. */
  floatNs: ReadonlyMap<string, number>;
  /** Of activations. */
  shapes: ReadonlyMap<string, readonly number[]>;
  stopRequested: () => boolean;
  progress: (done: number, total: number) => void;
}

/** After a stop the layers that were not reached are missing. */
export async function pruningSection(
  context: RewriteContext,
  layers: readonly Layer[],
  timer: LayerTimer,
  options: PruningOptions,
): Promise<PruningSection> {
  const index = new GraphIndex(context.model.graph);
  const found: PruningLayer[] = [];
  for (const [position, layer] of layers.entries()) {
    if (options.stopRequested()) break;
    const one = await pruned(context, layer, index, timer, options);
    if (one) found.push(one);
    options.progress(position + 1, layers.length);
    await nextTurn();
  }
  return { layers: found, explanation: await explanation(context, layers, found, timer, options) };
}

interface Variant {
  model: ModelGraph;
  layer: Layer;
}

const TURNS = 3;

/** In turns, the quickest of each: a disturbance only ever adds. */
async function timeRatio(
  timer: LayerTimer,
  before: Variant,
  after: Variant,
  shape: readonly number[],
): Promise<number> {
  const quickest = [Infinity, Infinity];
  for (let turn = 0; turn < TURNS; turn++)
    for (const [place, { model, layer }] of [before, after].entries()) {
      const { kernelNs } = await timer.timeIn(model, layer, shape);
      quickest[place] = Math.min(quickest[place]!, kernelNs);
    }
  return quickest[1]! / Math.max(1, quickest[0]!);
}

async function pruned(
  { model, constants }: RewriteContext,
  layer: Layer,
  index: GraphIndex,
  timer: LayerTimer,
  options: PruningOptions,
): Promise<PruningLayer | null> {
  const statistics = weightStatistics(layer.weight, layer.channelAxis, constants);
  if (!statistics || statistics.elements === 0) return null;
  const { elements, zeros, nearZeros, norms } = statistics;
  const { possible, reason } = removability(layer, index);
  const removed = weakestQuarter(norms);
  const smaller = possible ? withoutChannels(model, layer, removed, constants) : null;
  const shape = options.shapes.get(layer.input);
  const floatNs = options.floatNs.get(layer.name) ?? 0;
  let removal: PruningLayer['removal'] = null;
  if (smaller && shape && floatNs > 0) {
    const ratio = await timeRatio(timer, { model, layer }, smaller, shape);
    const square = (sum: number, channel: number): number => sum + norms[channel]! ** 2;
    const all = [...norms.keys()].reduce(square, 0);
    const normShare = all > 0 ? removed.reduce(square, 0) / all : 0;
    // As in the model, where the layer's weights are not hot in the caches.
    removal = { channels: removed.length, normShare, floatNs, prunedNs: floatNs * ratio };
  }
  const sorted = [...norms].sort((a, b) => a - b);
  return {
    operatorId: layer.operatorId,
    elements,
    zeroShare: zeros / elements,
    nearZeroShare: nearZeros / elements,
    channels: norms.length,
    channelNorms: { min: sorted[0]!, median: medianOf(sorted), max: sorted.at(-1)! },
    removal,
    reason: removal === null && reason === null ? { code: 'quantization.pruning.reason.unread', params: {} } : reason,
  };
}

/** The words that hold for all; zeros anywhere are tried on the layer that takes longest. */
async function explanation(
  { model, constants }: RewriteContext,
  layers: readonly Layer[],
  found: readonly PruningLayer[],
  timer: LayerTimer,
  { floatNs, shapes, stopRequested }: PruningOptions,
): Promise<Message[]> {
  const messages: Message[] = [{ code: 'quantization.pruning.timeOnly', params: {} }];
  const elements = found.reduce((sum, layer) => sum + layer.elements, 0);
  const zeros = found.reduce((sum, layer) => sum + layer.zeroShare * layer.elements, 0);
  const share = elements > 0 ? Number(((100 * zeros) / elements).toFixed(1)) : 0;
  const timeOf = ({ name }: Layer): number => floatNs.get(name) ?? 0;
  const [longest] = [...layers].sort((a, b) => timeOf(b) - timeOf(a));
  const shape = longest && shapes.get(longest.input);
  const sparse = longest && withZeros(model, longest, constants);
  if (!longest || !shape || !sparse || stopRequested()) return messages;
  const ratio = Number((await timeRatio(timer, { model, layer: longest }, sparse, shape)).toFixed(2));
  return [...messages, { code: 'quantization.pruning.unstructured', params: { share, ratio } }];
}
