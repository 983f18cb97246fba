import * as vscode from 'vscode';

import type { StoredReport } from '../../protocol/store.js';
import type { ReportStore } from '../../store/reportStore.js';
import { Owner } from '../platform/owner.js';
import { hasChangedSince } from '../session/contentHash.js';

export interface LastResult {
  stored: StoredReport;
  /** The file is another one than was profiled. */
  changed: boolean;
}

/** The newest measured report of each model, as far as somebody asked; follows the store, other processes' changes too. */
export class LastResults extends Owner {
  readonly #changed = this.own(new vscode.EventEmitter<void>());
  readonly onDidChange = this.#changed.event;

  constructor(private readonly store: ReportStore) {
    super();
    void this.#watch();
  }

  async of(model: vscode.Uri): Promise<LastResult | null> {
    const measured = (await this.store.list(model.fsPath)).find((stored) => stored.medianNs !== null);
    if (!measured) return null;
    return { stored: measured, changed: await hasChangedSince(measured, model.fsPath).catch(() => false) };
  }

  async #watch(): Promise<void> {
    try {
      const watching = await this.store.watch(() => {
        this.#changed.fire();
      });
      this.own(watching);
    } catch {
      // A store that cannot be watched (no such right, a network drive) is read again with every refresh.
    }
  }
}
