/** What the store knows of a report without opening it whole. Types only. */

import type { Report, ReportStatus } from './report.js';

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
  /** As the user called it. */
  name: string | null;
  /** Never removed to make room. */
  pinned: boolean;
  /** Came from a file or somebody's trace: no measurement of this machine. */
  foreign: boolean;
  settings: RunSettings | null;
  git: Report['git'];
  cpuModel: string;
  runtimeVersion: string;
}

/** What a run was made with: only runs of equal settings are compared over time. */
export interface RunSettings {
  provider: string;
  threads: number;
  optimization: string;
  /** Of the first scenario: its sizes. */
  label: string;
  scenarios: number;
}
