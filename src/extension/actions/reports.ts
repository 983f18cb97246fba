import path from 'node:path';
import * as vscode from 'vscode';

import type { Compared } from '../../core/report/html.js';
import { ExpectedError } from '../../core/common/errors.js';
import type { Text } from '../../format/text/text.js';
import { durationWithError } from '../../format/units.js';
import { commitText, distinctDates } from '../../format/views/dates.js';
import { resultLine } from '../../format/views/resultLine.js';
import { indexScenario } from '../../format/views/scenarioIndex.js';
import type { Report } from '../../protocol/report.js';
import type { StoredReport } from '../../protocol/store.js';
import type { ExportFormat } from '../../protocol/webview.js';
import { readReport, type ReportStore } from '../../store/reportStore.js';
import type { Panels } from '../panel/panels.js';
import type { ModelSession } from '../session/modelSession.js';
import type { Sessions } from '../session/sessions.js';
import { writeExport } from './exportReport.js';
import { EXPORT_FORMATS, EXTENSIONS } from '../../core/report/exportFormats.js';

const MAXIMUM_LISTED = 200;

/** Reports after the run: found again, copied, exported. */
export class Reports {
  constructor(
    private readonly store: ReportStore,
    private readonly sessions: Sessions,
    private readonly panels: Panels,
    private readonly distFolder: string,
    private readonly text: Text,
  ) {}

  /** One of the stored reports, or any report's file. */
  async pick(): Promise<void> {
    const stored = await this.store.list();
    const items = this.#items(stored);
    const browse = { label: this.text('extension.report.browse'), stored: null };
    const picked =
      items.length === 0
        ? browse
        : await vscode.window.showQuickPick([browse, ...items], {
            placeHolder: this.text('extension.report.which'),
            matchOnDescription: true,
          });
    if (!picked) return;
    if (picked.stored) await this.#show(picked.stored.file, picked.stored.modelPath, picked.stored.runSeconds);
    else await this.#browse();
  }

  /** One of the stored reports, or a file's, to compare with; null when the user left the question. */
  async choose(exceptId: string): Promise<Report | null> {
    const stored = (await this.store.list()).filter((each) => each.reportId !== exceptId && each.medianNs !== null);
    const items = this.#items(stored);
    const browse = { label: this.text('extension.report.browse'), stored: null };
    const picked = await vscode.window.showQuickPick([browse, ...items], {
      placeHolder: this.text('compare.extension.which'),
      matchOnDescription: true,
    });
    if (!picked) return null;
    const file = picked.stored?.file ?? (await this.#chooseFile());
    return file === null ? null : readReport(file);
  }

  async copyResult(session: ModelSession): Promise<void> {
    const index = session.report && indexScenario(session.report, null);
    const line = index && resultLine(index, path.basename(session.uri.fsPath), this.text);
    if (!line) throw new ExpectedError('input', 'extension.copy.nothing');
    await vscode.env.clipboard.writeText(line);
    vscode.window.setStatusBarMessage(this.text('extension.copy.done'), 3000);
  }

  async copyMarkdown(session: ModelSession): Promise<void> {
    if (!session.report) throw new ExpectedError('input', 'extension.export.nothing');
    const { writeMarkdown } = await import('../../core/report/markdown.js');
    await vscode.env.clipboard.writeText(writeMarkdown(session.report));
    vscode.window.setStatusBarMessage(this.text('extension.copy.markdownDone'), 3000);
  }

  /** Asks for what is not given, the format and the place, then writes. */
  async exportTo(session: ModelSession, format: ExportFormat | null = null): Promise<void> {
    const { report } = session;
    if (!report) throw new ExpectedError('input', 'extension.export.nothing');
    await this.exportAs(report, session.uri, format, session.comparison.of(report));
  }

  /** `model` gives the file's name and the folder that the dialog opens in. */
  async exportAs(
    report: Report,
    model: vscode.Uri,
    asked: ExportFormat | null,
    compared: Compared | null = null,
  ): Promise<void> {
    const format = asked ?? (await this.#askFormat());
    if (!format) return;
    const extension = EXTENSIONS[format];
    const name = path.basename(model.fsPath).replace(/\.\w+$/, '');
    const target = await vscode.window.showSaveDialog({
      defaultUri: vscode.Uri.joinPath(model, '..', `${name}-profile.${extension}`),
      filters: { [this.text(`extension.export.${format}`)]: [extension.slice(extension.lastIndexOf('.') + 1)] },
      title: this.text('extension.export.title'),
    });
    if (!target) return;
    await writeExport({ report, compared }, target.fsPath, format, this.distFolder);
    const open = this.text('extension.action.openExport');
    const sentence = this.text('extension.export.done', { file: path.basename(target.fsPath) });
    if ((await vscode.window.showInformationMessage(sentence, open)) !== open) return;
    // A page is for the browser, the rest for the editor.
    if (format === 'html') await vscode.env.openExternal(target);
    else await vscode.commands.executeCommand('vscode.open', target);
  }

  async #askFormat(): Promise<ExportFormat | null> {
    const items = EXPORT_FORMATS.map((format) => ({
      label: this.text(`extension.export.${format}`),
      detail: this.text(`extension.export.${format}.what`),
      format,
    }));
    const picked = await vscode.window.showQuickPick(items, { placeHolder: this.text('extension.export.title') });
    return picked?.format ?? null;
  }

  async #browse(): Promise<void> {
    const file = await this.#chooseFile();
    if (file !== null) await this.#show(file, null, null);
  }

  async #chooseFile(): Promise<string | null> {
    const chosen = await vscode.window.showOpenDialog({
      canSelectMany: false,
      filters: { [this.text('extension.export.json')]: ['json'] },
      title: this.text('extension.report.which'),
    });
    return chosen?.[0]?.fsPath ?? null;
  }

  /** `modelPath` null: the report alone says which model it is of; that name is shown, and opened only when asked. */
  async #show(file: string, modelPath: string | null, runSeconds: number | null): Promise<void> {
    const report = await readReport(file);
    const session = this.sessions.get(vscode.Uri.file(path.resolve(modelPath ?? report.model.path)));
    this.sessions.setActive(session);
    this.panels.show(session);
    await session.show(report, runSeconds);
  }

  /** Told apart by name, commit and date, which has seconds where minutes are the same. */
  #items(all: readonly StoredReport[]): (vscode.QuickPickItem & { stored: StoredReport })[] {
    const listed = all.slice(0, MAXIMUM_LISTED);
    const dates = distinctDates(listed.map(({ createdAt }) => createdAt));
    return listed.map((stored, at) => ({ ...this.#item(stored, dates[at] ?? ''), stored }));
  }

  #item(stored: StoredReport, date: string): vscode.QuickPickItem {
    const { medianNs, confidenceNs } = stored;
    const error = confidenceNs && (confidenceNs[1] - confidenceNs[0]) / 2;
    const median = medianNs === null ? this.text('extension.report.partial') : durationWithError(medianNs, error);
    return {
      label: path.basename(stored.modelPath),
      description: [median, stored.name, date, commitText(stored.git)].filter(Boolean).join(' · '),
      detail: vscode.workspace.asRelativePath(stored.modelPath),
    };
  }
}
