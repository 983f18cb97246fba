import * as vscode from 'vscode';

import { toFailure } from '../../core/common/errors.js';
import type { Logger } from '../../core/common/logger.js';
import type { Text } from '../../format/text/text.js';
import type { ReportStore } from '../../store/reportStore.js';
import { HintModels } from '../../store/hintModels.js';
import { SETTINGS_SECTION, WORKSPACE_FILE_NAME } from '../ids.js';
import type { LastResults } from '../models/lastResults.js';
import type { ModelIndex } from '../models/modelIndex.js';
import { Owner } from '../platform/owner.js';
import { HintDiagnostics, HintFixes } from './diagnostics.js';
import { DocumentHints } from './documentHints.js';
import type { HintActions } from './hintActions.js';
import { HintHovers, HintInlays, HintLenses } from './providers.js';

export interface HintServices {
  store: ReportStore;
  lastResults: LastResults;
  index: ModelIndex;
  actions: HintActions;
  text: Text;
  log: Logger;
}

/** By content: every file is looked at, by its first words only where there is nothing in it. */
const SELECTOR: vscode.DocumentSelector = { scheme: 'file' };
const CONFIG_FILES = `**/{*.yaml,*.yml,*.json,*.csv,${WORKSPACE_FILE_NAME}}`;

/** Cost at the end of the line: registers the providers and asks again when something around a file changes. */
export class Hints extends Owner {
  readonly documents: DocumentHints;
  readonly diagnostics: HintDiagnostics;

  constructor({ store, lastResults, index, actions, text, log }: HintServices) {
    super();
    const { isMuted, choices } = actions;
    const warn = (file: string, error: unknown): void => {
      log.warn(text('hints.log.settings', { file, reason: text.message(toFailure(error).message) }));
    };
    const unprofiled = (): string[] => index.models.map(({ uri }) => uri.fsPath);
    const services = { models: new HintModels(store), choices, unprofiled, warn };
    this.documents = this.own(new DocumentHints(services, text, log));
    this.diagnostics = this.own(new HintDiagnostics(this.documents, isMuted, text));
    const { languages } = vscode;
    this.own(languages.registerInlayHintsProvider(SELECTOR, new HintInlays(this.documents)));
    this.own(languages.registerCodeLensProvider(SELECTOR, new HintLenses(this.documents)));
    this.own(languages.registerHoverProvider(SELECTOR, new HintHovers(this.documents)));
    this.own(
      languages.registerCodeActionsProvider(SELECTOR, new HintFixes(this.documents, isMuted, text), {
        providedCodeActionKinds: [vscode.CodeActionKind.QuickFix],
      }),
    );
    this.#follow(lastResults, index);
  }

  #follow(lastResults: LastResults, index: ModelIndex): void {
    const again = (): void => {
      this.documents.refresh();
    };
    this.own(lastResults.onDidChange(again));
    this.own(index.onDidChange(again));
    const watcher = this.own(vscode.workspace.createFileSystemWatcher(CONFIG_FILES));
    for (const event of [watcher.onDidChange, watcher.onDidCreate, watcher.onDidDelete]) this.own(event(again));
    this.own(
      vscode.workspace.onDidChangeConfiguration((change) => {
        if (change.affectsConfiguration(`${SETTINGS_SECTION}.hints`)) again();
      }),
    );
  }
}
