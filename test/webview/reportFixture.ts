/** Builds reports for tests from a few numbers. A builder of test data: nothing here was measured. */

import type {
  Kernel,
  MemoryPoint,
  OperatorSummary,
  Report,
  Scenario,
  TensorSummary,
} from '../../src/protocol/report.js';
import type { PageChoices, PageRun, PageState } from '../../src/protocol/webview.js';

export interface FixtureOptions {
  kernels: number;
  modules?: number;
  status?: Report['status'];
  /** null: no latency yet. */
  rounds?: number | null;
  /** Replaces the name of operator 0, for hostile ones. */
  firstName?: string;
  firstModule?: string;
}

const OP_TYPES = ['Conv', 'Add', 'Mul', 'Conv', 'Relu', 'Conv', 'Resize', 'ConvTranspose'] as const;
const EDGES = [320, 160, 80, 40] as const;

/** Times fall off as in real models: a few large ones, many small. */
const timeOf = (position: number): number => Math.round(3.2e6 / (1 + position * 0.35) + 2000);

function operatorOf(position: number, options: FixtureOptions): OperatorSummary {
  const opType = OP_TYPES[position % OP_TYPES.length]!;
  const perModule = Math.ceil(options.kernels / (options.modules ?? 6));
  const module = `stage ${Math.floor(position / perModule) + 1}/block ${Math.floor(position / 7) % 4}`;
  return {
    id: `n${position}`,
    graph: '',
    index: position,
    name: position === 0 && options.firstName !== undefined ? options.firstName : `p2o.${opType}.${position}`,
    opType,
    domain: '',
    module: position === 0 && options.firstModule !== undefined ? options.firstModule : module,
    attributes: {},
    inputs: [`t${position}`],
    outputs: [`t${position + 1}`],
    parameterCount: opType === 'Conv' ? 20_736 : 0,
    weightBytes: opType === 'Conv' ? 82_944 : 0,
  };
}

function kernelOf(operator: OperatorSummary, position: number, options: FixtureOptions): Kernel {
  const timeNs = timeOf(position);
  const edge = EDGES[position % EDGES.length]!;
  const compute = operator.opType.startsWith('Conv');
  const layout = position % 17 === 11;
  return {
    id: `k${position}`,
    parentId: null,
    opType: layout ? 'ReorderInput' : operator.opType,
    name: layout ? `ReorderInput_${position}` : operator.name,
    operatorIds: layout ? [] : [operator.id],
    module: operator.module,
    kind: layout ? 'layout' : 'compute',
    provider: 'CPUExecutionProvider',
    timeNs,
    selfTimeNs: timeNs,
    errorNs: Math.round(timeNs * 0.02) + 9000,
    roundTimesNs: [timeNs, timeNs],
    share: 0,
    trusted: position < options.kernels * 0.8,
    callsPerRun: 1,
    macs: compute && !layout ? timeNs * 150 : null,
    readBytes: 4 * 24 * edge * edge,
    writtenBytes: 4 * 24 * edge * edge,
    inputShapes: [[1, 96, edge, edge]],
    outputShapes: [[1, 24, edge, edge]],
    bound: compute ? 'compute' : 'memory',
    attainedOfRoof: compute ? 0.7 : 0.42,
  };
}

