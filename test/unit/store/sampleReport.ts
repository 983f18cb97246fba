import type { Report } from '../../../src/protocol/report.js';

/** A report with nothing in it but what tells reports apart. */
export function sampleReport(changes: Partial<Report> & { modelPath?: string } = {}): Report {
  const { modelPath = '/models/det.onnx', ...rest } = changes;
  return {
    schemaVersion: 1,
    reportId: 'report-1',
    createdAt: '2026-03-01T10:00:00.000Z',
    tool: { name: 'inference-profiler', version: '0.1.0' },
    status: 'complete',
    machineId: 'machine',
    git: null,
    model: {
      path: modelPath,
      format: 'onnx',
      fileBytes: 1000,
      contentSha256: 'a'.repeat(64),
      irVersion: 8,
      opsets: [{ domain: '', version: 17 }],
      producer: { name: 'test', version: '1' },
      inputs: [],
      outputs: [],
      nodeCount: 0,
      parameterCount: 0,
      weightBytes: 0,
      externalData: [],
      metadata: {},
      licence: null,
      checks: [],
    },
    tensors: [],
    operators: [],
    environment: {
      cpuModel: 'cpu',
      logicalCores: 2,
      simd: [],
      memoryBytes: 2 ** 30,
      os: 'linux',
      runtime: 'onnxruntime',
      runtimeVersion: '1',
    },
    scenarios: [],
    roofline: null,
    quantization: [],
    capacity: [],
    cost: null,
    warnings: [],
    ...rest,
  };
}
