/**
 * What quantizing one layer alone does to the model's outputs. One model holds every layer twice, in float and in
 * integers, behind a switch that is an input: built and loaded once, run once for each layer and sample.
 */

import { DataTypes } from '../model/dataTypes.js';
import type { Graph, ModelGraph, Node, ValueInfo } from '../model/graph.js';
import { renameGraph } from '../model/renameGraph.js';
import { sessionOptions } from '../analysis/tracing.js';
import type { Feeds, Runtime, TensorValue } from '../runtime/port.js';
import { type Accuracy, AccuracySum } from './accuracy.js';
import type { SampleSet } from './calibrate.js';
import { layerGraph } from './micro.js';
import { type LayerError, LayerErrorSum, SUM_NODE, withoutSums, withSums } from './layerError.js';
import { sourceOf } from './preprocess.js';
import { type RewriteContext, rewriteGraph, withImports } from './rewrite/rewrite.js';
import type { Layer, LayerMethod } from './types.js';

export interface SweepOptions {
  method: LayerMethod;
  threads: number;
  /** After each run; true ends the sweep. */
  tick: (done: number, total: number) => Promise<boolean>;
}

/** What one layer alone does, at the model's outputs and at its own. */
export interface Sensitivity {
  model: Accuracy;
  layer: LayerError;
}

/** Of each layer that was reached, by its name. */
export async function sweep(
  runtime: Runtime,
  context: RewriteContext,
  layers: readonly Layer[],
  samples: SampleSet,
  { method, threads, tick }: SweepOptions,
): Promise<Map<string, Sensitivity>> {
  const switched = withSwitches(context, layers, method);
  const options = sessionOptions({ provider: 'cpu', threads, optimization: 'extended' }, { stopSpinning: true });
  const session = await runtime.open(sourceOf(switched.model), options);
  const sums = new Map(layers.map(({ name }) => [name, { model: new AccuracySum(null), layer: new LayerErrorSum() }]));
  const total = layers.length * samples.count;
  let done = 0;
  try {
    for (let sample = 0; sample < samples.count; sample++) {
      const feeds = await samples.feeds(sample);
      const all = Object.entries(await session.evaluate(switched.feeds(feeds, null)));
      const reference = Object.fromEntries(all.filter(([output]) => output !== switched.layerSums));
      for (const { name } of layers) {
        const outputs = await session.evaluate(switched.feeds(feeds, name));
        const { model, layer } = sums.get(name)!;
        model.add(reference, outputs);
        layer.add(outputs[switched.layerSums]);
        if (await tick(++done, total)) return new Map();
      }
    }
  } finally {
    await session.close();
  }
  return new Map([...sums].map(([name, { model, layer }]) => [name, { model: model.result(), layer: layer.result() }]));
}

const sumsOf = (flag: string): string => `${flag}_sums`;

const OFF: TensorValue = { dataType: 'bool', dims: [], data: Uint8Array.of(0) };
const ON: TensorValue = { dataType: 'bool', dims: [], data: Uint8Array.of(1) };

interface Switched {
  model: ModelGraph;
  /** Output with the sums of the one layer that is in integers. */
  layerSums: string;
  /** With one layer in integers, or none. */
  feeds(feeds: Feeds, layer: string | null): Feeds;
}

export function withSwitches(context: RewriteContext, layers: readonly Layer[], method: LayerMethod): Switched {
  const { model } = context;
  const byNode = new Map<Node, { layer: Layer; flag: string }>();
  const dropped = new Set<Node>();
  const flags = new Map<string, string>();
  for (const [position, layer] of layers.entries()) {
    const flag = `switch_${position}_${layer.name}`;
    flags.set(layer.name, flag);
    byNode.set(layer.activation ?? layer.node, { layer, flag });
    if (layer.activation) dropped.add(layer.node);
  }
  const nodes = model.graph.nodes.flatMap((node) => {
    const found = byNode.get(node);
    if (found) return [switchNode(context, found.layer, found.flag, method)];
    return dropped.has(node) ? [] : [node];
  });
  const inputs = [...flags.values()].map((name): ValueInfo => ({
    name,
    type: { kind: 'tensor', dataType: DataTypes.bool, shape: [] },
  }));
  const layerSums = 'layer_sums_of_switched';
  const total: Node = { ...SUM_NODE, inputs: [...flags.values()].map(sumsOf), outputs: [layerSums] };
  const sumsInfo: ValueInfo = { name: layerSums, type: { kind: 'tensor', dataType: DataTypes.float32, shape: [4] } };
  const graph = {
    ...model.graph,
    nodes: [...nodes, total],
    inputs: [...model.graph.inputs, ...inputs],
    outputs: [...model.graph.outputs, sumsInfo],
    valueInfos: [],
  };
  return {
    model: withImports(model, graph),
    layerSums,
    feeds: (feeds, on) => {
      const all: Record<string, TensorValue> = Object.assign(Object.create(null) as Record<string, TensorValue>, feeds);
      for (const [layer, flag] of flags) all[flag] = layer === on ? ON : OFF;
      return all;
    },
  };
}

function switchNode(context: RewriteContext, layer: Layer, flag: string, method: LayerMethod): Node {
  const float = layerGraph(context.model, layer, null);
  const integer = rewriteGraph(context, float, [layer], method);
  return {
    name: `${flag}_if`,
    opType: 'If',
    domain: '',
    inputs: [flag],
    outputs: [layer.output, sumsOf(flag)],
    attributes: [
      { name: 'then_branch', type: 'graph', value: branch(withSums(integer, float), `${flag}_on`, context.model) },
      { name: 'else_branch', type: 'graph', value: branch(withoutSums(float), `${flag}_off`, context.model) },
    ],
  };
}

/** Reads its input and the model's own weights from around it; what it makes gets names of its own. */
function branch(graph: Graph, suffix: string, model: ModelGraph): Graph {
  const outer = new Set(model.graph.initializers.map(({ name }) => name));
  const initializers = graph.initializers.filter(({ name }) => !outer.has(name));
  const made = new Set([...graph.nodes.flatMap(({ outputs }) => outputs), ...initializers.map(({ name }) => name)]);
  const named = renameGraph(
    { ...graph, initializers },
    { tensor: (name) => (made.has(name) ? `${name}_${suffix}` : name) },
  );
  const nodes = named.nodes.map((node) => ({ ...node, name: `${node.name}_${suffix}` }));
  return { ...named, name: suffix, nodes, inputs: [] };
}
