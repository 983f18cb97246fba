import { tensorBytes } from '../model/dataTypes.js';
import { unknownShape } from './shapes.js';
import type { TensorInfo } from './types.js';

/** Bytes of a tensor as it is packed: int4 two to a byte. A rule stops here for strings and for unknown shapes. */
export function bytesOf(info: TensorInfo): number {
  return (info.shape && tensorBytes(info.dataType, info.shape)) ?? unknownShape();
}