function latencyOf(medianNs: number, rounds: number): Scenario['latency'] {
  const samplesOf = (round: number): number[] =>
    Array.from({ length: 30 }, (_, run) =>
      Math.round(medianNs * (0.97 + ((run * 7 + round) % 12) * 0.006 + (run % 29 === 28 ? 0.2 : 0))),
    );
  const measured = rounds * 30;
  return {
    medianNs,
    confidenceNs: [Math.round(medianNs * 0.986), Math.round(medianNs * 1.014)],
    p90Ns: measured >= 44 ? Math.round(medianNs * 1.06) : null,
    p95Ns: measured >= 90 ? Math.round(medianNs * 1.1) : null,
    p99Ns: measured >= 459 ? Math.round(medianNs * 1.2) : null,
    meanNs: medianNs,
    stdDevNs: medianNs * 0.02,
    minNs: Math.round(medianNs * 0.97),
    maxNs: Math.round(medianNs * 1.24),
    sessionCreateNs: 96e6,
    firstRunNs: 71e6,
    rounds: [
      ...Array.from({ length: rounds }, (_, round) => ({
        samplesNs: samplesOf(round),
        otherLoadCores: 0.04,
        referenceNs: 1e6 + round * 700,
        kept: true,
      })),
      { samplesNs: samplesOf(9), otherLoadCores: 1.2, referenceNs: 1.1e6, kept: false },
    ],
  };
}

/** Grows to the middle of the run, then falls. */
const timelineOf = (kernels: readonly Kernel[]): MemoryPoint[] =>
  kernels.map(({ id }, step) => ({
    step,
    kernelId: id,
    liveBytes: 41e6 - Math.abs(step - Math.floor(kernels.length / 2)) * 3e5,
  }));

export function buildReport(options: FixtureOptions): Report {
  const operators = Array.from({ length: options.kernels }, (_, position) => operatorOf(position, options));
  const isStatic = options.status === 'static';
  const kernels = isStatic ? [] : operators.map((operator, position) => kernelOf(operator, position, options));
  const kernelsNs = kernels.reduce((sum, kernel) => sum + kernel.selfTimeNs, 0);
  const overheadNs = Math.round(kernelsNs * 0.004);
  const medianNs = kernelsNs + overheadNs;
  for (const kernel of kernels) kernel.share = kernel.selfTimeNs / medianNs;
  const rounds = options.rounds === undefined ? 5 : options.rounds;
  const measured = !isStatic && rounds !== null;
  const tensors: TensorSummary[] = Array.from({ length: options.kernels + 1 }, (_, position) => ({
    id: `t${position}`,
    name: `tensor.${position}`,
    dataType: 'float32',
    shape: [1, 24, 160, 160],
    bytes: 2_457_600,
  }));
  const scenario: Scenario = {
    id: 's1',
    label: '1 × 3 × 640 × 640',
    phase: 'whole',
    dimensions: [
      { name: 'x:2', value: 640, source: 'symbolName' },
      { name: 'x:3', value: 640, source: 'symbolName' },
    ],
    inputs: [{ name: 'x', dataType: 'float32', shape: [1, 3, 640, 640], source: 'synthetic:uniform01' }],
    run: {
      provider: 'cpu',
      threads: 2,
      optimization: 'all',
      warmUpRuns: 8,
      measuredRuns: (rounds ?? 0) * 30,
      tracedRuns: isStatic ? 0 : 25,
      budgetSeconds: 10,
      seed: 1,
      command: 'inference-profiler profile det.onnx --dim x:2=640 --dim x:3=640 --threads 2',
    },
    totals: {
      macs: 2.3e9,
      elementwiseOps: 1e8,
      weightBytes: 4.7e6,
      peakActivationBytes: 41e6,
      operatorsWithoutRule: [],
    },
    latency: measured ? latencyOf(medianNs, rounds) : null,
    memory:
      measured && options.status !== 'partial'
        ? { peakResidentBytes: 123e6, peakActivationBytes: 41e6, weightBytes: 4.7e6, timeline: timelineOf(kernels) }
        : null,
    overhead: measured ? { timeNs: overheadNs, scale: 1, eventCostNs: 3400 } : null,
    kernels,
    operators: operators.map((operator, position) => ({
      operatorId: operator.id,
      kernelId: isStatic ? null : `k${position}`,
      fate: 'run',
      trips: 1,
      macs: operator.opType.startsWith('Conv') ? 30e6 : null,
      elementwiseOps: null,
      readBytes: null,
      writtenBytes: null,
    })),
    warnings: [],
  };
  return {
    schemaVersion: 1,
    reportId: 'r1',
    createdAt: '2026-11-22T03:12:00.000Z',
    tool: { name: 'inference-profiler', version: '0.1.0' },
    status: options.status ?? 'complete',
    machineId: 'm1',
    git: null,
    model: {
      path: 'models/ocr/det.onnx',
      format: 'onnx',
      fileBytes: 4_745_517,
      contentSha256: null,
      irVersion: 7,
      opsets: [{ domain: '', version: 11 }],
      producer: { name: 'PaddlePaddle', version: '' },
      inputs: [{ name: 'x', dataType: 'float32', shape: [1, 3, null, null] }],
      outputs: [{ name: 'y', dataType: 'float32', shape: null }],
      nodeCount: options.kernels,
      parameterCount: 1_170_000,
      weightBytes: 4.7e6,
      externalData: [],
      metadata: {},
      licence: null,
      checks: [],
    },
    tensors,
    operators,
    environment: {
      cpuModel: 'AMD EPYC',
      logicalCores: 2,
      simd: ['avx2', 'avx512f', 'avx512_vnni'],
      memoryBytes: 8 * 2 ** 30,
      os: 'linux 6.1 x64',
      runtime: 'ONNX Runtime',
      runtimeVersion: '1.30.0',
    },
    scenarios: [scenario],
    roofline: {
      peakFlopPerSecond: 470e9,
      peakInt8OpPerSecond: null,
      memoryBytesPerSecond: 21e9,
      spread: { flopPerSecond: [455e9, 484e9], int8OpPerSecond: null, bytesPerSecond: [20e9, 22e9] },
      ridgeFlopPerByte: 22,
      threads: 2,
      measuredAt: '2026-11-22T03:13:00.000Z',
    },
    quantization: [],
    capacity: [],
    cost: null,
    warnings: [],
  };
}

