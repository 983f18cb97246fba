import { stat } from 'node:fs/promises';
import * as vscode from 'vscode';

import { toFailure } from '../../core/common/errors.js';
import type { ScannedModel } from '../../protocol/scan.js';
import { Owner } from '../platform/owner.js';
import { CANDIDATE_GLOB, excludeGlob, hasProfiledName, isLeftOut, pairedCandidates } from './candidates.js';

const MAXIMUM_CANDIDATES = 50_000;
/** Files come in bursts: a checkout, an export, an unpacked archive. */
const SEARCH_AFTER_MS = 400;

export interface IndexedModel {
  uri: vscode.Uri;
  /** null until the file was read. */
  scanned: ScannedModel | null;
}

export interface ModelIndexServices {
  scan(path: string, signal: AbortSignal): Promise<ScannedModel>;
  note(failure: ReturnType<typeof toFailure>): void;
}

/** The model files of the workspace: found by name, told apart by content, followed as they change. */
export class ModelIndex extends Owner {
  readonly #changed = this.own(new vscode.EventEmitter<void>());
  readonly onDidChange = this.#changed.event;
  readonly #models = new Map<string, IndexedModel & { version: string }>();
  #search: NodeJS.Timeout | undefined;
  #pass: AbortController | null = null;
  #settled: Promise<void> = Promise.resolve();

  constructor(private readonly services: ModelIndexServices) {
    super();
    const watcher = this.own(vscode.workspace.createFileSystemWatcher(CANDIDATE_GLOB));
    const again = (uri: vscode.Uri): void => {
      if (!isLeftOut(uri.fsPath)) this.#searchSoon();
    };
    this.own(watcher.onDidCreate(again));
    this.own(watcher.onDidChange(again));
    this.own(watcher.onDidDelete(again));
    this.own(
      vscode.workspace.onDidChangeWorkspaceFolders(() => {
        this.#searchSoon();
      }),
    );
    this.own(
      vscode.workspace.onDidChangeConfiguration((change) => {
        if (change.affectsConfiguration('files.exclude') || change.affectsConfiguration('search.exclude'))
          this.#searchSoon();
      }),
    );
    this.own({
      dispose: () => {
        clearTimeout(this.#search);
        this.#pass?.abort();
      },
    });
  }

  /** Models by path; files that turned out to be something else are not among them. */
  get models(): IndexedModel[] {
    return [...this.#models.values()]
      .filter(isModel)
      .sort((a, b) => (a.uri.fsPath < b.uri.fsPath ? -1 : a.uri.fsPath > b.uri.fsPath ? 1 : 0));
  }

  /** Looks again; resolves when every file found has been read. */
  async refresh(): Promise<void> {
    clearTimeout(this.#search);
    this.#pass?.abort();
    const pass = new AbortController();
    this.#pass = pass;
    this.#settled = this.#look(pass.signal).catch((error: unknown) => {
      if (!pass.signal.aborted) this.services.note(toFailure(error));
    });
    await this.#settled;
  }

  #searchSoon(): void {
    clearTimeout(this.#search);
    this.#search = setTimeout(() => void this.refresh(), SEARCH_AFTER_MS);
  }

  async #look(signal: AbortSignal): Promise<void> {
    const found = await findCandidates();
    if (isOver(signal)) return;
    this.#keepOnly(found);
    this.#changed.fire();
    for (const uri of found) {
      const changed = await this.#read(uri, signal);
      if (isOver(signal)) return;
      if (changed) this.#changed.fire();
    }
  }

  /** Files that are gone go; new ones that are models by their name are there at once. */
  #keepOnly(found: readonly vscode.Uri[]): void {
    const keys = new Set(found.map((uri) => uri.toString()));
    for (const key of this.#models.keys()) if (!keys.has(key)) this.#models.delete(key);
    for (const uri of found)
      if (!this.#models.has(uri.toString())) this.#models.set(uri.toString(), { uri, scanned: null, version: '' });
  }

  async #read(uri: vscode.Uri, signal: AbortSignal): Promise<boolean> {
    const key = uri.toString();
    const found = await stat(uri.fsPath).catch(() => null);
    const version = found ? `${found.size} ${found.mtimeMs}` : 'gone';
    if (!found || this.#models.get(key)?.version === version) return false;
    const scanned = await this.services.scan(uri.fsPath, signal);
    if (isOver(signal)) return false;
    const model = { uri, scanned, version };
    this.#models.set(key, model);
    return isModel(model);
  }
}

/** Awaiting changes it, which the types do not see. */
const isOver = (signal: AbortSignal): boolean => signal.aborted;

/** Unread files and unrecognised content count where the name promises a model: then the reason is worth a line. */
function isModel({ uri, scanned }: IndexedModel): boolean {
  if (scanned === null || scanned.format === 'unknown') return hasProfiledName(uri.fsPath);
  return true;
}

async function findCandidates(): Promise<vscode.Uri[]> {
  const exclude = excludeGlob(
    vscode.workspace.getConfiguration('search', null).get<Record<string, unknown>>('exclude', {}),
  );
  const found = await vscode.workspace.findFiles(CANDIDATE_GLOB, exclude, MAXIMUM_CANDIDATES);
  const files = new Map(found.filter((uri) => uri.scheme === 'file').map((uri) => [uri.fsPath, uri]));
  return pairedCandidates([...files.keys()]).flatMap((path) => files.get(path) ?? []);
}
