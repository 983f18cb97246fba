import type { DimensionRef, ModelGraph, Node, ValueInfo } from '../../../src/core/model/graph.js';
import { toFailure } from '../../../src/core/common/errors.js';

/** A graph that is said to lie at `file`: what comes with a model is looked for beside it. */
export function modelAt(file: string, nodes: Node[], inputs: ValueInfo[]): ModelGraph {
  return {
    format: 'onnx',
    path: file,
    fileBytes: 0,
    irVersion: 10,
    opsets: [{ domain: '', version: 21 }],
    producerName: '',
    producerVersion: '',
    domain: '',
    modelVersion: 0,
    docString: '',
    metadata: {},
    functions: [],
    graph: { name: '', nodes, initializers: [], inputs, outputs: [], valueInfos: [] },
  };
}

/** The code that it is refused with; 'none' where it is not. */
export async function codeOf(act: () => unknown): Promise<string> {
  try {
    await act();
    return 'none';
  } catch (error) {
    return toFailure(error).message.code;
  }
}

export const openInput = (name: string, dataType: number, shape: DimensionRef[]): ValueInfo => ({
  name,
  type: { kind: 'tensor', dataType, shape },
});
