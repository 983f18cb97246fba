import * as vscode from 'vscode';

import { ExpectedError } from '../../core/common/errors.js';
import type { Text } from '../../format/text/text.js';
import type { StoredReport } from '../../protocol/store.js';
import { readReport, type ReportStore } from '../../store/reportStore.js';
import type { Comparing } from '../compare/comparing.js';
import type { ModelsTreeNode } from '../models/modelsTree.js';
import type { Panels } from '../panel/panels.js';
import type { ModelSession } from '../session/modelSession.js';
import type { Sessions } from '../session/sessions.js';
import type { Reports } from './reports.js';

const LONGEST_NAME = 120;

/** Runs that are kept: opened, compared, named, pinned, deleted, exported, and taken in from elsewhere. */
export class Runs {
  constructor(
    private readonly store: ReportStore,
    private readonly sessions: Sessions,
    private readonly panels: Panels,
    private readonly reports: Reports,
    private readonly comparing: Comparing,
    private readonly text: Text,
  ) {}

  async open(argument: unknown): Promise<void> {
    const stored = this.#stored(argument);
    if (stored) await this.#show(stored);
  }

  /** Of a session's model, by the id that the page knows. */
  async openById(session: ModelSession, reportId: string): Promise<void> {
    const found = (await this.store.list(session.uri.fsPath)).find((each) => each.reportId === reportId);
    if (!found) throw new ExpectedError('input', 'extension.runs.gone');
    await this.#show(found);
  }

  /** The run against another one that the user chooses, which is the one before. */
  async compareWithPicked(argument: unknown): Promise<void> {
    const stored = this.#stored(argument);
    const other = stored && (await this.reports.choose(stored.reportId));
    if (other) await this.comparing.showRuns(await this.#show(stored), other);
  }

  /** Two runs that are selected: the older one is the one before. */
  async compareSelected(argument: unknown, selected: unknown): Promise<void> {
    const [newer, older] = this.#all(argument, selected).sort((a, b) => (a.createdAt < b.createdAt ? 1 : -1));
    if (!newer || !older) return;
    const before = await readReport(older.file);
    await this.comparing.showRuns(await this.#show(newer), before);
  }

  async rename(argument: unknown): Promise<void> {
    const stored = this.#stored(argument);
    if (!stored) return;
    const name = await vscode.window.showInputBox({
      title: this.text('extension.runs.rename', { run: this.#name(argument) }),
      prompt: this.text('extension.runs.renamePrompt'),
      value: stored.name ?? '',
    });
    if (name === undefined) return;
    await this.store.change(stored, { name: name.trim() === '' ? null : name.trim().slice(0, LONGEST_NAME) });
  }

  async pin(argument: unknown, pinned: boolean): Promise<void> {
    const stored = this.#stored(argument);
    if (stored) await this.store.change(stored, { pinned });
  }

  /** The run that was clicked on, or all that are selected when it is one of them. */
  async delete(argument: unknown, selected?: unknown): Promise<void> {
    const runs = this.#all(argument, selected);
    if (runs.length === 0) return;
    const confirm = this.text('extension.runs.delete');
    const sentence =
      runs.length === 1
        ? this.text('extension.runs.deleteSure', { run: this.#name(chosen(argument, selected)[0]) })
        : this.text('extension.runs.deleteMany', { count: runs.length });
    if ((await vscode.window.showWarningMessage(sentence, { modal: true }, confirm)) !== confirm) return;
    for (const { reportId } of runs) await this.store.remove(reportId);
  }

  async export(argument: unknown): Promise<void> {
    const stored = this.#stored(argument);
    if (stored) await this.reports.exportAs(await readReport(stored.file), vscode.Uri.file(stored.modelPath), null);
  }

  /** A report's file, kept among the runs of the model that it was opened on, or of the one that it names. */
  async import(argument: unknown): Promise<void> {
    const node = argument as Partial<Extract<ModelsTreeNode, { kind: 'model' }>> | undefined;
    const [file] =
      (await vscode.window.showOpenDialog({
        canSelectMany: false,
        filters: { [this.text('extension.export.json')]: ['json'] },
        title: this.text('extension.runs.import'),
      })) ?? [];
    if (!file) return;
    const report = await readReport(file.fsPath);
    const modelPath = node?.model?.uri.fsPath ?? report.model.path;
    await this.#show(await this.store.put(report, { modelPath, foreign: true }));
  }

  #stored(argument: unknown): StoredReport | null {
    const node = argument as ModelsTreeNode | undefined;
    return node?.kind === 'run' ? node.stored : null;
  }

  #all(argument: unknown, selected: unknown): StoredReport[] {
    return chosen(argument, selected)
      .map((node) => this.#stored(node))
      .filter((stored) => stored !== null);
  }

  /** As its row says it. */
  #name(argument: unknown): string {
    const node = argument as ModelsTreeNode | undefined;
    return node?.kind === 'run' ? node.label : '';
  }

  async #show(stored: StoredReport): Promise<ModelSession> {
    const report = await readReport(stored.file);
    const session = this.sessions.get(vscode.Uri.file(stored.modelPath));
    this.sessions.setActive(session);
    this.panels.show(session);
    await session.show(report, stored.runSeconds);
    return session;
  }
}

/** Rows of the tree: all that are selected, or the one that was clicked on. */
const chosen = (argument: unknown, selected: unknown): unknown[] =>
  Array.isArray(selected) && selected.length > 0 ? selected : [argument];
