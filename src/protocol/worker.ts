/** What the runner and a worker process say to each other. Types only. */

import type { CapacitySample, Environment, ModelSummary, OptimizationLevel, Report, Scenario } from './report.js';
import type { ScannedModel } from './scan.js';
import type { ImagePreprocessing } from './settings.js';
import type { Failure } from './text.js';

/** One value for a dimension, or several: every combination becomes a scenario. */
export interface DimensionRequest {
  /** A symbol's name, or `INPUT:AXIS`. */
  name: string;
  values: number[];
  source: 'flag' | 'user' | 'workspaceFile' | 'lastUsed';
}

/** A file or folder that feeds one input (`name`), or a folder of samples for all inputs (`name` null). */
export interface InputRequest {
  name: string | null;
  path: string;
  /** Of images; what it leaves out is read beside the model, or assumed. */
  preprocessing?: ImagePreprocessing;
}

export interface RunOptions {
  dimensions: DimensionRequest[];
  inputs: InputRequest[];
  seed: number;
  provider: string;
  /** Several providers, measured one after the other and compared with the CPU; 'all' stands for what the runtime has here. */
  compareProviders?: string[];
  /** Also measures latency with zeros, denormals and large values in the inputs. */
  dataCheck?: boolean;
  /** 0 means the runtime's own default: one per physical core. */
  threads: number;
  optimization: OptimizationLevel;
  budgetSeconds: number;
  /** null for no limit beyond what is free. */
  memoryLimitBytes: number | null;
  /** Written into the report as the way to repeat the run, dimensions and inputs excluded: the engine adds them. */
  command: string;
}

/** The machine as the runner read it; goes into the report. */
export interface Host {
  environment: Environment & { logicalCores: number; memoryBytes: number };
  machineId: string;
}

export interface InspectRequest {
  kind: 'inspect';
  modelPath: string;
  options: RunOptions;
  host: Host;
}

export interface ProfileRequest {
  kind: 'profile';
  modelPath: string;
  options: RunOptions;
  /** A private folder that the runner made and will remove, whatever happens. */
  temporaryFolder: string;
  host: Host;
  /** Where content hashes are kept between runs; null: nowhere. */
  cacheFolder: string | null;
}

/** Run in a fresh process: load, run once, report the peak resident size; with `modelPath` null the size of an empty worker. */
export interface MemoryRequest {
  kind: 'memory';
  modelPath: string | null;
  options: RunOptions;
  /** Bindings of the scenario whose memory is wanted. */
  dimensions: { name: string; value: number }[];
  /** Several sessions in one process, and another batch than the scenario's; one session with its own without it. */
  replica?: { sessions: number; batch: number };
  temporaryFolder: string;
}

export interface MemoryResult {
  peakResidentBytes: number;
}

/** What one file is, for a list of models. */
export interface ScanRequest {
  kind: 'scan';
  path: string;
}

/** What a search for quantization plans is after. */
export interface QuantizeSettings {
  calibration: 'minMax' | 'percentile' | 'entropy';
  /** Accuracy that a recommended plan must keep: SQNR of the worst output. */
  targetSqnrDb: number;
  /** One method for every layer that it fits, instead of a search; null: search. */
  method: string | null;
  /** A plan of an earlier report to be built again; null: search. */
  plan: { method: string; operatorIds: string[]; scenarioId?: string } | null;
  /** Samples that are used at most, half of them to calibrate and half to judge. */
  mostSamples: number;
  /** A CSV of true classes, one line a sample: accuracy and confidence before and after. */
  labels?: string | null;
  /** Also weight statistics and what smaller layers would save. */
  pruning?: boolean;
  /** Nothing but this is looked at: no plan is tried, and the section, if there is one, explains nothing. */
  only?: 'pruning' | 'alternatives';
  /** Files with the same inputs and outputs, to be compared with the model; those that have others are told of. */
  alternatives?: string[];
}

/** Tries quantization; the result is a report with a `quantization` section for each scenario. */
export interface QuantizeRequest {
  kind: 'quantize';
  modelPath: string;
  options: RunOptions;
  settings: QuantizeSettings;
  /** Where the recommended plan's model is written, or the best one that was measured; null: nowhere. */
  output: { path: string; overwrite: boolean } | null;
  /** Where the models of measured plans are left, so that their memory can be measured; null: nowhere. */
  plansFolder?: string | null;
  temporaryFolder: string;
  host: Host;
  cacheFolder: string | null;
}

