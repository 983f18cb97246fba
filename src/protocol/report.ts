/**
 * The Report: what one profile of one model found. Plain data, no code.
 *
 * Units stand in the names: `Ns` nanoseconds, `Bytes` bytes, `Usd` US dollars. A figure that is not known is
 * `null`, with a warning that says why. 1 MAC = 2 FLOP. Intervals are 95 %. Shares are of the median.
 */

import type { DataSensitivity, ProviderComparison } from './comparison.js';
import type { CostSection } from './cost.js';
import type { LoadTest } from './loadTest.js';
import type { AlternativesSection, QuantizationSection } from './quantization.js';
import type { Message } from './text.js';

export type { CostAssumptions, CostOption, CostSection } from './cost.js';
export type {
  AlternativeModel,
  AlternativesSection,
  CalibrationSummary,
  LabelledAccuracy,
  PruningLayer,
  PruningSection,
  QuantizationLayer,
  QuantizationPlan,
  QuantizationSection,
  QuantizationTrial,
  SameAnswers,
} from './quantization.js';

/** The schema version that this engine writes. A reader accepts every older one and refuses a newer one. */
export type SchemaVersion = 1;

export type ReportStatus = 'static' | 'partial' | 'complete' | 'imported';

export interface Report {
  schemaVersion: SchemaVersion;
  reportId: string;
  /** ISO 8601, UTC. */
  createdAt: string;
  tool: { name: string; version: string };
  status: ReportStatus;
  /** Stable, anonymous: a hash of what identifies the hardware, never a host name. */
  machineId: string;
  git: { commit: string; dirty: boolean } | null;
  model: ModelSummary;
  tensors: TensorSummary[];
  operators: OperatorSummary[];
  environment: Environment;
  scenarios: Scenario[];
  roofline: Roofline | null;
  quantization: QuantizationSection[];
  /** Other models with the same inputs and outputs, side by side; absent: none were asked for. */
  alternatives?: AlternativesSection[];
  capacity: CapacitySample[];
  /** What the samples say in words, and what was left out of them. */
  capacityNotes?: CapacityNote[];
  /** Requests at random moments, sent to real sessions. */
  loadTests?: LoadTest[];
  cost: CostSection | null;
  warnings: Message[];
}

export interface CapacityNote extends Message {
  /** Absent where it holds for every scenario. */
  scenarioId?: string;
}

export type ModelFormat = 'onnx' | 'ort';

export interface ModelSummary {
  /** As the user named it; for display, never opened from a report without asking. */
  path: string;
  format: ModelFormat;
  /** null, as every size below, where only a trace of the model is known. */
  fileBytes: number | null;
  /** Over the model file alone; null until a run computed it. */
  contentSha256: string | null;
  irVersion: number | null;
  opsets: { domain: string; version: number }[];
  producer: { name: string; version: string };
  inputs: ValueSummary[];
  outputs: ValueSummary[];
  /** Nodes of the main graph, of nested graphs and of local function bodies, as written in the file; Constant nodes included. */
  nodeCount: number | null;
  /** Floating-point weight elements, shared ones once, without BatchNormalization's running statistics and rank-0 scalars. */
  parameterCount: number | null;
  weightBytes: number | null;
  externalData: { path: string; bytes: number }[];
  metadata: Record<string, string>;
  licence: string | null;
  /** What the model says of itself, or a card beside it; absent in reports of older engines. */
  documentation?: DocumentationEntry[];
  checks: Check[];
}

export type DocumentationTopic = 'licence' | 'author' | 'dataSet' | 'description' | 'intendedUse';

export interface DocumentationEntry {
  topic: DocumentationTopic;
  /** null: neither the model nor a card beside it says. */
  value: string | null;
  /** `metadata:KEY`, `docString`, or the name of the file beside the model; null where nothing says. */
  source: string | null;
}

export interface Check extends Message {
  severity: 'info' | 'warning' | 'error';
  /** English text, so that a reader without the catalogue understands it. */
  message: string;
}

/** A dimension is a number, a symbol's name, or null where the file says nothing. */
export type Dimension = number | string | null;

export interface ValueSummary {
  name: string;
  dataType: string;
  /** null for a value that is not a tensor or has no declared rank. */
  shape: Dimension[] | null;
}

export interface TensorSummary {
  id: string;
  name: string;
  dataType: string;
  /** Under the first scenario's dimensions; null when unknown. */
  shape: readonly number[] | null;
  bytes: number | null;
}

