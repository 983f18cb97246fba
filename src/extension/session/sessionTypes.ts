import type * as vscode from 'vscode';

import type { Logger } from '../../core/common/logger.js';
import type { Report } from '../../protocol/report.js';
import type { Settings } from '../../protocol/settings.js';
import type { RunNeeds } from '../../protocol/webview.js';
import type { ReportStore } from '../../store/reportStore.js';
import type { Engine } from './engine.js';
import type { LastUsed } from './lastUsed.js';

/** What all sessions share. */
export interface SessionServices {
  engine: Engine;
  store: ReportStore;
  lastUsed: LastUsed;
  log: Logger;
  readSettings(model: vscode.Uri): Settings;
  /** Asked before a large load. */
  confirm(needs: RunNeeds): Promise<'profile' | 'inspect' | 'cancel'>;
}

export interface RunOverrides {
  budgetSeconds?: number;
  memoryLimitBytes?: number;
  provider?: string;
  /** Measured one after the other; 'all' stands for what the runtime has here. */
  compareProviders?: string[];
}

/** state: anything may be new. report: a newer draft. run: progress alone. */
export type SessionChange = 'state' | 'report' | 'run' | 'cost';

/** How a trial of quantization ended; `report` is what it found, alone. */
export type TrialOutcome =
  { kind: 'tried'; report: Report } | { kind: 'alreadyRunning' | 'cancelled' | 'failed'; report: null };

/** How an attempt to profile ended. */
export type ProfileOutcome = 'measured' | 'inspected' | 'alreadyRunning' | 'cancelled' | 'failed';
