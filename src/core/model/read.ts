import path from 'node:path';
import { FileSource } from './fileSource.js';
import type { ModelGraph } from './graph.js';
import { readOnnx } from './onnx/readOnnx.js';

/**
 * The structure of an `.onnx` or `.ort` file; weights are located, never read.
 * Throws `ExpectedError('input', …)` that names what the file is instead, or the offset of the first impossible byte.
 */
export function readModel(file: string): ModelGraph {
  const source = new FileSource(path.resolve(file));
  try {
    return readOnnx(source);
  } finally {
    source.close();
  }
}
