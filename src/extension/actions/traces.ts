import path from 'node:path';
import * as vscode from 'vscode';

import type { Text } from '../../format/text/text.js';
import type { Report } from '../../protocol/report.js';
import type { ImportTraceRequest } from '../../protocol/worker.js';
import type { ReportStore } from '../../store/reportStore.js';
import type { ModelIndex } from '../models/modelIndex.js';
import type { Panels } from '../panel/panels.js';
import type { Sessions } from '../session/sessions.js';

export type ImportTrace = (request: Omit<ImportTraceRequest, 'kind'>, signal: AbortSignal) => Promise<Report>;

/** Profiles that ONNX Runtime wrote elsewhere: opened as reports, with the model whose nodes they name. */
export class Traces {
  constructor(
    private readonly importTrace: ImportTrace,
    private readonly index: ModelIndex,
    private readonly store: ReportStore,
    private readonly sessions: Sessions,
    private readonly panels: Panels,
    private readonly text: Text,
  ) {}

  /** `argument`: the profile's file; asked for otherwise. */
  async open(argument: unknown): Promise<void> {
    const trace = argument instanceof vscode.Uri ? argument : await this.#choose();
    if (!trace) return;
    const report = await this.#read(trace, null);
    if (!report) return;
    await this.#show(report);
    if (report.model.nodeCount === null) await this.#offerModel(trace);
  }

  async #choose(): Promise<vscode.Uri | null> {
    const chosen = await vscode.window.showOpenDialog({
      canSelectMany: false,
      filters: { [this.text('extension.trace.files')]: ['json'] },
      title: this.text('extension.trace.which'),
    });
    return chosen?.[0] ?? null;
  }

  async #offerModel(trace: vscode.Uri): Promise<void> {
    const choose = this.text('extension.trace.chooseModel');
    const sentence = this.text('extension.trace.noModel', { file: path.basename(trace.fsPath) });
    if ((await vscode.window.showInformationMessage(sentence, choose)) !== choose) return;
    const [model] =
      (await vscode.window.showOpenDialog({
        canSelectMany: false,
        filters: { [this.text('extension.choose.models')]: ['onnx', 'ort'] },
        title: this.text('extension.choose.title'),
      })) ?? [];
    const report = model && (await this.#read(trace, model));
    if (report) await this.#show(report);
  }

  /** null when the user cancelled. */
  async #read(trace: vscode.Uri, model: vscode.Uri | null): Promise<Report | null> {
    const title = this.text('extension.trace.reading', { file: path.basename(trace.fsPath) });
    const candidates = [...(await modelsBeside(trace)), ...this.index.models.map(({ uri }) => uri.fsPath)];
    return vscode.window.withProgress(
      { location: vscode.ProgressLocation.Notification, title, cancellable: true },
      async (_, token) => {
        const abort = new AbortController();
        const listener = token.onCancellationRequested(() => {
          abort.abort();
        });
        const request = { tracePath: trace.fsPath, modelPath: model?.fsPath ?? null, candidates, dimensions: [] };
        try {
          return await this.importTrace(request, abort.signal);
        } catch (error) {
          if (token.isCancellationRequested) return null;
          throw error;
        } finally {
          listener.dispose();
        }
      },
    );
  }

  async #show(report: Report): Promise<void> {
    const session = this.sessions.get(vscode.Uri.file(report.model.path));
    this.sessions.setActive(session);
    this.panels.show(session);
    await session.show(report, null);
    await this.store.put(report, { modelPath: report.model.path });
  }
}

async function modelsBeside(trace: vscode.Uri): Promise<string[]> {
  const folder = vscode.Uri.joinPath(trace, '..');
  const entries = await vscode.workspace.fs.readDirectory(folder);
  return entries.filter(([name]) => /\.(onnx|ort)$/i.test(name)).map(([name]) => path.join(folder.fsPath, name));
}
