import assert from 'node:assert/strict';
import path from 'node:path';
import * as vscode from 'vscode';

import type { App } from '../../src/extension/app.js';
import type { ModelSession } from '../../src/extension/session/modelSession.js';

/** The extension as VS Code loaded it. */
export async function activated(): Promise<App> {
  const extension = vscode.extensions.getExtension<App>('inference-profiler.inference-profiler');
  assert.ok(extension, 'the extension is not installed');
  return extension.activate();
}

/** A file of the workspace that the harness made. */
export function workspaceFile(name: string): vscode.Uri {
  const folder = vscode.workspace.workspaceFolders?.[0];
  assert.ok(folder, 'no folder is open');
  return vscode.Uri.joinPath(folder.uri, ...name.split('/'));
}

export const modelFile = (name: string): vscode.Uri => workspaceFile(`models/${name}.onnx`);

/** Resolves when `holds` does; it is asked again at every event. */
export async function eventually(event: vscode.Event<unknown>, holds: () => boolean | Promise<boolean>): Promise<void> {
  if (await holds()) return;
  await new Promise<void>((resolve, reject) => {
    const listening = event(() => {
      Promise.resolve(holds()).then((now) => {
        if (!now) return;
        listening.dispose();
        resolve();
      }, reject);
    });
  });
}

/** Until the run of a session is inside a phase. */
export const inPhase = (session: ModelSession, phase: string): Promise<void> =>
  eventually(session.onDidChange, () =>
    (session.run?.phases ?? []).some((each) => each.phase === phase && each.state === 'running'),
  );

export const baseName = (uri: vscode.Uri): string => path.basename(uri.fsPath);
