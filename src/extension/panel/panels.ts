import * as vscode from 'vscode';

import type { PageSavedState } from '../../protocol/webview.js';
import { PANEL_TYPE } from '../ids.js';
import { Owner } from '../platform/owner.js';
import type { ModelSession } from '../session/modelSession.js';
import type { Sessions } from '../session/sessions.js';
import { panelOptions, ReportPanel, type PanelSurroundings } from './reportPanel.js';

/** One panel for each model; a panel that was open comes back after the window was reloaded, from the store. */
export class Panels extends Owner implements vscode.WebviewPanelSerializer {
  readonly #open = new Map<ModelSession, ReportPanel>();

  constructor(
    private readonly sessions: Sessions,
    private readonly surroundings: PanelSurroundings,
  ) {
    super();
    this.own(vscode.window.registerWebviewPanelSerializer(PANEL_TYPE, this));
    this.own({
      dispose: () => {
        for (const panel of [...this.#open.values()]) panel.dispose();
      },
    });
  }

  /** The session whose panel is in front. */
  get active(): ModelSession | null {
    return [...this.#open.values()].find(({ panel }) => panel.active)?.session ?? null;
  }

  isVisible(session: ModelSession): boolean {
    return this.#open.get(session)?.panel.visible ?? false;
  }

  /** Brings the model's panel to the front, opening it when there is none. */
  show(session: ModelSession): void {
    const known = this.#open.get(session);
    if (known) {
      known.panel.reveal(known.panel.viewColumn);
      return;
    }
    const { extensionUri, title } = this.surroundings;
    const panel = vscode.window.createWebviewPanel(PANEL_TYPE, title(session), vscode.ViewColumn.Active, {
      ...panelOptions(extensionUri),
      // The page gets its state again in milliseconds; kept pages would hold a report each.
      retainContextWhenHidden: false,
      enableFindWidget: true,
    });
    this.#adopt(panel, session);
  }

  deserializeWebviewPanel(panel: vscode.WebviewPanel, state: unknown): Promise<void> {
    const uri = modelOf(state);
    const session = uri && this.sessions.get(uri);
    if (!session || this.#open.has(session)) {
      panel.dispose();
    } else {
      this.#adopt(panel, session);
      // The page is there meanwhile; it shows the report as soon as that is read.
      void session.open();
    }
    return Promise.resolve();
  }

  #adopt(panel: vscode.WebviewPanel, session: ModelSession): void {
    const opened = new ReportPanel(panel, session, this.surroundings);
    this.#open.set(session, opened);
    panel.onDidDispose(() => {
      this.#open.delete(session);
      opened.dispose();
      this.surroundings.closed(session);
    });
  }
}

/** From what the page saved, which is as little to be trusted as its messages: files only. */
function modelOf(state: unknown): vscode.Uri | null {
  if (typeof state !== 'object' || state === null) return null;
  const { panelKey } = state as Partial<PageSavedState>;
  if (typeof panelKey !== 'string' || !panelKey.startsWith('file:')) return null;
  return vscode.Uri.parse(panelKey);
}
