import { createHash } from 'node:crypto';
import { mkdir, readFile, rm } from 'node:fs/promises';
import path from 'node:path';
import * as vscode from 'vscode';

import type { Report } from '../../protocol/report.js';
import { writeAtomically } from '../../store/atomicFile.js';
import { readReport } from '../../store/reportStore.js';
import { Owner } from '../platform/owner.js';

/** The run that a model is held to: a copy of its own, so that tidying the history does not take it away. */
export class Baselines extends Owner {
  readonly #changed = this.own(new vscode.EventEmitter<string>());
  /** With the model's path. */
  readonly onDidChange = this.#changed.event;

  constructor(private readonly folder: string) {
    super();
  }

  async pin(modelPath: string, report: Report): Promise<void> {
    await mkdir(this.folder, { recursive: true });
    await writeAtomically(this.#fileOf(modelPath), JSON.stringify(report));
    this.#changed.fire(modelPath);
  }

  async unpin(modelPath: string): Promise<boolean> {
    const had = await this.has(modelPath);
    await rm(this.#fileOf(modelPath), { force: true });
    if (had) this.#changed.fire(modelPath);
    return had;
  }

  async has(modelPath: string): Promise<boolean> {
    return (await readFile(this.#fileOf(modelPath)).catch(() => null)) !== null;
  }

  /** null where none is pinned, or what was pinned can no longer be read. */
  async get(modelPath: string): Promise<Report | null> {
    return (await this.has(modelPath)) ? readReport(this.#fileOf(modelPath)).catch(() => null) : null;
  }

  #fileOf(modelPath: string): string {
    const key = process.platform === 'win32' ? modelPath.toLowerCase() : modelPath;
    return path.join(this.folder, `${createHash('sha256').update(key).digest('hex').slice(0, 24)}.report.json`);
  }
}
