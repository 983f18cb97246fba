/** What the store knows of a report without opening it whole. Types only. */

import type { ReportStatus } from './report.js';

export interface StoredReport {
  reportId: string;
  /** Absolute path of the report's file in the store. */
  file: string;
  createdAt: string;
  status: ReportStatus;
  modelPath: string;
  contentSha256: string | null;
  fileBytes: number;
  machineId: string;
  medianNs: number | null;
  confidenceNs: [number, number] | null;
}
