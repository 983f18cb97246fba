/** Small models made in memory, to measure the runtime and the machine themselves. */

import { DataTypes } from '../model/dataTypes.js';
import type { Attribute, Graph, ModelGraph, Node, TensorRef, ValueInfo } from '../model/graph.js';
import { writeModel } from '../model/write.js';
import type { ModelSource } from '../runtime/port.js';

/** Old enough for every runtime that is still in use, new enough for the operators used here. */
const OPSET = 13;
const IR_VERSION = 7;

export function tensor(name: string, dataType: number, dims: number[], bytes: Uint8Array): TensorRef {
  return { name, dataType, dims, storage: { kind: 'bytes', bytes } };
}

export function value(name: string, dataType: number, shape: number[]): ValueInfo {
  return { name, type: { kind: 'tensor', dataType, shape } };
}

export function node(opType: string, inputs: string[], output: string, attributes: Attribute[] = []): Node {
  return { name: output, opType, domain: '', inputs, outputs: [output], attributes };
}

/** A model that stands alone, ready to be opened. */
export function microModel(graph: Pick<Graph, 'nodes' | 'initializers' | 'inputs' | 'outputs'>): ModelSource {
  const model: ModelGraph = {
    format: 'onnx',
    path: '',
    fileBytes: 0,
    irVersion: IR_VERSION,
    opsets: [{ domain: '', version: OPSET }],
    producerName: '',
    producerVersion: '',
    domain: '',
    modelVersion: 0,
    docString: '',
    metadata: {},
    functions: [],
    graph: { name: 'micro', valueInfos: [], ...graph },
  };
  return { kind: 'bytes', bytes: writeModel(model, { weights: 'inline' }), weightsFolder: '' };
}

/** Does nothing: what a call costs by itself. */
export function emptyCallModel(): ModelSource {
  return microModel({
    nodes: [node('Identity', ['x'], 'y')],
    initializers: [],
    inputs: [value('x', DataTypes.float32, [1])],
    outputs: [value('y', DataTypes.float32, [1])],
  });
}
