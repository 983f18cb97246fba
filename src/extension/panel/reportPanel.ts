import path from 'node:path';
import * as vscode from 'vscode';

import type { Logger } from '../../core/common/logger.js';
import type { TextBundle } from '../../format/text/text.js';
import type { FromPage, ToPage } from '../../protocol/webview.js';
import { setContextKey } from '../platform/contextKeys.js';
import { Owner } from '../platform/owner.js';
import type { ModelSession, SessionChange } from '../session/modelSession.js';
import { parseFromPage } from './fromPage.js';
import { panelHtml } from './panelHtml.js';
import { pageState } from './pageState.js';

/** Progress comes more often than anybody can read. */
const RUN_INTERVAL_MS = 100;

export interface PanelSurroundings {
  extensionUri: vscode.Uri;
  textBundle: TextBundle | null;
  log: Logger;
  title: (session: ModelSession) => string;
  /** Carries out what the page asks for. */
  handle: (session: ModelSession, intent: FromPage) => void;
  activated: (session: ModelSession) => void;
  closed: (session: ModelSession) => void;
}

/** Where the page may load from. */
export const panelOptions = (extensionUri: vscode.Uri): vscode.WebviewOptions => ({
  enableScripts: true,
  localResourceRoots: [vscode.Uri.joinPath(extensionUri, 'dist')],
});

/** The panel of one model: shows its session, hands the page's intents on. The page keeps nothing but its own layout. */
export class ReportPanel extends Owner {
  #ready = false;
  #pendingRun: NodeJS.Timeout | undefined;

  constructor(
    readonly panel: vscode.WebviewPanel,
    readonly session: ModelSession,
    private readonly surroundings: PanelSurroundings,
  ) {
    super();
    const { extensionUri, activated } = surroundings;
    panel.title = surroundings.title(session);
    panel.iconPath = {
      light: vscode.Uri.joinPath(extensionUri, 'media', 'panel-light.svg'),
      dark: vscode.Uri.joinPath(extensionUri, 'media', 'panel-dark.svg'),
    };
    panel.webview.options = panelOptions(extensionUri);
    this.own(
      panel.webview.onDidReceiveMessage((message: unknown) => {
        this.#receive(message);
      }),
    );
    this.own(
      session.onDidChange((change) => {
        this.#show(change);
      }),
    );
    this.own(
      panel.onDidChangeViewState(() => {
        // A hidden page is gone; it asks for its state again when it comes back.
        if (!panel.visible) this.#ready = false;
        if (panel.active) activated(session);
        this.#updateContext();
      }),
    );
    this.own({
      dispose: () => {
        clearTimeout(this.#pendingRun);
      },
    });
    this.own(panel);
    const dist = vscode.Uri.joinPath(extensionUri, 'dist');
    panel.webview.html = panelHtml(panel.webview, dist, vscode.env.language);
    if (panel.active) activated(session);
  }

  #receive(message: unknown): void {
    const { log, handle } = this.surroundings;
    const intent = parseFromPage(message);
    const name = path.basename(this.session.uri.fsPath);
    if (!intent) log.warn(`${name}: the page sent something that is no intent`);
    else if (intent.type === 'ready') this.#becomeReady();
    else if (intent.type === 'pageError') log.error(`${name}: in the page: ${intent.text}`);
    else if (intent.type === 'firstPaint') log.debug(`${name}: first paint at ${intent.atMs}`);
    else handle(this.session, intent);
  }

  #becomeReady(): void {
    this.#ready = true;
    this.#show('state');
  }

  #show(change: SessionChange): void {
    this.#updateContext();
    if (!this.#ready) return;
    if (change === 'run') {
      this.#pendingRun ??= setTimeout(() => {
        this.#pendingRun = undefined;
        this.#post({ type: 'run', run: this.session.run });
      }, RUN_INTERVAL_MS);
      return;
    }
    if (change === 'cost') {
      this.#post({ type: 'cost', cost: this.session.cost.value });
      return;
    }
    const { report } = this.session;
    if (change === 'report' && report) this.#post({ type: 'report', report });
    else this.#post({ type: 'state', state: pageState(this.session, this.surroundings.textBundle) });
  }

  #post(message: ToPage): void {
    if (this.#ready && !this.isDisposed) void this.panel.webview.postMessage(message);
  }

  #updateContext(): void {
    if (!this.panel.active) return;
    setContextKey('hasResult', hasResult(this.session));
    setContextKey('hasPlans', hasPlans(this.session));
  }
}

const hasResult = (session: ModelSession): boolean =>
  session.report?.scenarios.some((scenario) => scenario.latency !== null) ?? false;

const hasPlans = (session: ModelSession): boolean =>
  session.report?.quantization.some(({ plans }) => plans.some((plan) => plan.measured !== null)) ?? false;
