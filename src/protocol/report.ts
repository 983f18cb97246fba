/**
 * The Report: what one profile of one model found. Plain data, no code.
 *
 * Units stand in the names: `Ns` nanoseconds, `Bytes` bytes, `Usd` US dollars. A figure that is not known is
 * `null`, with a warning that says why. 1 MAC = 2 FLOP. Intervals are 95 %. Shares are of the median.
 */

import type { DataSensitivity, ProviderComparison } from './comparison.js';
import type { Message } from './text.js';

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
  cost: CostSection | null;
  warnings: Message[];
}

export type ModelFormat = 'onnx' | 'ort';

export interface ModelSummary {
  /** As the user named it; for display, never opened from a report without asking. */
  path: string;
  format: ModelFormat;
  fileBytes: number;
  /** Over the model file alone; null until a run computed it. */
  contentSha256: string | null;
  irVersion: number | null;
  opsets: { domain: string; version: number }[];
  producer: { name: string; version: string };
  inputs: ValueSummary[];
  outputs: ValueSummary[];
  /** Nodes of the main graph, of nested graphs and of local function bodies, as written in the file; Constant nodes included. */
  nodeCount: number;
  /** Floating-point weight elements, shared ones once, without BatchNormalization's running statistics and rank-0 scalars. */
  parameterCount: number;
  weightBytes: number;
  externalData: { path: string; bytes: number }[];
  metadata: Record<string, string>;
  licence: string | null;
  checks: Check[];
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
  shape: number[] | null;
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
  logicalCores: number;
  /** null or absent where the system does not tell. */
  physicalCores?: number | null;
  /** e.g. 'avx2', 'avx512f', 'avx512_vnni', 'neon', 'dotprod'; empty when it could not be read. */
  simd: string[];
  memoryBytes: number;
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
}

export interface Scenario {
  id: string;
  label: string;
  phase: Phase;
  dimensions: BoundDimension[];
  inputs: InputSummary[];
  run: RunConditions;
  totals: Totals;
  latency: Latency | null;
  memory: Memory | null;
  overhead: Overhead | null;
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
  optimization: OptimizationLevel;
  warmUpRuns: number;
  measuredRuns: number;
  tracedRuns: number;
  budgetSeconds: number;
  seed: number;
  /** The command line that repeats this scenario. */
  command: string;
}

export interface Totals {
  /** null when an operator without a rule, or without known shapes, takes part. */
  macs: number | null;
  elementwiseOps: number | null;
  weightBytes: number;
  /** Largest sum of activations alive at once, by shapes and order of nodes. */
  peakActivationBytes: number | null;
  /** Op types, `domain:opType` outside the default domain. */
  operatorsWithoutRule: string[];
}

export interface LatencyRound {
  samplesNs: number[];
  /** CPU cores kept busy by other processes during the round. */
  otherLoadCores: number;
  /** Time of the fixed reference kernel beside the round: rises when the machine slows. */
  referenceNs: number;
  /** false for a round that was disturbed and repeated. */
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
  sessionCreateNs: number;
  firstRunNs: number;
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
  weightBytes: number;
  timeline: MemoryPoint[];
}

