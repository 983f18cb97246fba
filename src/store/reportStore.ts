/**
 * Reports on disk. Layout: FOLDER/MODEL/STAMP-ID.report.json, MODEL being a hash of the model's absolute path, and
 * beside each report a STAMP-ID.entry.json, so that listing opens no report. Every file is written whole or not at all
 * and has a name of its own: any number of processes may write at once. FOLDER/changed is touched after every change,
 * which is what watchers look at.
 */

import { createHash } from 'node:crypto';
import { watch, type FSWatcher } from 'node:fs';
import { mkdir, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';

import type { Report } from '../protocol/report.js';
import type { StoredReport } from '../protocol/store.js';
import { removeAbandoned, writeAtomically } from './atomicFile.js';
import { type EntryChanges, entryOf, parseEntry, settingsKey, type StoreEntry } from './entry.js';

const REPORT_SUFFIX = '.report.json';
const ENTRY_SUFFIX = '.entry.json';
const CHANGED_FILE = 'changed';
const MAXIMUM_REPORT_BYTES = 512 * 2 ** 20;
const MAXIMUM_ENTRY_BYTES = 64 * 2 ** 10;
const NOTIFY_AFTER_MS = 50;

export interface PutOptions {
  /** Absolute; by default the report's own path, resolved from the current folder. */
  modelPath?: string;
  runSeconds?: number | null;
  /** Older reports of the same model and settings beyond this count are removed; by default none. */
  historyLimit?: number;
  /** Largest size of all reports together; the oldest go first, never a pinned one or a model's newest. */
  historyBytes?: number;
  /** From a file: no measurement of this machine. */
  foreign?: boolean;
}

export class ReportStore {
  constructor(readonly folder: string) {}

  /** Keeps a report; one with the same id is replaced. Resolves when it is on disk. */
  async put(report: Report, options: PutOptions = {}): Promise<StoredReport> {
    const modelPath = path.resolve(options.modelPath ?? report.model.path);
    const fresh = entryOf(report, modelPath, options.runSeconds ?? null, options.foreign);
    const folder = this.#folderOf(modelPath);
    await mkdir(folder, { recursive: true });
    const base = path.join(folder, baseName(fresh));
    // A report that grows keeps the name that the user gave it.
    const known = parseEntry(await readBounded(base + ENTRY_SUFFIX, MAXIMUM_ENTRY_BYTES).catch(() => ''));
    const entry = known ? { ...fresh, name: known.name, pinned: known.pinned } : fresh;
    // The entry first: listing goes by reports, so that an entry alone is never seen.
    await writeAtomically(base + ENTRY_SUFFIX, JSON.stringify(entry));
    await writeAtomically(base + REPORT_SUFFIX, JSON.stringify(report));
    await removeAbandoned(folder);
    if (options.historyLimit !== undefined) await this.#prune(modelPath, options.historyLimit);
    if (options.historyBytes !== undefined) await this.#pruneToSize(options.historyBytes);
    await this.#touch();
    return { ...entry, file: base + REPORT_SUFFIX };
  }

  /** Newest first; of one model, or of all. What cannot be read is left out. */
  async list(modelPath?: string): Promise<StoredReport[]> {
    const folders =
      modelPath === undefined ? await subfoldersOf(this.folder) : [this.#folderOf(path.resolve(modelPath))];
    const lists = await Promise.all(folders.map((folder) => listFolder(folder)));
    return lists.flat().sort(newestFirst);
  }

  /** The newest report of the model, or null. */
  async latest(modelPath: string): Promise<StoredReport | null> {
    return (await this.list(modelPath))[0] ?? null;
  }

  /** Reports of equal content wherever the file lay, newest first: for a model that was moved or copied. */
  async listByContent(contentSha256: string): Promise<StoredReport[]> {
    return (await this.list()).filter((stored) => stored.contentSha256 === contentSha256);
  }

  /** null when there is none of that id. ExpectedError when its file is not a report. */
  async read(reportId: string): Promise<Report | null> {
    const stored = (await this.list()).find((each) => each.reportId === reportId);
    return stored ? readReport(stored.file) : null;
  }

  async remove(reportId: string): Promise<void> {
    const matching = (await this.list()).filter((stored) => stored.reportId === reportId);
    await Promise.all(matching.map((stored) => removeFiles(stored)));
    if (matching.length > 0) await this.#touch();
  }

  /** Names or pins a kept report. */
  async change(stored: StoredReport, changes: EntryChanges): Promise<void> {
    const { file, ...entry } = stored;
    const base = file.slice(0, -REPORT_SUFFIX.length);
    await writeAtomically(base + ENTRY_SUFFIX, JSON.stringify({ ...entry, ...changes }));
    await this.#touch();
  }

  /** Calls back, soon after, when any process changed the store. */
  async watch(onChange: () => void): Promise<{ dispose(): void }> {
    await mkdir(this.folder, { recursive: true });
    let timer: NodeJS.Timeout | undefined;
    const notify = (): void => {
      clearTimeout(timer);
      timer = setTimeout(onChange, NOTIFY_AFTER_MS);
    };
    const watcher: FSWatcher = watch(this.folder, { persistent: false }, notify);
    // The folder was removed, or the system is out of watches: the store works without.
    watcher.on('error', () => {
      watcher.close();
    });
    return {
      dispose: () => {
        clearTimeout(timer);
        watcher.close();
      },
    };
  }

  #folderOf(modelPath: string): string {
    const key = process.platform === 'win32' ? modelPath.toLowerCase() : modelPath;
    return path.join(this.folder, createHash('sha256').update(key).digest('hex').slice(0, 24));
  }

  async #prune(modelPath: string, limit: number): Promise<void> {
    const bySettings = new Map<string, StoredReport[]>();
    for (const stored of await this.list(modelPath)) {
      if (stored.pinned) continue;
      const key = settingsKey(stored);
      bySettings.set(key, [...(bySettings.get(key) ?? []), stored]);
    }
    const surplus = [...bySettings.values()].flatMap((group) => group.slice(Math.max(1, limit)));
    await Promise.all(surplus.map((stored) => removeFiles(stored)));
  }

  async #pruneToSize(limitBytes: number): Promise<void> {
    const newest = new Set<string>();
    const removable: { stored: StoredReport; bytes: number }[] = [];
    let total = 0;
    for (const stored of await this.list()) {
      const bytes = await stat(stored.file).then(
        ({ size }) => size,
        () => 0,
      );
      total += bytes;
      if (!stored.pinned && newest.has(stored.modelPath)) removable.push({ stored, bytes });
      newest.add(stored.modelPath);
    }
    for (const { stored, bytes } of removable.reverse()) {
      if (total <= limitBytes) return;
      await removeFiles(stored);
      total -= bytes;
    }
  }

  async #touch(): Promise<void> {
    await writeFile(path.join(this.folder, CHANGED_FILE), new Date().toISOString());
  }
}