export const choices: PageChoices = {
  dimensions: [
    { name: 'x:2', value: 640, assumed: true },
    { name: 'x:3', value: 640, assumed: true },
  ],
  provider: 'cpu',
  threads: 2,
  optimization: 'all',
  input: 'synthetic',
  inputAssumed: true,
  seed: 1,
};

export const buildState = (report: Report | null, change: Partial<PageState> = {}): PageState => ({
  surface: 'panel',
  textBundle: null,
  model: { fileName: 'ch_PP-OCRv4_det_infer.onnx', location: 'models/ocr', outsideWorkspace: false },
  report,
  run: null,
  failure: null,
  choices,
  stale: null,
  needs: { aboutSeconds: 10, aboutBytes: 126e6, freeBytes: 9.9e9 },
  panelKey: 'key-1',
  ...change,
});

export const buildRun = (change: Partial<PageRun> = {}): PageRun => ({
  state: 'running',
  startedAt: '2026-11-22T03:12:00.000Z',
  elapsedMs: 6000,
  remainingMs: 5000,
  phases: [
    { phase: 'structure', state: 'done', done: 330, total: 330, unit: 'nodes', round: null, remainingMs: null },
    { phase: 'session', state: 'done', done: 96, total: null, unit: 'milliseconds', round: null, remainingMs: null },
    { phase: 'shapes', state: 'done', done: 330, total: 330, unit: 'nodes', round: null, remainingMs: null },
    { phase: 'firstTrace', state: 'done', done: 6, total: 6, unit: 'runs', round: null, remainingMs: null },
    {
      phase: 'latency',
      state: 'running',
      done: 61,
      total: 147,
      unit: 'runs',
      round: { index: 3, total: 5 },
      remainingMs: 5000,
    },
    { phase: 'trace', state: 'waiting', done: 6, total: 25, unit: 'runs', round: null, remainingMs: null },
    { phase: 'memory', state: 'waiting', done: null, total: null, unit: null, round: null, remainingMs: null },
  ],
  ...change,
});
