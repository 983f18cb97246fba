import { jsonObject } from '../core/common/jsonObject.js';
import type { Report } from '../protocol/report.js';
import type { RunSettings, StoredReport } from '../protocol/store.js';

/** What stands in the small file beside a report: everything but the report's own place. */
export type StoreEntry = Omit<StoredReport, 'file'>;

/** What the user decides, and no report says. */
export type EntryChanges = Partial<Pick<StoreEntry, 'name' | 'pinned'>>;

const STATUSES: readonly string[] = ['static', 'partial', 'complete', 'imported'] satisfies Report['status'][];

/** The first scenario stands for the report: it is the one that was asked for first. */
export function entryOf(report: Report, modelPath: string, runSeconds: number | null, foreign = false): StoreEntry {
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
    name: null,
    pinned: false,
    foreign: foreign || report.status === 'imported',
    settings: settingsOf(report),
    git: report.git,
    cpuModel: report.environment.cpuModel,
    runtimeVersion: report.environment.runtimeVersion,
  };
}

function settingsOf({ scenarios }: Report): RunSettings | null {
  const [first] = scenarios;
  if (!first) return null;
  const { provider, threads, optimization } = first.run;
  return { provider, threads, optimization: optimization ?? '', label: first.label, scenarios: scenarios.length };
}

/** Equal for runs that can stand in one line over time. */
export const settingsKey = ({ settings }: Pick<StoreEntry, 'settings'>): string =>
  settings
    ? JSON.stringify([settings.provider, settings.threads, settings.optimization, settings.label, settings.scenarios])
    : '';

const isText = (value: unknown): value is string => typeof value === 'string';
const isNumber = (value: unknown): value is number => typeof value === 'number' && Number.isFinite(value);
const orNull =
  (check: (value: unknown) => boolean) =>
  (value: unknown): boolean =>
    value === null || check(value);

const isFlag = (value: unknown): boolean => typeof value === 'boolean';
const isObject = (value: unknown): boolean => typeof value === 'object' && !Array.isArray(value);

const FIELDS: Record<keyof StoreEntry, (value: unknown) => boolean> = {
  reportId: isText,
  createdAt: isText,
  status: (value) => isText(value) && STATUSES.includes(value),
  modelPath: isText,
  contentSha256: orNull(isText),
  fileBytes: orNull(isNumber),
  machineId: isText,
  medianNs: orNull(isNumber),
  confidenceNs: orNull((value) => Array.isArray(value) && value.length === 2 && value.every(isNumber)),
  runSeconds: orNull(isNumber),
  name: orNull(isText),
  pinned: isFlag,
  foreign: isFlag,
  settings: (value) => value === null || isSettings(value),
  git: (value) => value === null || isGit(value),
  cpuModel: isText,
  runtimeVersion: isText,
};

const has = (value: unknown, checks: Record<string, (value: unknown) => boolean>): boolean =>
  isObject(value) && Object.entries(checks).every(([name, check]) => check((value as Record<string, unknown>)[name]));

const isSettings = (value: unknown): boolean =>
  has(value, { provider: isText, threads: isNumber, optimization: isText, label: isText, scenarios: isNumber });

const isGit = (value: unknown): boolean => has(value, { commit: isText, dirty: isFlag });

/** Entries of older engines lack these; their reports say the rest when they are opened. */
const ADDED = {
  name: null,
  pinned: false,
  foreign: false,
  settings: null,
  git: null,
  cpuModel: '',
  runtimeVersion: '',
};

/** null for whatever is not an entry: half written, edited by hand, or of another program. */
export function parseEntry(text: string): StoreEntry | null {
  const value = jsonObject(text);
  if (!value) return null;
  const fields: Record<string, unknown> = { ...ADDED, ...value };
  const valid = Object.entries(FIELDS).every(([name, check]) => Object.hasOwn(fields, name) && check(fields[name]));
  return valid ? (fields as unknown as StoreEntry) : null;
}
