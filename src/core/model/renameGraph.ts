import type { Attribute, Graph, Node, SparseTensorRef, TensorRef, ValueInfo } from './graph.js';

/** What to change in a copy of nodes; tensors' data and untouched parts are shared with the original. */
export interface Renaming {
  tensor(name: string): string;
  /** An attribute as it should stand; null drops it. */
  attribute?(attribute: Attribute): Attribute | null;
}

/** A node with its tensors renamed, those of nested graphs included; '' (omitted) stays ''. */
export function renameNode(node: Node, renaming: Renaming): Node {
  return {
    ...node,
    inputs: node.inputs.map((name) => rename(name, renaming)),
    outputs: node.outputs.map((name) => rename(name, renaming)),
    attributes: node.attributes.flatMap((attribute) => renameAttribute(attribute, renaming)),
  };
}

export function renameGraph(graph: Graph, renaming: Renaming): Graph {
  const value = (info: ValueInfo): ValueInfo => ({ ...info, name: rename(info.name, renaming) });
  const renamed: Graph = {
    name: graph.name,
    nodes: graph.nodes.map((node) => renameNode(node, renaming)),
    initializers: graph.initializers.map((tensor) => renameTensor(tensor, renaming)),
    inputs: graph.inputs.map(value),
    outputs: graph.outputs.map(value),
    valueInfos: graph.valueInfos.map(value),
  };
  if (graph.sparseInitializers !== undefined) {
    renamed.sparseInitializers = graph.sparseInitializers.map((sparse): SparseTensorRef => ({
      ...sparse,
      values: renameTensor(sparse.values, renaming),
    }));
  }
  return renamed;
}

function renameTensor(tensor: TensorRef, renaming: Renaming): TensorRef {
  return { ...tensor, name: rename(tensor.name, renaming) };
}

function renameAttribute(original: Attribute, renaming: Renaming): Attribute[] {
  const attribute = renaming.attribute === undefined ? original : renaming.attribute(original);
  if (attribute === null) return [];
  if (attribute.type === 'graph') return [{ ...attribute, value: renameGraph(attribute.value, renaming) }];
  if (attribute.type === 'graphs')
    return [{ ...attribute, value: attribute.value.map((graph) => renameGraph(graph, renaming)) }];
  return [attribute];
}

function rename(name: string, renaming: Renaming): string {
  return name === '' ? '' : renaming.tensor(name);
}
