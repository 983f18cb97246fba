import type { Attribute, Graph, Node, TensorRef } from '../graph.js';
import type { TensorWriter } from './writeTensor.js';

/**
 * The graph with those Constant nodes that a file keeps raw turned into initializers, nested graphs included: a
 * runtime takes external data from initializers only.
 */
export function liftConstants(graph: Graph, tensors: Pick<TensorWriter, 'isReference'>): Graph {
  const lifted: TensorRef[] = [];
  const nodes: Node[] = [];
  for (const node of graph.nodes) {
    const value = constantValue(node);
    if (value !== null && tensors.isReference(value)) lifted.push({ ...value, name: node.outputs[0]! });
    else nodes.push({ ...node, attributes: node.attributes.map((attribute) => liftNested(attribute, tensors)) });
  }
  return { ...graph, nodes, initializers: [...graph.initializers, ...lifted] };
}

function liftNested(attribute: Attribute, tensors: Pick<TensorWriter, 'isReference'>): Attribute {
  if (attribute.type === 'graph') return { ...attribute, value: liftConstants(attribute.value, tensors) };
  if (attribute.type === 'graphs')
    return { ...attribute, value: attribute.value.map((graph) => liftConstants(graph, tensors)) };
  return attribute;
}

/** The tensor of a Constant node; null for other nodes and for its other forms. */
function constantValue(node: Node): TensorRef | null {
  if (node.opType !== 'Constant' || node.domain !== '' || (node.outputs[0] ?? '') === '') return null;
  const value = node.attributes.find(({ name }) => name === 'value');
  return value?.type === 'tensor' ? value.value : null;
}
