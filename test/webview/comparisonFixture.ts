/** A report with several scenarios: along a dimension, on two providers, with other data. Nothing here was measured. */

import type { Report, Scenario } from '../../src/protocol/report.js';
import { buildReport } from './reportFixture.js';

function scaled(scenario: Scenario, factor: number): Scenario['latency'] {
  const { latency } = scenario;
  if (!latency) return null;
  const [low, high] = latency.confidenceNs;
  return { ...latency, medianNs: latency.medianNs * factor, confidenceNs: [low * factor, high * factor] };
}

const withSize = (base: Scenario, id: string, size: number, factor: number): Scenario => ({
  ...base,
  id,
  label: `x:2 = ${size}`,
  dimensions: base.dimensions.map((one) => (one.name === 'x:2' ? { ...one, value: size } : one)),
  latency: scaled(base, factor),
});

/** Three sizes of one dimension: 320, 640, 1280; four times the size takes 3 times as long. */
export function buildCurve(): Report {
  const report = buildReport({ kernels: 20 });
  const [base] = report.scenarios;
  return {
    ...report,
    scenarios: [withSize(base!, 's1', 320, 1), withSize(base!, 's2', 640, 1.8), withSize(base!, 's3', 1280, 3)],
  };
}

/** Prefill and decode beside each other, with a cache that grows. */
export function buildPhases(): Report {
  const report = buildReport({ kernels: 20 });
  const base = report.scenarios[0]!;
  const ids = (tokens: number): Scenario['inputs'] => [
    { name: 'input_ids', dataType: 'int64', shape: [1, tokens], source: 'synthetic:tokenIds' },
  ];
  const params = { count: 24, bytesPerToken: 49_152, size: '48.0 KiB' };
  const prefill: Scenario = { ...base, id: 's1', label: 'prefill', phase: 'prefill', inputs: ids(64) };
  const decode: Scenario = {
    ...base,
    id: 's2',
    label: 'decode',
    phase: 'decode',
    inputs: ids(1),
    latency: scaled(base, 0.5),
  };
  return {
    ...report,
    model: { ...report.model, checks: [{ code: 'checks.cache', params, severity: 'info', message: 'A cache.' }] },
    scenarios: [prefill, decode],
  };
}

/** CPU and WebGPU, twice as fast, one box, one operator fallen back; denormals take 4 times as long. */
export function buildProviders(hostile = ''): Report {
  const report = buildReport({ kernels: 20 });
  const base = report.scenarios[0]!;
  const { medianNs, confidenceNs } = base.latency!;
  const data = (factor: number): { medianNs: number; confidenceNs: [number, number] } => ({
    medianNs: medianNs * factor,
    confidenceNs: [confidenceNs[0] * factor, confidenceNs[1] * factor],
  });
  const cpu: Scenario = {
    ...base,
    dataSensitivity: [
      { kind: 'normal', ...data(1) },
      { kind: 'zeros', ...data(1) },
      { kind: 'denormals', ...data(4) },
    ],
  };
  const webgpu: Scenario = {
    ...base,
    id: 's2',
    label: 'WebGPU',
    run: { ...base.run, provider: 'webgpu' },
    latency: scaled(base, 0.5),
    providerComparison: {
      baselineScenarioId: base.id,
      partitions: [
        { provider: 'WebGpuExecutionProvider', kernelIds: ['k0', 'k1'], opaque: true },
        { provider: 'CPUExecutionProvider', kernelIds: ['k2'], opaque: false },
      ],
      fallbackOperatorIds: ['n2', 'unknown'],
      outputDifference: [{ output: `y${hostile}`, maxAbsoluteError: 0.0012, sqnrDb: 61.25, cosine: 0.999998 }],
    },
  };
  return { ...report, scenarios: [cpu, webgpu] };
}
