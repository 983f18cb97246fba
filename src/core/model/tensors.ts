import type { Attribute, Graph, ModelGraph, Node, TensorRef } from './graph.js';

/** Every tensor of the model: initializers and attributes, nested graphs and local functions included. */
export function modelTensors(model: Pick<ModelGraph, 'graph' | 'functions'>): TensorRef[] {
  const tensors: TensorRef[] = [];
  addGraph(model.graph, tensors);
  for (const body of model.functions) {
    addNodes(body.nodes, tensors);
    addAttributes(body.attributeDefaults, tensors);
  }
  return tensors;
}

function addGraph(graph: Graph, tensors: TensorRef[]): void {
  for (const tensor of graph.initializers) tensors.push(tensor);
  for (const { values, indices } of graph.sparseInitializers ?? []) tensors.push(values, indices);
  addNodes(graph.nodes, tensors);
}

function addNodes(nodes: readonly Node[], tensors: TensorRef[]): void {
  for (let index = 0; index < nodes.length; index++) {
    const { attributes } = nodes[index]!;
    if (attributes.length > 0) addAttributes(attributes, tensors);
  }
}

function addAttributes(attributes: readonly Attribute[], tensors: TensorRef[]): void {
  for (const attribute of attributes) {
    if (attribute.type === 'tensor') tensors.push(attribute.value);
    else if (attribute.type === 'tensors') for (const tensor of attribute.value) tensors.push(tensor);
    else if (attribute.type === 'graph') addGraph(attribute.value, tensors);
    else if (attribute.type === 'graphs') for (const graph of attribute.value) addGraph(graph, tensors);
  }
}
