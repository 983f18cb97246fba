import type { Report } from '../protocol/report.js';
import type { StoredReport } from '../protocol/store.js';

/** What stands in the small file beside a report: everything but the report's own place. */
export type StoreEntry = Omit<StoredReport, 'file'>;

const STATUSES: readonly string[] = ['static', 'partial', 'complete', 'imported'] satisfies Report['status'][];

/** The first scenario stands for the report: it is the one that was asked for first. */
export function entryOf(report: Report, modelPath: string, runSeconds: number | null): StoreEntry {
  const latency = report.scenarios[0]?.latency ?? null;
  return {
    reportId: report.reportId,
    createdAt: report.createdAt,
    status: report.status,
    modelPath,
    contentSha256: report.model.contentSha256,
    fileBytes: report.model.fileBytes,
    machineId: report.machineId,
    medianNs: latency?.medianNs ?? null,
    confidenceNs: latency?.confidenceNs ?? null,
    runSeconds,
  };
}

const isText = (value: unknown): value is string => typeof value === 'string';
const isNumber = (value: unknown): value is number => typeof value === 'number' && Number.isFinite(value);
const orNull =
  (check: (value: unknown) => boolean) =>
  (value: unknown): boolean =>
    value === null || check(value);

const FIELDS: Record<keyof StoreEntry, (value: unknown) => boolean> = {
  reportId: isText,
  createdAt: isText,
  status: (value) => isText(value) && STATUSES.includes(value),
  modelPath: isText,
  contentSha256: orNull(isText),
  fileBytes: isNumber,
  machineId: isText,
  medianNs: orNull(isNumber),
  confidenceNs: orNull((value) => Array.isArray(value) && value.length === 2 && value.every(isNumber)),
  runSeconds: orNull(isNumber),
};

/** null for whatever is not an entry: half written, edited by hand, or of another program. */
export function parseEntry(text: string): StoreEntry | null {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return null;
  }
  if (typeof value !== 'object' || value === null) return null;
  const fields = value as Record<string, unknown>;
  const valid = Object.entries(FIELDS).every(([name, check]) => Object.hasOwn(fields, name) && check(fields[name]));
  return valid ? (value as StoreEntry) : null;
}
