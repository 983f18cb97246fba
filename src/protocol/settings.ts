/** Settings of the editor, and the workspace's `inference-profiler.json`. Types only. */

import type { EdgeDevice, Purchase } from './cost.js';
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
  /** Reports kept for each model and settings. */
  historyLimit: number;
  /** Of all reports together, in MiB. */
  historySizeMiB: number;
  /** Cost and latency behind the fields of serving configs. */
  hints: boolean;
}

/** `inference-profiler.json` at the workspace's root; written only by the user or by "Share Settings with Team". */
export interface WorkspaceFile {
  $schema?: string;
  /** Keys are paths or globs, relative to the file. */
  models?: Record<string, ModelSettings>;
  /** What one request of an application is: several calls, of several models. */
  pipelines?: PipelineSettings[];
  serving?: ServingSettings;
  baseline?: string;
}

/** One request: its steps one after the other, on one machine. */
export interface PipelineSettings {
  name: string;
  /** @minItems 1
   * @maxItems 32
   */
  steps: PipelineStep[];
  /** Work of a request outside the models on the same machine, in milliseconds: pre- and post-processing.
   * @minimum 0
   */
  outsideModelMs?: number;
  /** Requests that a cache answers without a call.
   * @minimum 0
   * @maximum 99.9
   */
  cacheHitPercent?: number;
}

export interface PipelineStep {
  /** A model file, relative to this file. */
  model: string;
  /** On average; 1 where it is left out.
   * @exclusiveMinimum 0
   * @maximum 100000
   */
  callsPerRequest?: number;
}

/** What serving is planned for. What is left out is not made up, but for the headroom (30 %) and the percentile (95). */
export interface ServingSettings {
  /** Requests a second; without one no bill is reckoned.
   * @minimum 0
   */
  rate?: number;
  /** Requests a second of each hour, of a day (24) or a week (168); in place of `rate`.
   * @minItems 24
   * @maxItems 168
   */
  hourly?: number[];
  /** @exclusiveMinimum 0 */
  targetMs?: number;
  /** @minimum 50
   * @maximum 99.9
   */
  percentile?: number;
  /** A region, with its provider in front where two have one of that name: `aws us-east-1`. */
  region?: string;
  /** Globs of instance names, separated by commas: `c7*.large, m7i.*`. */
  instances?: string;
  /** @minimum 0
   * @maximum 95
   */
  headroomPercent?: number;
  /** Machines that may fail while the target still holds.
   * @minimum 0
   * @maximum 100
   */
  spareReplicas?: number;
  /** Most requests that the server puts together in one call; 1 where it does not. Calls of that size must be measured.
   * @minimum 1
   * @maximum 1024
   */
  maxBatch?: number;
  /** How long the first of them waits for more, at most, in milliseconds.
   * @minimum 0
   * @maximum 60000
   */
  queueDelayMs?: number;
  purchase?: Purchase;
  /** The instance that the measuring machine is. */
  thisMachine?: string;
  /** A price list (CSV or JSON) relative to this file; its rows go before the ones that the product knows. */
  prices?: string;
  /** Devices to weigh against the cloud. */
  edge?: EdgeDevice[];
  training?: TrainingSettings;
}

/** What is known of the model's training. */
export interface TrainingSettings {
  /** @exclusiveMinimum 0 */
  samples: number;
  /** @exclusiveMinimum 0 */
  epochs: number;
  /** As the table of accelerators names it, e.g. `NVIDIA A100 40GB SXM`. */
  accelerator: string;
  /** @exclusiveMinimum 0 */
  usdPerHour?: number;
  /** Over how long its cost is spread.
   * @exclusiveMinimum 0
   */
  months?: number;
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

/** What `profile` holds a model to; less is better in each. */
export interface Budgets {
  /** Latency in milliseconds. */
  medianMs?: number;
  p95Ms?: number;
  p99Ms?: number;
  /** Peak of a process that loads and runs the model, less an empty one. */
  memoryBytes?: number;
  /** The model's files together. */
  fileBytes?: number;
  macs?: number;
  /** Of the cheapest machine that serves it. */
  usdPerMillion?: number;
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
  budgets?: Budgets;
  /** A report to hold new runs of this model against, relative to the workspace file. */
  baseline?: string;
  /** Serving configs that serve this model: paths or globs, relative to the workspace file. */
  configs?: string[];
}