export interface OperatorSummary {
  id: string;
  /** '' for the main graph, else the path of the nested graph or local function, e.g. `If_3/then_branch`. */
  graph: string;
  /** Position in its graph, as written. */
  index: number;
  name: string;
  opType: string;
  domain: string;
  /** Path of names, outermost first, joined by '/'; '' when the model has neither names nor structure. */
  module: string;
  attributes: Record<string, AttributeSummary>;
  /** Tensor ids; '' stands for an omitted optional input. */
  inputs: string[];
  outputs: string[];
  parameterCount: number;
  weightBytes: number;
}

/** Small attributes by value; tensors and graphs as a short description. */
export type AttributeSummary = number | string | (number | string)[];

export interface Environment {
  cpuModel: string;
  /** null where the machine is not known: a trace that was recorded elsewhere. */
  logicalCores: number | null;
  /** null or absent where the system does not tell. */
  physicalCores?: number | null;
  /** e.g. 'avx2', 'avx512f', 'avx512_vnni', 'neon', 'dotprod'; empty when it could not be read. */
  simd: string[];
  memoryBytes: number | null;
  /** e.g. 'linux 6.1 x64'. */
  os: string;
  runtime: string;
  runtimeVersion: string;
}

export type OptimizationLevel = 'disabled' | 'basic' | 'extended' | 'all';
export type Phase = 'whole' | 'prefill' | 'decode';

/** Where the value of a dimension came from, most trusted first. */
export type DimensionSource =
  'flag' | 'user' | 'workspaceFile' | 'lastUsed' | 'modelConfig' | 'expression' | 'symbolName' | 'default';

export interface BoundDimension {
  /** The symbol, or `INPUT:AXIS` for an axis without one. */
  name: string;
  value: number;
  source: DimensionSource;
}

export interface InputSummary {
  name: string;
  dataType: string;
  shape: number[];
  /** 'synthetic:<rule>' (e.g. `synthetic:uniform01`, `synthetic:tokenIds`) or 'file:<name>'. */
  source: string;
  /** Of the file's content; null or absent where the input is no single file. */
  sha256?: string | null;
}

export interface Scenario {
  id: string;
  label: string;
  phase: Phase;
  dimensions: BoundDimension[];
  inputs: InputSummary[];
  /** Along the batch axis; 1 where the model has none that is open. Absent: not recorded. */
  itemsPerCall?: number;
  run: RunConditions;
  totals: Totals;
  latency: Latency | null;
  memory: Memory | null;
  overhead: Overhead | null;
  /** While latency was measured; null or absent where the machine does not let it be read. */
  power?: PackagePower | null;
  kernels: Kernel[];
  operators: ScenarioOperator[];
  /** Latency with other values in the floating-point inputs; null or absent unless it was asked for. */
  dataSensitivity?: DataSensitivity[] | null;
  /** Against the first of the compared providers; null or absent for that one, and where none were compared. */
  providerComparison?: ProviderComparison | null;
  warnings: Message[];
}

export interface RunConditions {
  provider: string;
  /** That run operators, the calling one included; 0 only where the runtime's default could not be read. */
  threads: number;
  /** null, as budget and seed, where somebody else's run was recorded. */
  optimization: OptimizationLevel | null;
  warmUpRuns: number;
  measuredRuns: number;
  tracedRuns: number;
  budgetSeconds: number | null;
  seed: number | null;
  /** The command line that repeats this scenario. */
  command: string;
}

export interface Totals {
  /** null when an operator without a rule, or without known shapes, takes part. */
  macs: number | null;
  elementwiseOps: number | null;
  weightBytes: number | null;
  /** Largest sum of activations alive at once, by shapes and order of nodes. */
  peakActivationBytes: number | null;
  /** Op types, `domain:opType` outside the default domain. */
  operatorsWithoutRule: string[];
}

export interface LatencyRound {
  samplesNs: number[];
  /** CPU cores kept busy by other processes during the round. */
  otherLoadCores: number | null;
  /** Time of the fixed reference kernel beside the round: rises when the machine slows. */
  referenceNs: number | null;
  /** From one core to another and back, beside the round; null or absent where one thread ran, or it is unknown. */
  handoffNs?: number | null;
  /** false for a round that was disturbed and repeated, or cut short. */
  kept: boolean;
}

