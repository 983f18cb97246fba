/** What is known of a model file before it is opened in full. Types only. */

import type { Message } from './text.js';

export type FileFormat =
  | 'onnx'
  | 'ort'
  | 'tflite'
  | 'safetensors'
  | 'gguf'
  | 'pytorch'
  | 'torchscript'
  | 'tensorflowGraph'
  | 'tensorflowSavedModel'
  | 'hdf5'
  | 'keras'
  | 'coreml'
  | 'tensorrt'
  | 'openvino'
  | 'gitLfsPointer'
  | 'unknown';

/** One entry of `scan DIR --json`. */
export interface ScannedModel {
  path: string;
  format: FileFormat;
  fileBytes: number;
  nodeCount: number | null;
  parameterCount: number | null;
  licence: string | null;
  profilable: boolean;
  /** Why it cannot be profiled and the way to ONNX; null when it can. */
  reason: string | null;
  message: Message | null;
}
