import path from 'node:path';
import * as vscode from 'vscode';

import type { Text } from '../../format/text/text.js';
import { bytes, count } from '../../format/units.js';
import type { IndexedModel, ModelIndex } from '../models/modelIndex.js';
import type { ModelSession } from '../session/modelSession.js';

const EXTENSIONS = ['onnx', 'ort'];

/** Asks which other models are to be measured beside one. */
export class AlternativeModels {
  constructor(
    private readonly index: () => ModelIndex,
    private readonly text: Text,
  ) {}

  /** Absolute paths; none when the user left the question. Those with other inputs or outputs are told of later. */
  async pick(session: ModelSession): Promise<string[]> {
    const index = this.index();
    if (index.models.length === 0) await index.refresh();
    const own = session.uri.toString();
    const others = index.models.filter(({ uri, scanned }) => uri.toString() !== own && scanned?.profilable !== false);
    if (others.length === 0) return this.#browse(session);
    const other = { label: this.text('extension.choose.other'), model: null };
    const picked = await vscode.window.showQuickPick([...others.map(item), other], {
      canPickMany: true,
      matchOnDescription: true,
      title: this.text('extension.alternatives.which'),
      placeHolder: this.text('extension.alternatives.placeholder'),
    });
    const files = picked?.flatMap(({ model }) => (model ? [model.uri.fsPath] : [])) ?? [];
    return picked?.some(({ model }) => model === null) === true ? [...files, ...(await this.#browse(session))] : files;
  }

  async #browse({ uri }: ModelSession): Promise<string[]> {
    const chosen = await vscode.window.showOpenDialog({
      canSelectMany: true,
      defaultUri: vscode.Uri.file(path.dirname(uri.fsPath)),
      title: this.text('extension.alternatives.which'),
      filters: { [this.text('extension.choose.models')]: EXTENSIONS },
    });
    return (chosen ?? []).map((each) => each.fsPath).filter((file) => file !== uri.fsPath);
  }
}

function item(model: IndexedModel): { label: string; description: string; model: IndexedModel | null } {
  const { uri, scanned } = model;
  const size = scanned ? [bytes(scanned.fileBytes)] : [];
  const parameters = scanned?.parameterCount == null ? [] : [count(scanned.parameterCount)];
  return { label: vscode.workspace.asRelativePath(uri), description: [...size, ...parameters].join(' · '), model };
}