export interface Latency {
  medianNs: number;
  confidenceNs: [number, number];
  /** null when the sample cannot support it: 44 samples for p90, 90 for p95, 459 for p99. */
  p90Ns: number | null;
  p95Ns: number | null;
  p99Ns: number | null;
  meanNs: number;
  stdDevNs: number;
  minNs: number;
  maxNs: number;
  sessionCreateNs: number | null;
  firstRunNs: number | null;
  rounds: LatencyRound[];
}

export interface MemoryPoint {
  /** Position in execution order. */
  step: number;
  kernelId: string;
  liveBytes: number;
}

export interface Memory {
  /** Peak resident of a fresh process that loads and runs the model once, less an empty worker; null until measured. */
  peakResidentBytes: number | null;
  peakActivationBytes: number | null;
  /** Most that the runtime's arena had in use: tensors as it really places them, reused and padded; null where it does not say. */
  arenaPeakBytes?: number | null;
  weightBytes: number | null;
  timeline: MemoryPoint[];
}

export interface Overhead {
  /** Time of a run outside every kernel: dispatch and the call itself. */
  timeNs: number;
  /** Factor still needed after the additive correction; 1 when none. Outside 0.8 to 1.25 the shares are indicative. */
  scale: number;
  /** Cost of recording one trace event, solved from the identity; null where it cannot be. */
  eventCostNs: number | null;
}

/** Of the whole processor: what it takes when idle and what other processes took are in it, memory and disks are not. */
export interface PackagePower {
  source: 'rapl';
  watts: number;
  joules: number;
  seconds: number;
  packages: number;
}

export type KernelKind = 'compute' | 'layout' | 'copy';
export type KernelBound = 'compute' | 'memory' | 'overhead';

/** What the runtime ran: one or more operators of the file. */
export interface Kernel {
  id: string;
  /** The kernel of the If, Loop or Scan that contains this one. */
  parentId: string | null;
  opType: string;
  name: string;
  operatorIds: string[];
  /** The module that it counts for: its main operator's; a layout kernel's is that of the kernel it serves. */
  module: string;
  kind: KernelKind;
  provider: string;
  /**
   * Time in one run of the model, corrected for the cost of recording, summed over its calls, nested kernels included:
   * the top-level kernels' times and `overhead.timeNs` add up to the median.
   */
  timeNs: number;
  /** `timeNs` without the nested kernels'; equal where there are none. */
  selfTimeNs: number;
  /** Half width of the 95 % interval, the correction's uncertainty included. */
  errorNs: number;
  roundTimesNs: number[];
  /** Of the median; 0 to 1. */
  share: number;
  /** false when the correction is of the size of the time itself. */
  trusted: boolean;
  /** How often it ran in one run of the model. */
  callsPerRun: number;
  macs: number | null;
  readBytes: number | null;
  writtenBytes: number | null;
  inputShapes: number[][];
  outputShapes: number[][];
  bound: KernelBound | null;
  /** Share of what the measured roofline would allow, 0 to 1 (may exceed 1 by the roof's spread). */
  attainedOfRoof: number | null;
}

/** run: has a kernel. folded: computed at load or merged away. notTaken: in a branch or loop body that did not run. dead: leads to no output. */
export type OperatorFate = 'run' | 'folded' | 'notTaken' | 'dead';

export interface ScenarioOperator {
  operatorId: string;
  kernelId: string | null;
  fate: OperatorFate;
  /** Executions in one run: 1 outside loops, null when unknown. */
  trips: number | null;
  macs: number | null;
  elementwiseOps: number | null;
  readBytes: number | null;
  writtenBytes: number | null;
}

export interface Roofline {
  peakFlopPerSecond: number;
  peakInt8OpPerSecond: number | null;
  memoryBytesPerSecond: number;
  /** Lowest and highest pass of each ceiling. */
  spread: {
    flopPerSecond: [number, number];
    int8OpPerSecond: [number, number] | null;
    bytesPerSecond: [number, number];
  };
  ridgeFlopPerByte: number;
  threads: number;
  measuredAt: string;
}

/** What calls take with one batch, thread count and number of sessions that run at once. */
export interface CapacitySample {
  scenarioId: string;
  /** Items of one call. */
  batch: number;
  /** Of one session. */
  threads: number;
  sessions: number;
  /** Calls while all sessions were busy. */
  serviceSamplesNs: number[];
  /** With all sessions busy. */
  itemsPerSecond: number;
  /** Of a fresh process with these sessions, less an empty worker. */
  peakResidentBytes: number | null;
  /** CPU cores that other processes kept busy meanwhile; null or absent where unknown. */
  otherLoadCores?: number | null;
}
