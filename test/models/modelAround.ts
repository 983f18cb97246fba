import type { Graph, ModelGraph } from '../../src/core/model/graph.js';

/** A model of a graph made by hand, with nothing else to say. */
export function modelAround(graph: Graph, opset = 17): ModelGraph {
  return {
    format: 'onnx',
    path: '',
    fileBytes: 0,
    irVersion: opset >= 21 ? 10 : 8,
    opsets: [{ domain: '', version: opset }],
    producerName: '',
    producerVersion: '',
    domain: '',
    modelVersion: 0,
    docString: '',
    metadata: {},
    functions: [],
    graph,
  };
}
