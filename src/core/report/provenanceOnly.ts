import type { Report } from '../../protocol/report.js';

/** A report without its graph and what ran of it: small, and still all that says how its figures were obtained. */
export const provenanceOnly = (report: Report): Report => ({
  ...report,
  tensors: [],
  operators: [],
  scenarios: report.scenarios.map((scenario) => ({
    ...scenario,
    latency: scenario.latency && { ...scenario.latency, rounds: [] },
    memory: scenario.memory && { ...scenario.memory, timeline: [] },
    kernels: [],
    operators: [],
  })),
  quantization: [],
  capacity: [],
});