export interface Overhead {
  /** Time of a run outside every kernel: dispatch and the call itself. */
  timeNs: number;
  /** Factor still needed after the additive correction; 1 when none. Outside 0.8 to 1.25 the shares are indicative. */
  scale: number;
  /** Cost of recording one trace event, solved from the identity. */
  eventCostNs: number;
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

export interface CalibrationSummary {
  method: string;
  samples: number;
  /** Other samples, by which the plans were judged. */
  judgementSamples?: number;
  source: string;
  synthetic: boolean;
}

export interface QuantizationTrial {
  method: string;
  floatNs: number | null;
  /** With its conversions from and to floats. */
  candidateNs: number | null;
  /** Without them: between layers that are all in integers. */
  kernelNs?: number | null;
  /** At the model's outputs, this layer alone quantized. */
  sqnrDb: number | null;
  cosine: number | null;
  /** At the layer's own output; null where that is not known, or is nearly zero. */
  layerSqnrDb?: number | null;
  layerCosine?: number | null;
}

export interface QuantizationLayer {
  operatorId: string;
  trials: QuantizationTrial[];
  verdict: 'quantize' | 'keepFloat' | 'notSupported';
  reason: Message;
  /** What it gives is nearly zero on the samples: no ratio to it was taken. */
  nearlyZero?: boolean;
}

/** How often the largest class is the same as the float model's. An item is a sample, or a position of a sequence. */
export interface SameAnswers {
  same: number;
  items: number;
}

/** Against labels. The expected calibration error has 15 bins of equal width over the confidence; shares of 1. */
export interface LabelledAccuracy {
  float: number;
  quantized: number;
  eceFloat: number;
  eceQuantized: number;
  samples: number;
}

export interface QuantizationPlan {
  id: string;
  method: string;
  assignments: { operatorId: string; method: string }[];
  predicted: { speedup: number; sqnrDb: number | null };
  measured: {
    medianNs: number;
    /** Of the float model, run in turn with it. */
    floatNs?: number;
    speedup: number;
    speedupInterval: [number, number];
    sqnrDb: number | null;
    cosine: number | null;
    agreement: number | null;
    /** What `agreement` is the share of; null or absent where it is null. */
    answers?: SameAnswers | null;
    /** null or absent without labels. */
    accuracy?: LabelledAccuracy | null;
    fileBytes: number;
    /** As `Memory.peakResidentBytes`, of a fresh process with this plan's model. */
    peakResidentBytes?: number | null;
    /** Why `peakResidentBytes` is null. */
    peakResidentReason?: Message | null;
  } | null;
  /** Why `measured` is null. */
  failure?: Message | null;
}

export interface QuantizationSection {
  scenarioId: string;
  calibration: CalibrationSummary;
  /** The model as it is, measured like the plans. */
  float?: { fileBytes: number; peakResidentBytes: number | null };
  /** Of the file that was given; `used`: of the samples that judged. */
  labels?: { source: string; used: number; output: string } | null;
  layers: QuantizationLayer[];
  plans: QuantizationPlan[];
  recommended: string | null;
  explanation: Message[];
  /** null or absent: not looked at. */
  pruning?: PruningSection | null;
}

/** Time only: accuracy after pruning is unknown. */
export interface PruningSection {
  layers: PruningLayer[];
  /** Of all layers together: what this runtime makes of zeros that stand anywhere, and other words. */
  explanation: Message[];
}

export interface PruningLayer {
  operatorId: string;
  elements: number;
  /** Exactly 0; and within a thousandth of the layer's largest weight, zeros included. Shares of `elements`. */
  zeroShare: number;
  nearZeroShare: number;
  /** Output channels and their L2 norms. */
  channels: number;
  channelNorms: { min: number; median: number; max: number };
  /** The quarter of the channels with the smallest norms removed, measured in a layer of the smaller shape. */
  removal: { channels: number; normShare: number; floatNs: number; prunedNs: number } | null;
  /** Why `removal` is null. */
  reason: Message | null;
}

/** Models that take and give the same, run in turn with the model on the same inputs. */
export interface AlternativeModel {
  /** As the user named it. */
  path: string;
  fileBytes: number;
  parameterCount: number;
  measured: {
    medianNs: number;
    /** Of the model itself, run in turn with it. */
    modelNs: number;
    speedup: number;
    speedupInterval: [number, number];
    /** Of the outputs, against the model's; null on synthetic inputs. */
    cosine: number | null;
    agreement: number | null;
    answers: SameAnswers | null;
    /** Against labels, the model's and this one's. */
    accuracy: { model: number; alternative: number; samples: number } | null;
  } | null;
  /** Why it was not measured. */
  reason: Message | null;
}

export interface AlternativesSection {
  scenarioId: string;
  /** Of the model itself. */
  fileBytes: number;
  parameterCount: number;
  medianNs: number | null;
  models: AlternativeModel[];
}

export interface CapacitySample {
  scenarioId: string;
  batch: number;
  threads: number;
  sessions: number;
  serviceSamplesNs: number[];
  itemsPerSecond: number;
  peakResidentBytes: number | null;
}

export interface CostOption {
  provider: string;
  instance: string;
  region: string;
  purchase: string;
  usdPerHour: number;
  priceAsOf: string;
  replicas: number | null;
  usdPerMonth: number | null;
  usdPerMillion: number | null;
  usdPerMillionTokens: { prefill: number; decode: number } | null;
  percentileNs: number | null;
  throughput: { low: number; mid: number | null; high: number };
  basis: 'measured' | 'projected' | 'none';
  unmetReason: Message | null;
}

export interface CostSection {
  assumptions: Record<string, number | string | null>;
  options: CostOption[];
  edge: Record<string, number | string | null>[];
  energy: Record<string, number | string | null> | null;
  perModule: { module: string; savesReplicas: number; usdPerMonth: number; nextSavingAtRate: number | null }[];
}
