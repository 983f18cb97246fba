import * as vscode from 'vscode';

import { type LastMeasured, lastMeasured } from '../../store/lastMeasured.js';
import type { StoredReport } from '../../protocol/store.js';
import type { ReportStore } from '../../store/reportStore.js';
import { Owner } from '../platform/owner.js';

/** The newest measured report of each model, as far as somebody asked; follows the store, other processes' changes too. */
export class LastResults extends Owner {
  readonly #changed = this.own(new vscode.EventEmitter<void>());
  readonly onDidChange = this.#changed.event;

  constructor(private readonly store: ReportStore) {
    super();
    void this.#watch();
  }

  of(model: vscode.Uri): Promise<LastMeasured | null> {
    return lastMeasured(this.store, model.fsPath);
  }

  /** Kept runs of a model, newest first. */
  runsOf(model: vscode.Uri): Promise<StoredReport[]> {
    return this.store.list(model.fsPath);
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
