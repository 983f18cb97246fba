/** One layer alone: as a graph of its own, and its times in float and in integers, conversions apart. */

import { sessionOptions, traceSession } from '../analysis/tracing.js';
import { DataTypes } from '../model/dataTypes.js';
import type { Graph, ModelGraph, TensorRef } from '../model/graph.js';
import { tensorFrom } from '../runtime/inputs/elements.js';
import { createRandom } from '../runtime/inputs/random.js';
import type { Feeds, Runtime, SessionOptions } from '../runtime/port.js';
import type { TracedRun } from '../trace/types.js';
import { sourceOf } from './preprocess.js';
import { type RewriteContext, rewriteGraph, withImports } from './rewrite/rewrite.js';
import type { Layer, LayerMethod } from './types.js';

export interface LayerTime {
  /** Its kernel; what reorders layouts is not counted. */
  kernelNs: number;
  /** To integers before it, and back to floats after it; 0 for float. */
  quantizeNs: number;
  dequantizeNs: number;
}

const WARM_UP_RUNS = 3;
const RUNS = 12;
/** Of all runs of one layer: a slow one gets fewer. */
const LONGEST_NS = 150e6;
const LAYOUT: ReadonlySet<string> = new Set(['ReorderInput', 'ReorderOutput', 'Transpose', 'Reshape']);

/** The layer with its activation; its input and output stand open. */
export function layerGraph(model: ModelGraph, layer: Layer, shape: readonly number[] | null): Graph {
  const nodes = [layer.node, ...(layer.activation ? [layer.activation] : [])];
  const read = new Set(nodes.flatMap((node) => node.inputs));
  const initializers = model.graph.initializers.filter(({ name }) => read.has(name));
  const value = (name: string, dims: readonly number[] | null): Graph['inputs'][number] => ({
    name,
    type: { kind: 'tensor', dataType: DataTypes.float32, shape: dims && [...dims] },
  });
  return {
    name: 'layer',
    nodes,
    initializers,
    inputs: [value(layer.input, shape)],
    outputs: [value(layer.output, null)],
    valueInfos: [],
  };
}

export class LayerTimer {
  private readonly known = new Map<string, LayerTime>();

  constructor(
    private readonly runtime: Runtime,
    private readonly context: RewriteContext,
    private readonly options: Pick<SessionOptions, 'threads' | 'optimization'>,
    private readonly now: () => number,
  ) {}

  /** Of a layer whose input has `shape`. Equal layers are measured once. */
  async time(layer: Layer, shape: readonly number[], method: LayerMethod | null): Promise<LayerTime> {
    const key = keyOf(layer, shape, method);
    const known = this.known.get(key);
    if (known) return known;
    const { model } = this.context;
    const float = layerGraph(model, layer, shape);
    const graph = method === null ? float : rewriteGraph(this.context, float, [layer], method);
    const time = await this.traced(withImports(model, graph), inputOf(layer, shape, this.context));
    this.known.set(key, time);
    return time;
  }

  /** In float, of a layer of another model, such as one with fewer channels. */
  timeIn(model: ModelGraph, layer: Layer, shape: readonly number[]): Promise<LayerTime> {
    return this.traced(withImports(model, layerGraph(model, layer, shape)), inputOf(layer, shape, this.context));
  }

  private async traced(model: ModelGraph, feeds: Feeds): Promise<LayerTime> {
    const options = sessionOptions({ provider: 'cpu', ...this.options }, { trace: true });
    const clock = { now: this.now, stopRequested: () => false };
    const plan = { warmUpRuns: WARM_UP_RUNS, runs: RUNS, deadlineNs: this.now() + LONGEST_NS };
    const tracing = traceSession(this.runtime, sourceOf(model), () => feeds, options, plan, clock);
    for (;;) {
      const step = await tracing.next();
      if (step.done) return layerTime(step.value.runs);
    }
  }
}

/** Mean over the runs: whole microseconds of single events would round small layers away. */
function layerTime(runs: readonly TracedRun[]): LayerTime {
  const time: LayerTime = { kernelNs: 0, quantizeNs: 0, dequantizeNs: 0 };
  for (const { events } of runs)
    for (const { opType, selfUs } of events) {
      const ns = (selfUs * 1e3) / runs.length;
      if (opType === 'QuantizeLinear' || opType === 'DynamicQuantizeLinear') time.quantizeNs += ns;
      else if (opType === 'DequantizeLinear') time.dequantizeNs += ns;
      else if (!LAYOUT.has(opType)) time.kernelNs += ns;
    }
  return time;
}

/** Within the calibrated range, as the layer sees it. */
function inputOf(layer: Layer, shape: readonly number[], { ranges }: RewriteContext): Feeds {
  const random = createRandom(1);
  const { min, max } = ranges.get(layer.input) ?? { min: -1, max: 1 };
  return { [layer.input]: tensorFrom(layer.input, 'float32', shape, () => min + (max - min) * random()) };
}

const dimsOf = (tensor: TensorRef | null): string => tensor?.dims.join('x') ?? '';

function keyOf(
  { node, activation, weight, bias }: Layer,
  shape: readonly number[],
  method: LayerMethod | null,
): string {
  const attributes = node.attributes.map(({ name, type, value }) => [
    name,
    type === 'ints' || type === 'int' || type === 'string' ? value : '',
  ]);
  return JSON.stringify([method, node.opType, activation?.opType, dimsOf(weight), dimsOf(bias), shape, attributes]);
}
