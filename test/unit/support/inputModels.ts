import type { DimensionRef, ModelGraph, Node, ValueInfo } from '../../../src/core/model/graph.js';
import { toFailure } from '../../../src/core/common/errors.js';
import { modelAround } from '../../models/modelAround.js';

/** A graph that is said to lie at `file`: what comes with a model is looked for beside it. */
export function modelAt(file: string, nodes: Node[], inputs: ValueInfo[]): ModelGraph {
  return { ...modelAround({ name: '', nodes, initializers: [], inputs, outputs: [], valueInfos: [] }, 21), path: file };
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
