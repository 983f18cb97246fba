import path from 'node:path';
import * as vscode from 'vscode';

import type { Text } from '../../format/text/text.js';
import { COMMANDS } from '../ids.js';
import { Owner } from '../platform/owner.js';
import type { ModelSession } from '../session/modelSession.js';
import type { Sessions } from '../session/sessions.js';
import { statusText, type StatusText } from './statusText.js';

const INTERVAL_MS = 200;

/** One item: the run that goes on, else a profiled file that changed, else the model last in front. */
export class StatusBar extends Owner {
  readonly #item = this.own(vscode.window.createStatusBarItem('status', vscode.StatusBarAlignment.Left, -10));
  #pending: NodeJS.Timeout | undefined;

  constructor(
    private readonly sessions: Sessions,
    private readonly text: Text,
  ) {
    super();
    this.#item.name = text('extension.name');
    this.own(
      sessions.onDidChange(() => {
        this.#pending ??= setTimeout(() => {
          this.#pending = undefined;
          this.#update();
        }, INTERVAL_MS);
      }),
    );
    this.own({
      dispose: () => {
        clearTimeout(this.#pending);
      },
    });
  }

  #update(): void {
    const { active, all } = this.sessions;
    const first = active ? [active, ...all.filter((each) => each !== active)] : all;
    const session = first.find((each) => each.isBusy) ?? first.find((each) => each.stale) ?? active;
    const shown = session && statusText({ ...stateOf(session) }, this.text);
    if (shown) this.#show(session, shown);
    else this.#item.hide();
  }

  #show(session: ModelSession, shown: StatusText): void {
    const running = session.isBusy;
    this.#item.text = shown.text;
    this.#item.tooltip = running ? this.#runningTooltip(shown.tooltip) : shown.tooltip;
    this.#item.command = {
      command: shown.action === 'profile' ? COMMANDS.profile : COMMANDS.openReport,
      title: '',
      arguments: [session.uri],
    };
    this.#item.backgroundColor = shown.urgent ? new vscode.ThemeColor('statusBarItem.warningBackground') : undefined;
    this.#item.show();
  }

  /** With the two ways to end the run. */
  #runningTooltip(line: string): vscode.MarkdownString {
    const tooltip = new vscode.MarkdownString('', true);
    tooltip.isTrusted = { enabledCommands: [COMMANDS.stop, COMMANDS.cancel] };
    tooltip.appendText(line);
    const stop = `[${this.text('extension.action.stop')}](command:${COMMANDS.stop})`;
    const cancel = `[${this.text('extension.action.cancel')}](command:${COMMANDS.cancel})`;
    return tooltip.appendMarkdown(`\n\n${stop} · ${cancel}`);
  }
}

function stateOf(session: ModelSession): Parameters<typeof statusText>[0] {
  const { report, run, failure, stale, uri } = session;
  return { fileName: path.basename(uri.fsPath), report, run, failure, stale };
}
