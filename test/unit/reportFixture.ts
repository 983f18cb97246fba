import { analyzeStatically, buildReport } from '../../src/core/report/build.js';
import { staticScenario } from '../../src/core/report/scenarios.js';
import type { ModelGraph } from '../../src/core/model/graph.js';
import type { Report } from '../../src/protocol/report.js';
import type { DimensionRequest, Host, RunOptions } from '../../src/protocol/worker.js';

export const host: Host = {
  machineId: '0123456789abcdef',
  environment: {
    cpuModel: 'Test CPU',
    logicalCores: 2,
    simd: ['avx2'],
    memoryBytes: 2 ** 33,
    os: 'linux 6.1 x64',
    runtime: 'onnxruntime',
    runtimeVersion: '1.30.0',
  },
};

export const options = (dimensions: DimensionRequest[] = []): RunOptions => ({
  dimensions,
  inputs: [],
  seed: 0,
  provider: 'cpu',
  threads: 0,
  optimization: 'all',
  budgetSeconds: 10,
  memoryLimitBytes: null,
  command: 'inference-profiler inspect',
});

/** The static report of a graph in memory. */
export function staticReport(model: ModelGraph, modelPath = 'models/a.onnx'): Report {
  const statics = analyzeStatically(model, []);
  const { weightBytes } = statics.parameters;
  return buildReport(statics, {
    status: 'static',
    modelPath,
    host,
    contentSha256: null,
    scenarios: statics.scenarios.map((each) => staticScenario(statics.model, each, weightBytes, modelPath, options())),
    warnings: [],
  });
}
