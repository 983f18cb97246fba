import path from 'node:path';
import { ExpectedError } from '../common/errors.js';
import { FileSource } from './fileSource.js';
import { describeContent } from './formats/detect.js';
import type { ModelGraph } from './graph.js';
import { readOnnx } from './onnx/readOnnx.js';
import { readOrt } from './ort/readOrt.js';

/**
 * The structure of an `.onnx` or `.ort` file; weights are located, never read.
 * Throws `ExpectedError('input', …)` that names what the file is instead, or the offset of the first impossible byte.
 */
export function readModel(file: string): ModelGraph {
  const source = new FileSource(path.resolve(file));
  try {
    const { format, message } = describeContent(source);
    if (format === 'ort') return readOrt(source);
    try {
      return readOnnx(source);
    } catch (error) {
      // What reads as another format says more than the byte at which it stopped being ONNX.
      const isNamed = message !== null && message.code !== 'model.format.unknown';
      if (!(error instanceof ExpectedError) || !isNamed) throw error;
      throw new ExpectedError('input', message.code, message.params, { cause: error });
    }
  } finally {
    source.close();
  }
}
