import type { Graph, ModelGraph, Node } from './graph.js';
import { renameGraph } from './renameGraph.js';
import { nestedGraphs, operatorId, walkGraphs } from './walk.js';

export interface SafeModel {
  model: ModelGraph;
  /** Node name in `model` to the operator's id; both count Constant nodes. */
  operatorIdByNodeName: ReadonlyMap<string, string>;
  /** The graph's inputs: as in the file to as in `model`. */
  inputNames: ReadonlyMap<string, string>;
  /** Replaced tensor names: as in `model` to as in the file. */
  tensorNames: ReadonlyMap<string, string>;
}

/** What a runtime writes into a trace without harm: it does not escape names. */
const SAFE_TENSOR_NAME = /^[\w./:-]{1,500}$/;

/**
 * A copy whose node names are unique over all graphs and consist of [A-Za-z0-9_], and whose tensor names hold nothing
 * that breaks a trace. Harmless tensor names stay: kernels of the optimised graph are found by them.
 * Local functions must have been inlined.
 */
export function withSafeNames(model: ModelGraph): SafeModel {
  if (model.functions.length > 0) throw new Error('withSafeNames: local functions must be inlined before');
  const safeNames = safeTensorNames(model);
  const operatorIdByNodeName = new Map<string, string>();
  const renamed = renameGraph(model.graph, { tensor: (name) => safeNames.get(name) ?? name });
  const graph = nameNodes(renamed, '', operatorIdByNodeName);
  return {
    model: { ...model, graph: { ...graph, name: 'graph' } },
    operatorIdByNodeName,
    inputNames: new Map(model.graph.inputs.map(({ name }) => [name, safeNames.get(name) ?? name])),
    tensorNames: new Map([...safeNames].map(([name, safe]) => [safe, name])),
  };
}

/** Names in the order of `walkNodes`: node1, node2 … */
function nameNodes(graph: Graph, graphPath: string, ids: Map<string, string>): Graph {
  const nodes = graph.nodes.map((node, index): Node => {
    const id = operatorId(graphPath, index);
    const name = `node${ids.size + 1}`;
    ids.set(name, id);
    const paths = nestedGraphs(node, id).map((nested) => nested.graphPath);
    let position = 0;
    const nested = (inner: Graph): Graph => ({
      ...nameNodes(inner, paths[position++]!, ids),
      name: `graph${ids.size}`,
    });
    const attributes = node.attributes.map((attribute) => {
      if (attribute.type === 'graph') return { ...attribute, value: nested(attribute.value) };
      if (attribute.type === 'graphs') return { ...attribute, value: attribute.value.map(nested) };
      return attribute;
    });
    return { ...node, name, attributes };
  });
  return { ...graph, nodes };
}

/** Unsafe names to safe ones that no tensor has; the same name gets the same one in every graph. */
function safeTensorNames(model: ModelGraph): Map<string, string> {
  const names = new Set<string>();
  for (const { graph } of walkGraphs(model)) {
    for (const { name } of [...graph.inputs, ...graph.outputs, ...graph.valueInfos, ...graph.initializers])
      names.add(name);
    for (const { values } of graph.sparseInitializers ?? []) names.add(values.name);
    for (const node of graph.nodes) for (const name of [...node.inputs, ...node.outputs]) names.add(name);
  }
  const safeNames = new Map<string, string>();
  let count = 0;
  for (const name of names) {
    if (name === '' || SAFE_TENSOR_NAME.test(name)) continue;
    let safe: string;
    do safe = `tensor${++count}`;
    while (names.has(safe));
    safeNames.set(name, safe);
  }
  return safeNames;
}
