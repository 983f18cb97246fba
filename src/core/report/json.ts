import type { Report } from '../../protocol/report.js';

/** The report as a file: one line, its schema version first, so that readers know it from its first bytes. */
export function writeJson(report: Report): string {
  const { schemaVersion, ...rest } = report;
  return `${JSON.stringify({ schemaVersion, ...rest })}\n`;
}
