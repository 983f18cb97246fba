/** Settings of the editor, and the workspace's `inference-profiler.json`. Types only. */

import type { OptimizationLevel } from './report.js';

/** VS Code settings under `inferenceProfiler.`; the defaults stand in package.json alone. */
export interface Settings {
  /** 0: the runtime's default. */
  threads: number;
  provider: string;
  optimization: OptimizationLevel;
  budgetSeconds: number;
  /** 0: no limit beyond what is free. */
  memoryLimitMiB: number;
  /** Reports kept for each model. */
  historyLimit: number;
}

/** `inference-profiler.json` at the workspace's root; written only by the user or by "Share Settings with Team". */
export interface WorkspaceFile {
  $schema?: string;
  /** Keys are paths or globs, relative to the file. */
  models?: Record<string, ModelSettings>;
  baseline?: string;
}

/**
 * How the pixels of an image become a model's input: `(pixel - mean) * scale`, pixels from 0 to 255. What is left out
 * comes from `preprocessor_config.json` beside the model, or is assumed.
 */
export interface ImagePreprocessing {
  /** Shorter edge after resizing, of which the middle is taken; or height and width, to which the image is stretched. */
  size?: number | [height: number, width: number];
  order?: 'RGB' | 'BGR';
  /** Of every channel, or of each in `order`. */
  mean?: number | [number, number, number];
  /** Of every channel, or of each in `order`; 1/255 makes floats from 0 to 1. */
  scale?: number | [number, number, number];
  /** Only where the input's shape does not tell. */
  layout?: 'NCHW' | 'NHWC';
}

export interface ModelSettings {
  /** A symbol's name, or `INPUT:AXIS`. */
  dimensions?: Record<string, number>;
  /**
   * Input name to a file, or to a folder of images or text; `*` to a folder that feeds all inputs. Relative to the
   * workspace file.
   */
  inputs?: Record<string, string>;
  /** Of images among the inputs. */
  preprocessing?: ImagePreprocessing;
  threads?: number;
  provider?: string;
}
