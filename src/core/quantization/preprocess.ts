/** The model as the runtime simplifies it: constants folded, BatchNormalization merged into the Conv before it. */

import { attribute } from '../attribution/attribute.js';
import type { ModelGraph, Node } from '../model/graph.js';
import { readModel } from '../model/read.js';
import { renameGraph } from '../model/renameGraph.js';
import { type SafeModel, withSafeNames } from '../model/safeNames.js';
import { walkNodes } from '../model/walk.js';
import { weightsFolder } from '../model/externalData.js';
import { writeModel } from '../model/write.js';
import { sessionOptions } from '../analysis/tracing.js';
import type { Feeds, ModelSource, Runtime, TensorValue } from '../runtime/port.js';

export interface Preprocessed {
  /** Safe, unique names; large weights lie in a file beside it. */
  model: ModelGraph;
  /** The heaviest operator of the file that a node runs; '' for what the runtime added. */
  operatorIdOf: (node: Node) => string;
  safe: SafeModel;
}

const LAYER_TYPES: ReadonlySet<string> = new Set(['Conv', 'Gemm', 'MatMul', 'ConvTranspose', 'LSTM', 'GRU', 'RNN']);

/** `file`: local functions inlined. ExpectedError when the runtime refuses the model. */
export async function preprocess(runtime: Runtime, file: ModelGraph): Promise<Preprocessed> {
  const safe = withSafeNames(file);
  const options = sessionOptions(
    { provider: 'cpu', threads: 1, optimization: 'basic' },
    { saveOptimizedGraph: true, keepOptimizedWeights: true },
  );
  const session = await runtime.open(sourceOf(safe.model), options);
  await session.close();
  if (session.optimizedGraphPath === null) throw new Error('the runtime saved no graph');
  const model = withUniqueNames(readModel(session.optimizedGraphPath));
  return { model, safe, operatorIdOf: operatorIds(safe, model) };
}

/** In the bytes what changed, in the files what did not. */
export const sourceOf = (model: ModelGraph): ModelSource => ({
  kind: 'bytes',
  bytes: writeModel(model, { weights: 'reference' }),
  weightsFolder: model.path === '' ? '' : weightsFolder(model),
});

/** Feeds by the names of the rewritten model. */
export function withSafeInputs(feeds: Feeds, safe: SafeModel): Feeds {
  const renamed = Object.create(null) as Record<string, TensorValue>;
  for (const [name, value] of Object.entries(feeds)) renamed[safe.inputNames.get(name) ?? name] = value;
  return renamed;
}

/** The other way round: for the file that is written. */
export function withFileInputs(feeds: Feeds, safe: SafeModel): Feeds {
  const renamed = Object.create(null) as Record<string, TensorValue>;
  for (const [name, value] of Object.entries(feeds)) renamed[safe.tensorNames.get(name) ?? name] = value;
  return renamed;
}

function withUniqueNames(model: ModelGraph): ModelGraph {
  const names = new Set<string>();
  for (const { node } of walkNodes(model)) names.add(node.name);
  const used = new Set<string>();
  let count = 0;
  const nodes = model.graph.nodes.map((node) => {
    let { name } = node;
    while (name === '' || used.has(name)) {
      const next = `added${++count}`;
      name = names.has(next) ? '' : next;
    }
    used.add(name);
    return name === node.name ? node : { ...node, name };
  });
  return { ...model, graph: { ...model.graph, nodes } };
}

function operatorIds(safe: SafeModel, model: ModelGraph): (node: Node) => string {
  const opTypes = new Map<string, string>();
  for (const { node, id } of walkNodes(safe.model)) opTypes.set(id, node.opType);
  const byName = new Map<string, string>();
  for (const { name, operatorIds: ids } of attribute(safe.model, safe.operatorIdByNodeName, model).nodes) {
    const main = ids.find((id) => LAYER_TYPES.has(opTypes.get(id) ?? '')) ?? ids[0];
    if (main !== undefined && !byName.has(name)) byName.set(name, main);
  }
  return (node) => byName.get(node.name) ?? '';
}

/** The file's own names again, as far as they are unique; '/' of added tensors stays. */
export function withFileNames(model: ModelGraph, { safe }: Preprocessed, file: ModelGraph): ModelGraph {
  const graph = renameGraph(model.graph, { tensor: (name) => safe.tensorNames.get(name) ?? name });
  const nameOfId = new Map<string, string>();
  for (const { id, node } of walkNodes(file)) nameOfId.set(id, node.name);
  const used = new Set<string>();
  const nodes = graph.nodes.map((node) => {
    const id = safe.operatorIdByNodeName.get(node.name);
    const wanted = (id === undefined ? undefined : nameOfId.get(id)) ?? '';
    const name = wanted !== '' && !used.has(wanted) ? wanted : node.name;
    used.add(name);
    return { ...node, name };
  });
  return { ...model, graph: { ...graph, nodes, name: file.graph.name } };
}
