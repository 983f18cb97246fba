import { createHash } from 'node:crypto';
import { FileConstants } from '../../src/core/model/constants.js';
import type { Attribute, Graph, ModelGraph, Node, TensorRef } from '../../src/core/model/graph.js';

/** The model with each tensor's storage replaced by its content: equal for equal models, wherever weights lie. */
export function contentOf(model: ModelGraph): unknown {
  const constants = new FileConstants(model);
  const tensor = (own: TensorRef): unknown => ({
    ...{ name: own.name, dataType: own.dataType, dims: own.dims },
    content: contentOfTensor(constants, own),
  });
  const attribute = (own: Attribute): unknown => {
    if (own.type === 'tensor') return { ...own, value: tensor(own.value) };
    if (own.type === 'tensors') return { ...own, value: own.value.map(tensor) };
    if (own.type === 'graph') return { ...own, value: graph(own.value) };
    if (own.type === 'graphs') return { ...own, value: own.value.map(graph) };
    return own.type === 'opaque' ? { ...own, value: [...own.value] } : own;
  };
  const node = (own: Node): unknown => ({ ...own, attributes: own.attributes.map(attribute) });
  const graph = (own: Graph): unknown => ({
    ...own,
    nodes: own.nodes.map(node),
    initializers: own.initializers.map(tensor),
  });
  try {
    const functions = model.functions.map((body) => ({
      ...body,
      nodes: body.nodes.map(node),
      attributeDefaults: body.attributeDefaults.map(attribute),
    }));
    return { ...model, path: '', fileBytes: 0, graph: graph(model.graph), functions };
  } finally {
    constants.close();
  }
}

function contentOfTensor(constants: FileConstants, tensor: TensorRef): unknown {
  const strings = constants.readStrings(tensor, 1000);
  if (strings !== null) return strings;
  const bytes = constants.readBytes(tensor, 2 ** 30);
  return bytes === null ? null : createHash('sha256').update(bytes).digest('hex');
}
