/** Hints as the editor draws them. */

import * as vscode from 'vscode';

import type { Hint, HintAction } from '../../core/configs/hints/hint.js';
import { hintMarkdown } from '../../core/configs/hints/markdown.js';
import type { TextRange } from '../../core/configs/tree/node.js';
import { COMMANDS } from '../ids.js';
import type { DocumentHints } from './documentHints.js';

export const rangeIn = (document: vscode.TextDocument, { start, end }: TextRange): vscode.Range =>
  new vscode.Range(document.positionAt(start), document.positionAt(end));

const commandFor = (action: HintAction, title: string): vscode.Command => ({
  command: COMMANDS.hintAction,
  title,
  arguments: [action],
});

const linkFor = (action: HintAction): string =>
  `command:${COMMANDS.hintAction}?${encodeURIComponent(JSON.stringify([action]))
    .replaceAll('(', '%28')
    .replaceAll(')', '%29')}`;

export function hoverOf(hint: Hint): vscode.MarkdownString | undefined {
  if (!hint.details) return undefined;
  const markdown = new vscode.MarkdownString(hintMarkdown(hint.details, linkFor));
  markdown.isTrusted = { enabledCommands: [COMMANDS.hintAction] };
  markdown.supportHtml = false;
  return markdown;
}

export class HintInlays implements vscode.InlayHintsProvider {
  readonly onDidChangeInlayHints: vscode.Event<void>;

  constructor(private readonly hints: DocumentHints) {
    this.onDidChangeInlayHints = hints.onDidChange;
  }

  async provideInlayHints(document: vscode.TextDocument, range: vscode.Range): Promise<vscode.InlayHint[]> {
    const { version } = document;
    const hints = await this.hints.of(document);
    // Offsets of a text that is gone would stand in the wrong place; the editor asks again.
    if (document.version !== version) throw new vscode.CancellationError();
    return hints.flatMap((hint) => {
      const position = document.positionAt(hint.range.end);
      return hint.kind === 'inlay' && range.contains(position) ? [inlayOf(hint, position)] : [];
    });
  }
}

function inlayOf(hint: Hint, position: vscode.Position): vscode.InlayHint {
  const tooltip = hoverOf(hint);
  const first = new vscode.InlayHintLabelPart(hint.text);
  if (tooltip) first.tooltip = tooltip;
  const parts = [first];
  if (hint.action) {
    const link = new vscode.InlayHintLabelPart(hint.action.label);
    link.command = commandFor(hint.action.action, hint.action.label);
    parts.push(new vscode.InlayHintLabelPart(' · '), link);
  }
  const shown = new vscode.InlayHint(position, parts);
  shown.paddingLeft = true;
  return shown;
}

export class HintLenses implements vscode.CodeLensProvider {
  readonly onDidChangeCodeLenses: vscode.Event<void>;

  constructor(private readonly hints: DocumentHints) {
    this.onDidChangeCodeLenses = hints.onDidChange;
  }

  async provideCodeLenses(document: vscode.TextDocument): Promise<vscode.CodeLens[]> {
    const hints = await this.hints.of(document);
    return hints.flatMap((hint) =>
      hint.kind === 'lens' && hint.action
        ? [new vscode.CodeLens(new vscode.Range(0, 0, 0, 0), commandFor(hint.action.action, hint.text))]
        : [],
    );
  }
}

/** For the keyboard, which does not reach the hover of an inlay: the same table over the value itself. */
export class HintHovers implements vscode.HoverProvider {
  constructor(private readonly hints: DocumentHints) {}

  async provideHover(document: vscode.TextDocument, position: vscode.Position): Promise<vscode.Hover | null> {
    const offset = document.offsetAt(position);
    const hints = await this.hints.of(document);
    const here = hints.find(
      ({ kind, details, range }) =>
        kind === 'inlay' && details !== null && range.start <= offset && offset <= range.end,
    );
    const markdown = here && hoverOf(here);
    return markdown ? new vscode.Hover(markdown, rangeIn(document, here.range)) : null;
  }
}
