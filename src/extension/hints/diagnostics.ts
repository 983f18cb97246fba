import * as vscode from 'vscode';

import type { Hint } from '../../core/configs/hints/hint.js';
import type { Text } from '../../format/text/text.js';
import { COMMANDS } from '../ids.js';
import { Owner } from '../platform/owner.js';
import type { DocumentHints } from './documentHints.js';
import { rangeIn } from './providers.js';

/** After the last key of a burst. */
const AFTER_MS = 120;

/** Keeps the Problems of every open document; what the user muted is left out. */
export class HintDiagnostics extends Owner {
  readonly #collection = this.own(vscode.languages.createDiagnosticCollection('inferenceProfiler'));
  readonly #timers = new Map<string, NodeJS.Timeout>();

  constructor(
    private readonly hints: DocumentHints,
    private readonly isMuted: (uri: vscode.Uri) => boolean,
    private readonly text: Text,
  ) {
    super();
    this.own(
      vscode.workspace.onDidOpenTextDocument((document) => {
        this.#soon(document);
      }),
    );
    this.own(
      vscode.workspace.onDidChangeTextDocument(({ document }) => {
        this.#soon(document);
      }),
    );
    this.own(
      vscode.workspace.onDidCloseTextDocument(({ uri }) => {
        clearTimeout(this.#timers.get(uri.toString()));
        this.#timers.delete(uri.toString());
        this.#collection.delete(uri);
      }),
    );
    this.own(
      hints.onDidChange(() => {
        this.all();
      }),
    );
    this.own({
      dispose: () => {
        for (const timer of this.#timers.values()) clearTimeout(timer);
      },
    });
    this.all();
  }

  all(): void {
    for (const document of vscode.workspace.textDocuments) this.#soon(document);
  }

  #soon(document: vscode.TextDocument): void {
    if (document.uri.scheme !== 'file') return;
    const key = document.uri.toString();
    clearTimeout(this.#timers.get(key));
    this.#timers.set(
      key,
      setTimeout(() => void this.#update(document), AFTER_MS),
    );
  }

  async #update(document: vscode.TextDocument): Promise<void> {
    const { version } = document;
    const hints = await this.hints.of(document);
    if (document.isClosed || document.version !== version || this.isDisposed) return;
    const shown = this.isMuted(document.uri) ? [] : hints.filter(({ kind }) => kind === 'diagnostic');
    if (shown.length === 0 && !this.#collection.has(document.uri)) return;
    this.#collection.set(
      document.uri,
      shown.map((hint) => this.#diagnosticOf(document, hint)),
    );
  }

  #diagnosticOf(document: vscode.TextDocument, hint: Hint): vscode.Diagnostic {
    const severity =
      hint.severity === 'warning' ? vscode.DiagnosticSeverity.Warning : vscode.DiagnosticSeverity.Information;
    const diagnostic = new vscode.Diagnostic(rangeIn(document, hint.range), hint.text, severity);
    diagnostic.source = this.text('hints.source');
    if (hint.code !== null) diagnostic.code = hint.code;
    return diagnostic;
  }
}

/** What can be done about them; every title says its effect. */
export class HintFixes implements vscode.CodeActionProvider {
  constructor(
    private readonly hints: DocumentHints,
    private readonly isMuted: (uri: vscode.Uri) => boolean,
    private readonly text: Text,
  ) {}

  async provideCodeActions(
    document: vscode.TextDocument,
    range: vscode.Range,
    context: vscode.CodeActionContext,
  ): Promise<vscode.CodeAction[]> {
    if (this.isMuted(document.uri)) return [];
    const here = (await this.hints.of(document)).filter(
      (hint) =>
        (hint.kind === 'diagnostic' || hint.fixes.length > 0) &&
        range.intersection(rangeIn(document, hint.range)) !== undefined,
    );
    const ours = context.diagnostics.filter(({ source }) => source === this.text('hints.source'));
    const actions = here.flatMap((hint) => this.#fixes(document, hint, ours));
    return here.length === 0 ? [] : [...actions, this.#mute(document.uri, ours)];
  }

  #fixes(document: vscode.TextDocument, hint: Hint, diagnostics: readonly vscode.Diagnostic[]): vscode.CodeAction[] {
    // A fix of an inlay is of what is said at its place.
    const fixed = diagnostics.filter(({ code, range }) =>
      hint.code === null ? range.contains(rangeIn(document, hint.range)) : code === hint.code,
    );
    return hint.fixes.map(({ title, edits, action: does, preferred }) => {
      const action = new vscode.CodeAction(title, vscode.CodeActionKind.QuickFix);
      if (does) action.command = { command: COMMANDS.hintAction, title, arguments: [does] };
      else action.edit = new vscode.WorkspaceEdit();
      for (const edit of edits) action.edit?.replace(document.uri, rangeIn(document, edit.range), edit.text);
      action.isPreferred = preferred;
      action.diagnostics = fixed;
      return action;
    });
  }

  #mute(uri: vscode.Uri, diagnostics: readonly vscode.Diagnostic[]): vscode.CodeAction {
    const title = this.text('hints.fix.doNotWarn');
    const action = new vscode.CodeAction(title, vscode.CodeActionKind.QuickFix);
    action.command = { command: COMMANDS.hintAction, title, arguments: [{ type: 'mute', uri: uri.toString() }] };
    action.diagnostics = [...diagnostics];
    return action;
  }
}
