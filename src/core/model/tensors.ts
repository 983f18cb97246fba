import type { Attribute, Graph, ModelGraph, Node, TensorRef } from './graph.js';

/** Every tensor of the model: initializers and attributes, nested graphs and local functions included. */
export function* modelTensors(model: Pick<ModelGraph, 'graph' | 'functions'>): Generator<TensorRef> {
  yield* graphTensors(model.graph);
  for (const body of model.functions) {
    yield* nodesTensors(body.nodes);
    for (const attribute of body.attributeDefaults) yield* attributeTensors(attribute);
  }
}

function* graphTensors(graph: Graph): Generator<TensorRef> {
  yield* graph.initializers;
  for (const { values, indices } of graph.sparseInitializers ?? []) yield* [values, indices];
  yield* nodesTensors(graph.nodes);
}

function* nodesTensors(nodes: readonly Node[]): Generator<TensorRef> {
  for (const { attributes } of nodes)
    for (const attribute of attributes) if (mayHoldTensors(attribute)) yield* attributeTensors(attribute);
}

/** Most attributes are numbers: a generator for each would take longer than all the rest. */
const mayHoldTensors = ({ type }: Attribute): boolean => type.startsWith('tensor') || type.startsWith('graph');

function* attributeTensors(attribute: Attribute): Generator<TensorRef> {
  if (attribute.type === 'tensor') yield attribute.value;
  else if (attribute.type === 'tensors') yield* attribute.value;
  else if (attribute.type === 'graph') yield* graphTensors(attribute.value);
  else if (attribute.type === 'graphs') for (const graph of attribute.value) yield* graphTensors(graph);
}
