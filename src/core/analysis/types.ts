/** What the profile experiment takes and gives. One call profiles one scenario: one model under one set of dimensions. */

import type { BoundDimension, Phase, Scenario } from '../../protocol/report.js';
import type { InputRequest, PhaseProgress, RunOptions } from '../../protocol/worker.js';
import type { ModelGraph } from '../model/graph.js';
import type { StaticAnalysis } from '../operators/types.js';
import type { LoadGauge } from '../runtime/gauge.js';
import type { PowerMeter } from '../runtime/packagePower.js';
import type { Runtime } from '../runtime/port.js';

export interface ScenarioRequest {
  /** Local functions inlined (`inlineFunctions`); operator ids refer to it. */
  model: ModelGraph;
  /** The file on disk, of which latency is measured as it is; the repeat command names it. */
  modelPath: string;
  /** Of `model` under `dimensions`. */
  analysis: StaticAnalysis;
  /** Module of each operator id. */
  modules: ReadonlyMap<string, string>;
  dimensions: readonly BoundDimension[];
  phase: Phase;
  label: string;
  scenarioId: string;
  options: RunOptions;
  /** That operators run on, where the options leave it to the runtime and it is known. */
  threads?: number;
  /** Files and folders that feed inputs; what none of them feeds is synthetic. */
  inputs: readonly InputRequest[];
}

export interface ExperimentLog {
  debug(text: string): void;
  info(text: string): void;
  warn(text: string): void;
}

export interface ProfileContext {
  gauge: LoadGauge;
  /** Absent: energy is not read. */
  power?: PowerMeter;
  /** Monotonic, nanoseconds. */
  now(): number;
  /** Read between runs; true keeps what was measured and ends. */
  stopRequested(): boolean;
  logger?: ExperimentLog;
  /** Reads the saved optimised graph: `readModel` of the model room. */
  readModel(path: string): ModelGraph;
}

export type ProfileEvent =
  | { type: 'progress'; progress: PhaseProgress }
  /** A draft, complete in itself; each replaces the one before. */
  | { type: 'scenario'; scenario: Scenario };

/**
 * The return value is the final scenario; after a stop it holds what was measured so far (`latency` null when
 * nothing was). Throws ExpectedError when the runtime refuses or fails the model, or an input file is wrong.
 */
export type ProfileExperiment = (
  runtime: Runtime,
  request: ScenarioRequest,
  context: ProfileContext,
) => AsyncGenerator<ProfileEvent, Scenario>;
