/** Reports of made-up runs: operators by name and type, kernels by what they run and how long. */

import type { Kernel, OperatorSummary, Report, Scenario, TensorSummary } from '../../src/protocol/report.js';
import { host } from './reportFixture.js';

export interface NodeSpec {
  name: string;
  opType: string;
  output?: string;
  shape?: number[];
  attributes?: OperatorSummary['attributes'];
}

export interface KernelSpec {
  /** Names of the nodes that it runs. */
  runs: string[];
  opType?: string;
  /** Milliseconds. */
  ms: number;
  macs?: number;
  trusted?: boolean;
  kind?: Kernel['kind'];
}

export interface RunSpec {
  nodes: NodeSpec[];
  kernels: KernelSpec[];
  /** Relative standard deviation of a round. */
  noise?: number;
  seed?: number;
  /** Of everything: another session is so much slower. */
  factor?: number;
  sha256?: string | null;
  referenceNs?: number;
  handoffNs?: number;
  otherLoadCores?: number;
  rounds?: number;
  peakResidentBytes?: number;
  macs?: number;
  fileBytes?: number;
}

/** Numbers near one, the same for the same seed: sums of twelve uniform ones. */
export function noiseOf(seed: number, deviation: number): () => number {
  let state = (seed * 2654435761 + 12345) >>> 0;
  const uniform = (): number => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
  return () => {
    let sum = 0;
    for (let each = 0; each < 12; each += 1) sum += uniform();
    return 1 + (sum - 6) * deviation;
  };
}

export function runOf(spec: RunSpec): Report {
  const ids = new Map(spec.nodes.map(({ name }, at) => [name, `n${at}`]));
  const tensors = spec.nodes.map((node, at): TensorSummary => {
    const shape = node.shape ?? [1, 8];
    return { id: `t${at}`, name: node.output ?? `${node.name}_out`, dataType: 'float32', shape, bytes: 32 };
  });
  return {
    schemaVersion: 1,
    reportId: `report-${spec.seed ?? 0}`,
    createdAt: '2026-01-02T03:04:05.000Z',
    tool: { name: 'inference-profiler', version: '0.1.0' },
    status: 'complete',
    machineId: host.machineId,
    git: null,
    model: {
      path: 'models/a.onnx',
      format: 'onnx',
      fileBytes: spec.fileBytes ?? 1000,
      contentSha256: spec.sha256 ?? null,
      irVersion: 9,
      opsets: [{ domain: '', version: 17 }],
      producer: { name: 'test', version: '' },
      inputs: [{ name: 'x', dataType: 'float32', shape: ['batch', 8] }],
      outputs: [{ name: 'y', dataType: 'float32', shape: ['batch', 8] }],
      nodeCount: spec.nodes.length,
      parameterCount: 100,
      weightBytes: 400,
      externalData: [],
      metadata: {},
      licence: null,
      checks: [],
    },
    tensors,
    operators: spec.nodes.map(({ name, opType, attributes = {} }, at): OperatorSummary => ({
      ...{ id: `n${at}`, graph: '', index: at, name, opType, domain: '', module: '', attributes },
      ...{ inputs: at === 0 ? [] : [`t${at - 1}`], outputs: [`t${at}`], parameterCount: 0, weightBytes: 0 },
    })),
    environment: host.environment,
    scenarios: [scenarioOf(spec, ids)],
    roofline: null,
    quantization: [],
    capacity: [],
    cost: null,
    warnings: [],
  };
}

function scenarioOf(spec: RunSpec, ids: ReadonlyMap<string, string>): Scenario {
  const {
    noise = 0.005,
    seed = 0,
    factor = 1,
    rounds = 5,
    referenceNs = 500_000,
    otherLoadCores = 0,
    handoffNs = 110,
  } = spec;
  const draw = noiseOf(seed + 1, noise);
  const kernels = spec.kernels.map((kernel, at) => kernelOf(kernel, `k${at}`, ids, factor, rounds, draw));
  const medianNs = kernels.reduce((sum, { timeNs }) => sum + timeNs, 0) + 1000;
  const macs = spec.macs ?? spec.kernels.reduce((sum, kernel) => sum + (kernel.macs ?? 0), 0);
  const owners = new Map(kernels.flatMap(({ id, operatorIds }) => operatorIds.map((each) => [each, id] as const)));
  return {
    id: 's0',
    label: '',
    phase: 'whole',
    dimensions: [],
    inputs: [{ name: 'x', dataType: 'float32', shape: [1, 8], source: 'synthetic:uniform01' }],
    run: {
      ...{ provider: 'cpu', threads: 2, optimization: 'all', warmUpRuns: 5, measuredRuns: rounds * 20 },
      ...{ tracedRuns: 30, budgetSeconds: 10, seed: 0, command: 'inference-profiler profile models/a.onnx' },
    },
    totals: { macs, elementwiseOps: 0, weightBytes: 400, peakActivationBytes: 64, operatorsWithoutRule: [] },
    latency: {
      medianNs,
      confidenceNs: [medianNs * 0.99, medianNs * 1.01],
      ...{ p90Ns: medianNs * 1.02, p95Ns: medianNs * 1.03, p99Ns: null, meanNs: medianNs, stdDevNs: 0 },
      ...{ minNs: medianNs, maxNs: medianNs, sessionCreateNs: 1, firstRunNs: 1 },
      rounds: Array.from({ length: rounds }, () => ({
        samplesNs: Array.from({ length: 20 }, () => medianNs * draw()),
        otherLoadCores,
        referenceNs,
        handoffNs,
        kept: true,
      })),
    },
    memory: {
      peakResidentBytes: spec.peakResidentBytes ?? 50 * 2 ** 20,
      ...{ peakActivationBytes: 64, weightBytes: 400, timeline: [] },
    },
    overhead: { timeNs: 1000, scale: 1, eventCostNs: 1000 },
    kernels,
    operators: [...ids.values()].map((operatorId) => ({
      operatorId,
      kernelId: owners.get(operatorId) ?? null,
      fate: owners.has(operatorId) ? 'run' : 'folded',
      ...{ trips: 1, macs: null, elementwiseOps: null, readBytes: null, writtenBytes: null },
    })),
    warnings: [],
  };
}

function kernelOf(
  spec: KernelSpec,
  id: string,
  ids: ReadonlyMap<string, string>,
  factor: number,
  rounds: number,
  draw: () => number,
): Kernel {
  const timeNs = spec.ms * 1e6 * factor * draw();
  const roundTimesNs = Array.from({ length: rounds }, () => spec.ms * 1e6 * factor * draw());
  return {
    id,
    parentId: null,
    opType: spec.opType ?? 'Conv',
    name: spec.runs[0] ?? spec.opType ?? '',
    operatorIds: spec.runs.map((name) => ids.get(name)!),
    module: '',
    kind: spec.kind ?? 'compute',
    provider: 'CPUExecutionProvider',
    timeNs,
    selfTimeNs: timeNs,
    errorNs: timeNs * 0.01,
    roundTimesNs,
    share: 0,
    trusted: spec.trusted ?? true,
    callsPerRun: 1,
    macs: spec.macs ?? 0,
    readBytes: null,
    writtenBytes: null,
    ...{ inputShapes: [[1, 8]], outputShapes: [[1, 8]], bound: null, attainedOfRoof: null },
  };
}
