import path from 'node:path';
import * as vscode from 'vscode';

import type { Text } from '../../format/text/text.js';
import { hasProfiledName } from '../models/candidates.js';
import type { ModelIndex } from '../models/modelIndex.js';
import type { ModelsTreeNode } from '../models/modelsTree.js';
import type { Panels } from '../panel/panels.js';

/** Which model a command is about: what it was called on, else what is in front, else what the user picks. */
export class Target {
  constructor(
    private readonly index: ModelIndex,
    private readonly panels: Panels,
    private readonly text: Text,
  ) {}

  /** null when the user picked nothing. */
  async model(argument: unknown): Promise<vscode.Uri | null> {
    return uriOf(argument) ?? this.inFront() ?? (await this.#pick());
  }

  /** By the tab: an editor that still opens has one, while the panel behind it still counts as active. */
  inFront(): vscode.Uri | null {
    const tab = vscode.window.tabGroups.activeTabGroup.activeTab;
    if (!tab || tab.input instanceof vscode.TabInputWebview) return this.panels.active?.uri ?? null;
    if (tab.input === undefined) return this.#onlyNamed(tab.label);
    const { input } = tab;
    const uri =
      input instanceof vscode.TabInputText || input instanceof vscode.TabInputCustom
        ? input.uri
        : vscode.window.activeTextEditor?.document.uri;
    return uri?.scheme === 'file' && hasProfiledName(uri.fsPath) ? uri : null;
  }

  /** A binary file's editor says no more than a name. */
  #onlyNamed(name: string): vscode.Uri | null {
    const named = this.index.models.filter(({ uri }) => path.basename(uri.fsPath) === name);
    return named.length === 1 ? (named[0]?.uri ?? null) : null;
  }

  /** Any file of the machine. */
  async chooseFile(): Promise<vscode.Uri | null> {
    const chosen = await vscode.window.showOpenDialog({
      canSelectMany: false,
      openLabel: this.text('extension.choose.open'),
      title: this.text('extension.choose.title'),
      filters: { [this.text('extension.choose.models')]: ['onnx', 'ort'], [this.text('extension.choose.all')]: ['*'] },
    });
    return chosen?.[0] ?? null;
  }

  async #pick(): Promise<vscode.Uri | null> {
    const models = this.index.models.filter((model) => model.scanned?.profilable !== false);
    if (models.length === 0) return this.chooseFile();
    const items = models.map(({ uri }) => ({ label: vscode.workspace.asRelativePath(uri), uri }));
    const other = { label: this.text('extension.choose.other'), uri: null };
    const picked = await vscode.window.showQuickPick([...items, other], {
      placeHolder: this.text('extension.choose.title'),
    });
    if (!picked) return null;
    return picked.uri ?? this.chooseFile();
  }
}

/** From an explorer entry, a row of the tree, or a link. */
function uriOf(argument: unknown): vscode.Uri | null {
  if (argument instanceof vscode.Uri) return argument;
  if (typeof argument !== 'object' || argument === null || !('kind' in argument)) return null;
  const node = argument as ModelsTreeNode;
  return node.kind === 'model' ? node.model.uri : null;
}
