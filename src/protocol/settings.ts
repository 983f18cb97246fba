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

export interface ModelSettings {
  /** A symbol's name, or `INPUT:AXIS`. */
  dimensions?: Record<string, number>;
  /** Input name to file, relative to the workspace file. */
  inputs?: Record<string, string>;
  threads?: number;
  provider?: string;
}
