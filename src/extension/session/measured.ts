import type { Report } from '../../protocol/report.js';

/** Whether a run gave anything worth keeping. */
export const isMeasured = (report: Report): boolean =>
  report.scenarios.some(({ latency, kernels }) => latency !== null || kernels.length > 0);
