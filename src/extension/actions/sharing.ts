import path from 'node:path';
import * as vscode from 'vscode';

import { ExpectedError } from '../../core/common/errors.js';
import { ALL_INPUTS } from '../../core/configs/sharedInputs.js';
import type { ModelSettings } from '../../protocol/settings.js';
import type { RunOptions } from '../../protocol/worker.js';
import type { ModelSession } from '../session/modelSession.js';
import { placeInWorkspace, shareSettings } from '../session/workspaceFiles.js';

/** Writes what the next run would use into the workspace's file and shows it; the user commits it, or not. */
export async function shareWithTeam(session: ModelSession): Promise<void> {
  const { options, choices } = session;
  if (!options || !choices) throw new ExpectedError('input', 'extension.share.nothing');
  const dimensions = Object.fromEntries(choices.dimensions.map(({ name, value }) => [name, value]));
  const settings: ModelSettings = { dimensions };
  const inputs = inputsOf(session.uri, options);
  if (Object.keys(inputs).length > 0) settings.inputs = inputs;
  const preprocessing = options.inputs.find((input) => input.preprocessing)?.preprocessing;
  if (preprocessing) settings.preprocessing = preprocessing;
  if (options.threads !== 0) settings.threads = options.threads;
  if (options.provider !== 'cpu') settings.provider = options.provider;
  const file = await shareSettings(session.uri, settings);
  await vscode.window.showTextDocument(file);
}

/** Relative to the workspace's folder: a path of this machine means nothing to the team. */
function inputsOf(model: vscode.Uri, options: RunOptions): Record<string, string> {
  const root = placeInWorkspace(model)?.folder.uri.fsPath;
  if (root === undefined) return {};
  const named = options.inputs.flatMap(({ name, path: file }): [string, string][] => {
    const relative = path.relative(root, file).split(path.sep).join('/');
    return relative.startsWith('..') || path.isAbsolute(relative) ? [] : [[name ?? ALL_INPUTS, relative]];
  });
  return Object.fromEntries(named);
}