/** Sorts by time by itself; the id may come from anywhere, so what is no plain name is hashed. */
function baseName(entry: StoreEntry): string {
  const stamp = entry.createdAt.replace(/[^0-9TZ]/g, '').slice(0, 24);
  const plain = /^[\w-]{1,64}$/.test(entry.reportId);
  return `${stamp}-${plain ? entry.reportId : createHash('sha256').update(entry.reportId).digest('hex').slice(0, 32)}`;
}

const newestFirst = (a: StoredReport, b: StoredReport): number =>
  a.createdAt < b.createdAt ? 1 : a.createdAt > b.createdAt ? -1 : a.reportId < b.reportId ? 1 : -1;

async function subfoldersOf(folder: string): Promise<string[]> {
  const found = await readdir(folder, { withFileTypes: true }).catch(() => []);
  return found.filter((each) => each.isDirectory()).map((each) => path.join(folder, each.name));
}

async function listFolder(folder: string): Promise<StoredReport[]> {
  const names = await readdir(folder).catch(() => []);
  const bases = names
    .filter((name) => name.endsWith(REPORT_SUFFIX))
    .map((name) => name.slice(0, -REPORT_SUFFIX.length));
  const stored = await Promise.all(bases.map((base) => readStored(path.join(folder, base))));
  return stored.filter((each) => each !== null);
}

/** From the entry beside the report; made again from the report when the entry was lost or damaged. */
async function readStored(base: string): Promise<StoredReport | null> {
  const file = base + REPORT_SUFFIX;
  const text = await readBounded(base + ENTRY_SUFFIX, MAXIMUM_ENTRY_BYTES).catch(() => null);
  const known = text === null ? null : parseEntry(text);
  if (known) return { ...known, file };
  try {
    const report = await readReport(file);
    const entry = entryOf(report, path.resolve(report.model.path), null);
    await writeAtomically(base + ENTRY_SUFFIX, JSON.stringify(entry)).catch(() => undefined);
    return { ...entry, file };
  } catch {
    return null;
  }
}

/** A report from any file. ExpectedError when it is none, or of a newer schema. */
export async function readReport(file: string): Promise<Report> {
  // Loaded when first needed: listing, which is what a starting window does, never opens a report.
  const { parseReport } = await import('../core/report/parse.js');
  return parseReport(await readBounded(file, MAXIMUM_REPORT_BYTES));
}

async function readBounded(file: string, maximumBytes: number): Promise<string> {
  const { size } = await stat(file);
  if (size > maximumBytes) throw new Error(`${file} has ${size} bytes, more than ${maximumBytes}`);
  return readFile(file, 'utf8');
}

async function removeFiles(stored: StoredReport): Promise<void> {
  const base = stored.file.slice(0, -REPORT_SUFFIX.length);
  await rm(base + ENTRY_SUFFIX, { force: true });
  await rm(stored.file, { force: true });
}
