import path from 'node:path';
import * as vscode from 'vscode';

import type { Text } from '../../format/text/text.js';
import { COMMANDS, ITEM_KINDS, VIEWS } from '../ids.js';
import { setContextKey } from '../platform/contextKeys.js';
import { Owner } from '../platform/owner.js';
import type { StoredReport } from '../../protocol/store.js';
import { runNames } from '../../format/views/dates.js';
import type { LastMeasured } from '../../store/lastMeasured.js';
import { runItem, runsItem } from './runItems.js';
import type { LastResults } from './lastResults.js';
import { modelDescription, modelFacts, type Fact } from './modelFacts.js';
import type { IndexedModel, ModelIndex } from './modelIndex.js';

export type ModelsTreeNode =
  | { kind: 'model'; model: IndexedModel; last: LastMeasured | null }
  | { kind: 'others'; models: IndexedModel[] }
  | { kind: 'runs'; runs: StoredReport[] }
  | { kind: 'run'; stored: StoredReport; label: string }
  | { kind: 'fact'; fact: Fact };

/** The view "Models": what can be profiled, then the other formats; a row opens to the facts of its file. */
export class ModelsTree extends Owner implements vscode.TreeDataProvider<ModelsTreeNode> {
  readonly #changed = this.own(new vscode.EventEmitter<undefined>());
  readonly onDidChangeTreeData = this.#changed.event;
  readonly view: vscode.TreeView<ModelsTreeNode>;
  #requested = false;

  constructor(
    private readonly index: ModelIndex,
    private readonly results: LastResults,
    private readonly text: Text,
  ) {
    super();
    this.view = this.own(vscode.window.createTreeView(VIEWS.models, { treeDataProvider: this, canSelectMany: true }));
    const again = (): void => {
      this.#showWhenUseful();
      this.#changed.fire(undefined);
    };
    this.own(index.onDidChange(again));
    this.own(results.onDidChange(again));
  }

  /** Shows the view even without models: it says what was looked for. */
  async reveal(): Promise<void> {
    this.#requested = true;
    this.#showWhenUseful();
    await vscode.commands.executeCommand(`${VIEWS.models}.focus`);
  }

  async getChildren(node?: ModelsTreeNode): Promise<ModelsTreeNode[]> {
    if (node === undefined) {
      const { models } = this.index;
      const others = models.filter((model) => model.scanned?.profilable === false);
      const profiled = models.filter((model) => !others.includes(model));
      const nodes = await Promise.all(profiled.map((model) => this.#modelNode(model)));
      return others.length === 0 ? nodes : [...nodes, { kind: 'others', models: others }];
    }
    if (node.kind === 'others') return Promise.all(node.models.map((model) => this.#modelNode(model)));
    if (node.kind === 'runs') return runNodes(node.runs);
    if (node.kind !== 'model' || !node.model.scanned) return [];
    const facts = modelFacts(node.model.scanned, node.last, this.text).map((fact) => ({ kind: 'fact' as const, fact }));
    const runs = node.model.scanned.profilable ? await this.results.runsOf(node.model.uri) : [];
    return runs.length === 0 ? facts : [...facts, { kind: 'runs', runs }];
  }

  getTreeItem(node: ModelsTreeNode): vscode.TreeItem {
    if (node.kind === 'fact') return factItem(node.fact);
    if (node.kind === 'runs') return runsItem(node.runs, this.text);
    if (node.kind === 'run') return runItem(node, this.text);
    return node.kind === 'others' ? this.#othersItem(node.models.length) : this.#modelItem(node);
  }

  async #modelNode(model: IndexedModel): Promise<ModelsTreeNode> {
    return { kind: 'model', model, last: model.scanned?.profilable ? await this.results.of(model.uri) : null };
  }

  #othersItem(count: number): vscode.TreeItem {
    const item = new vscode.TreeItem(this.text('extension.models.others'), vscode.TreeItemCollapsibleState.Expanded);
    item.id = 'others';
    item.description = String(count);
    item.contextValue = ITEM_KINDS.group;
    return item;
  }

  #modelItem({ model, last }: Extract<ModelsTreeNode, { kind: 'model' }>): vscode.TreeItem {
    const { uri, scanned } = model;
    const item = new vscode.TreeItem(path.basename(uri.fsPath), vscode.TreeItemCollapsibleState.Collapsed);
    // A file that moves to the other group is another item: while the tree refreshes, both parents may hold it.
    item.id = scanned?.profilable === false ? `other:${uri.toString()}` : uri.toString();
    item.resourceUri = uri;
    item.iconPath = vscode.ThemeIcon.File;
    if (!scanned) {
      item.description = this.text('extension.models.reading');
      item.contextValue = ITEM_KINDS.other;
      return item;
    }
    item.description = modelDescription(scanned, last, this.text);
    item.accessibilityInformation = { label: `${path.basename(uri.fsPath)}, ${item.description}` };
    item.contextValue = scanned.profilable
      ? ITEM_KINDS.profilable
      : scanned.format === 'gitLfsPointer'
        ? ITEM_KINDS.gitLfsPointer
        : ITEM_KINDS.other;
    const facts = modelFacts(scanned, last, this.text).map(({ label, value }) => `${label}: ${value}`);
    item.tooltip = [vscode.workspace.asRelativePath(uri), ...facts].join('\n');
    if (scanned.profilable)
      item.command = {
        command: COMMANDS.openReport,
        title: this.text('extension.action.openReport'),
        arguments: [uri],
      };
    return item;
  }

  #showWhenUseful(): void {
    setContextKey('showModelsView', this.#requested || this.index.models.length > 0);
  }
}

function factItem({ label, value }: Fact): vscode.TreeItem {
  const item = new vscode.TreeItem(label, vscode.TreeItemCollapsibleState.None);
  item.description = value;
  item.tooltip = `${label}: ${value}`;
  item.contextValue = ITEM_KINDS.fact;
  return item;
}

/** Each with a label that tells it from the others. */
function runNodes(runs: readonly StoredReport[]): ModelsTreeNode[] {
  const labels = runNames(runs);
  return runs.map((stored, at) => ({ kind: 'run', stored, label: labels[at] ?? '' }));
}
