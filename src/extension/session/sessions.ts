import * as vscode from 'vscode';

import { setContextKey } from '../platform/contextKeys.js';
import { Owner } from '../platform/owner.js';
import { ModelSession, type SessionChange, type SessionServices } from './modelSession.js';

/** The sessions of this window, one for each model file, made when first asked for. */
export class Sessions extends Owner {
  readonly #byUri = new Map<string, ModelSession>();
  readonly #changed = this.own(new vscode.EventEmitter<{ session: ModelSession; change: SessionChange }>());
  readonly onDidChange = this.#changed.event;
  #active: ModelSession | null = null;

  constructor(private readonly services: SessionServices) {
    super();
    // File watchers miss changes on some network and container mounts.
    this.own(
      vscode.window.onDidChangeWindowState(({ focused }) => {
        if (focused) for (const session of this.all) void session.checkStale();
      }),
    );
  }

  get all(): ModelSession[] {
    return [...this.#byUri.values()];
  }

  /** The one whose panel was last in front, or that was last started. */
  get active(): ModelSession | null {
    return this.#active;
  }

  setActive(session: ModelSession): void {
    this.#active = session;
    this.#changed.fire({ session, change: 'state' });
  }

  find(uri: vscode.Uri): ModelSession | undefined {
    return this.#byUri.get(uri.toString());
  }

  get(uri: vscode.Uri): ModelSession {
    const known = this.find(uri);
    if (known) return known;
    const session = this.own(new ModelSession(uri, this.services));
    this.own(
      session.onDidChange((change) => {
        if (change === 'state')
          setContextKey(
            'running',
            this.all.some((each) => each.isBusy),
          );
        this.#changed.fire({ session, change });
      }),
    );
    this.#byUri.set(uri.toString(), session);
    return session;
  }
}
