import path from 'node:path';
import { homedir } from 'node:os';
import * as vscode from 'vscode';

import { createText, type TextBundle } from '../../format/text/text.js';
import { historyRuns } from './historyRuns.js';
import type { PageModel, PageState } from '../../protocol/webview.js';
import type { ModelSession } from '../session/modelSession.js';
import { pageFailure } from '../session/pageFailure.js';

/** Everything that the page shows of a session. */
export function pageState(session: ModelSession, textBundle: TextBundle | null): PageState {
  const { options, needs, choices, failedTask } = session;
  const memoryLimitMiB = Math.round((options?.memoryLimitBytes ?? 0) / 2 ** 20);
  return {
    surface: 'panel',
    textBundle,
    model: pageModel(session.uri),
    report: session.report,
    run: session.run,
    failure: session.run ? null : pageFailure(session.failure, { needs, choices, memoryLimitMiB, task: failedTask }),
    choices: choices ?? {
      dimensions: [],
      provider: 'cpu',
      threads: 0,
      optimization: 'all',
      input: 'synthetic',
      inputAssumed: true,
      seed: 1,
    },
    starting: session.isStarting,
    stale: session.stale,
    needs,
    trialSeconds: session.trialSeconds,
    comparison: session.comparison.of(session.report)?.comparison ?? null,
    comparedWith: session.comparison.of(session.report)?.base ?? null,
    comparedAt: session.comparison.at,
    cost: session.cost.value,
    costAsked: session.cost.asked,
    panelKey: session.uri.toString(),
    history: historyRuns(session.kept.runs, session.report, createText(textBundle)),
  };
}

function pageModel(uri: vscode.Uri): PageModel {
  const folder = path.dirname(uri.fsPath);
  const root = vscode.workspace.getWorkspaceFolder(uri);
  const home = homedir();
  const short = folder === home || folder.startsWith(home + path.sep) ? `~${folder.slice(home.length)}` : folder;
  return {
    fileName: path.basename(uri.fsPath),
    location: root ? path.join(root.name, path.relative(root.uri.fsPath, folder)) : short,
    outsideWorkspace: !root,
  };
}
