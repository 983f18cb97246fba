import { createHash } from 'node:crypto';
import type { FileConstants } from '../model/constants.js';
import type { OriginalGraph } from './originalGraph.js';

/** Shapes, axes, slices: what makes two otherwise equal operators differ. Larger weights differ by their names. */
const MAXIMUM_BYTES = 1024;

/** Equal for small constants of equal content, so that the optimiser may have merged what reads them. */
export function constantKeys(graph: OriginalGraph, constants: FileConstants): (tensor: string) => string | null {
  const known = new Map<string, string | null>();
  return (name) => {
    let key = known.get(name);
    if (key === undefined) {
      const tensor = graph.constantTensor(name);
      const bytes = tensor === null ? null : constants.readBytes(tensor, MAXIMUM_BYTES);
      const digest = bytes === null ? null : createHash('sha1').update(bytes).digest('base64');
      key = digest === null || tensor === null ? null : `c ${tensor.dataType} ${tensor.dims.join(',')} ${digest}`;
      known.set(name, key);
    }
    return key;
  };
}
