/** What the store knows of a report without opening it whole. Types only. */

import type { ReportStatus } from './report.js';

export interface StoredReport {
  reportId: string;
  /** Absolute path of the report's file in the store. */
  file: string;
  createdAt: string;
  status: ReportStatus;
  /** Absolute. */
  modelPath: string;
  contentSha256: string | null;
  /** Of the model file. */
  fileBytes: number | null;
  machineId: string;
  medianNs: number | null;
  confidenceNs: [number, number] | null;
  /** How long the run took from the request to the report; null when nobody timed it. */
  runSeconds: number | null;
}