/** Measures what this machine carries; the result is a report with its `capacity`. */
export interface CapacityRequest {
  kind: 'capacity';
  modelPath: string;
  options: RunOptions;
  temporaryFolder: string;
  host: Host;
}

export interface LoadTestSettings {
  ratePerSecond: number;
  /** Of the first rate; the search for the highest one takes about as long again. */
  seconds: number;
  /** Above 0 and below 100. */
  percentile: number;
  /** null: percentiles are told, and no rate is searched for. */
  targetMs: number | null;
  /** 0: measured first, and the way that carries most is taken. */
  threads: number;
  sessions: number;
}

/** Sends requests at random moments to real sessions; the result is a report with its `loadTests`. */
export interface LoadTestRequest {
  kind: 'loadTest';
  modelPath: string;
  options: RunOptions;
  settings: LoadTestSettings;
  /** Known service times, for the simulation beside the test. */
  capacity: CapacitySample[];
  temporaryFolder: string;
  host: Host;
}

/** A profile that ONNX Runtime wrote, wherever it ran, as a report with status `imported`. */
export interface ImportTraceRequest {
  kind: 'importTrace';
  tracePath: string;
  /** The model that it is of; null: the one of `candidates` whose nodes the trace names, if any. */
  modelPath: string | null;
  candidates: string[];
  dimensions: DimensionRequest[];
}

export interface WorkerCalls {
  importTrace: { request: ImportTraceRequest; result: Report };
  scan: { request: ScanRequest; result: ScannedModel };
  inspect: { request: InspectRequest; result: Report };
  profile: { request: ProfileRequest; result: Report };
  memory: { request: MemoryRequest; result: MemoryResult };
  quantize: { request: QuantizeRequest; result: Report };
  capacity: { request: CapacityRequest; result: Report };
  loadTest: { request: LoadTestRequest; result: Report };
}

export type WorkerKind = keyof WorkerCalls;
export type WorkerRequest = WorkerCalls[WorkerKind]['request'];

/** Parent to worker. `stop` is read between runs and keeps what was measured; cancelling kills the process instead. */
export type ToWorker = { type: 'request'; id: number; request: WorkerRequest } | { type: 'stop'; id: number };

export type ProfilePhase =
  | 'structure'
  | 'session'
  | 'shapes'
  | 'firstTrace'
  | 'latency'
  | 'trace'
  | 'dataCheck'
  | 'outputs'
  | 'roofline'
  | 'memory'
  | 'preprocess'
  | 'calibration'
  | 'layerSpeed'
  | 'sensitivity'
  | 'plans'
  | 'pruning'
  | 'alternatives'
  | 'write'
  | 'capacity'
  | 'loadTest';

export type PhaseState = 'waiting' | 'running' | 'done' | 'skipped';

/** `unit` is what is counted: runs, nodes, bytes … */
export interface PhaseProgress {
  phase: ProfilePhase;
  state: PhaseState;
  done: number | null;
  total: number | null;
  unit: 'runs' | 'nodes' | 'rounds' | 'points' | 'milliseconds' | null;
  /** Which round, for phases that have rounds. */
  round: { index: number; total: number } | null;
  /** Which scenario, where there are several; from 1. */
  scenario?: { index: number; total: number; label: string } | null;
  /** About how long until the request's end; null when unknown. */
  remainingMs: number | null;
}

/** Sections that arrive before the result, each complete in itself and replacing its predecessor. */
export type PartialSection =
  | { section: 'report'; value: Report }
  | { section: 'model'; value: ModelSummary }
  | { section: 'scenario'; value: Scenario };

export type WorkerEvent =
  | { type: 'ready' }
  | { type: 'progress'; id: number; seq: number; progress: PhaseProgress }
  | { type: 'partial'; id: number; seq: number; partial: PartialSection }
  | { type: 'log'; id: number; seq: number; level: 'debug' | 'info' | 'warn' | 'error'; text: string }
  | { type: 'result'; id: number; seq: number; result: unknown }
  | { type: 'error'; id: number; seq: number; failure: Failure };
