import path from 'node:path';
import * as vscode from 'vscode';

import type { Text } from '../../format/text/text.js';
import type { RunTask } from '../../protocol/webview.js';
import type { ModelSession } from '../session/modelSession.js';
import { Increments, runText } from './runText.js';

const INTERVAL_MS = 200;

/** A notification while `start` is under way: phase by phase, with a button that cancels. */
export async function withProgress<T>(
  session: ModelSession,
  text: Text,
  start: () => Promise<T>,
  task: RunTask = 'profile',
): Promise<T> {
  const options: vscode.ProgressOptions = {
    location: vscode.ProgressLocation.Notification,
    title: text(`extension.progress.${task}`, { file: path.basename(session.uri.fsPath) }),
    cancellable: true,
  };
  return vscode.window.withProgress(options, async (progress, cancelled) => {
    const increments = new Increments();
    let shownAt = 0;
    const show = (): void => {
      const { run } = session;
      if (!run || Date.now() - shownAt < INTERVAL_MS) return;
      shownAt = Date.now();
      progress.report({ message: runText(run, text), increment: increments.next(run) });
    };
    const listening = [
      session.onDidChange(show),
      cancelled.onCancellationRequested(() => {
        session.cancel();
      }),
    ];
    try {
      return await start();
    } finally {
      for (const each of listening) each.dispose();
    }
  });
}
