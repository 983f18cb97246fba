import path from 'node:path';
import * as vscode from 'vscode';

import { ExpectedError } from '../../core/common/errors.js';
import { modelSettingsFor } from '../../core/configs/modelSettings.js';
import type { ModelSettings, ServingSettings, WorkspaceFile } from '../../protocol/settings.js';
import { WORKSPACE_FILE_NAME } from '../ids.js';

/** The workspace folder of a model and the model's path in it, with `/`; null outside every folder. */
export function placeInWorkspace(model: vscode.Uri): { folder: vscode.WorkspaceFolder; relativePath: string } | null {
  const folder = vscode.workspace.getWorkspaceFolder(model);
  if (!folder) return null;
  return { folder, relativePath: path.relative(folder.uri.fsPath, model.fsPath).split(path.sep).join('/') };
}

const fileOf = (folder: vscode.WorkspaceFolder): vscode.Uri => vscode.Uri.joinPath(folder.uri, WORKSPACE_FILE_NAME);

async function readText(file: vscode.Uri): Promise<string | null> {
  try {
    return new TextDecoder().decode(await vscode.workspace.fs.readFile(file));
  } catch {
    return null;
  }
}

async function parse(text: string, file: vscode.Uri): Promise<WorkspaceFile> {
  // Loaded when a workspace has such a file: most have none.
  const { parseWorkspaceFile } = await import('../../core/report/workspaceFile.js');
  return parseWorkspaceFile(text, vscode.workspace.asRelativePath(file));
}

/** The whole `inference-profiler.json` of a folder; null where there is none. */
export async function readWorkspaceSettings(folder: vscode.WorkspaceFolder): Promise<WorkspaceFile | null> {
  const file = fileOf(folder);
  const text = await readText(file);
  return text === null ? null : parse(text, file);
}

/** What `inference-profiler.json` says of the model, paths of inputs made absolute; null when it says nothing. */
export async function sharedSettings(model: vscode.Uri): Promise<ModelSettings | null> {
  const place = placeInWorkspace(model);
  if (!place) return null;
  const file = fileOf(place.folder);
  const text = await readText(file);
  const settings = text === null ? null : modelSettingsFor(await parse(text, file), place.relativePath);
  if (!settings) return null;
  const inputs = Object.entries(settings.inputs ?? {}).map(([name, file]): [string, string] => [
    name,
    path.resolve(place.folder.uri.fsPath, file),
  ]);
  return { ...settings, inputs: Object.fromEntries(inputs) };
}

/**
 * Writes the settings of one model into `inference-profiler.json`; comments and everything else that stands there are
 * kept. Returns the file.
 */
export async function shareSettings(model: vscode.Uri, settings: ModelSettings): Promise<vscode.Uri> {
  return change(model, (file, path) => ({ at: ['models', path], value: { ...file.models?.[path], ...settings } }));
}

/** Writes what serving is planned for into `inference-profiler.json`, for all models. Returns the file. */
export async function shareServing(model: vscode.Uri, serving: ServingSettings): Promise<vscode.Uri> {
  return change(model, (file) => ({ at: ['serving'], value: { ...file.serving, ...serving } }));
}

async function change(
  model: vscode.Uri,
  edit: (file: WorkspaceFile, path: string) => { at: string[]; value: object },
): Promise<vscode.Uri> {
  const place = placeInWorkspace(model);
  if (!place) throw new ExpectedError('input', 'extension.share.outsideWorkspace');
  const file = fileOf(place.folder);
  const before = (await readText(file)) ?? '{}\n';
  const { applyEdits, modify } = await import('jsonc-parser');
  const { at, value } = edit(await parse(before, file), place.relativePath);
  const edits = modify(before, at, value, {
    formattingOptions: { insertSpaces: true, tabSize: 2, eol: before.includes('\r\n') ? '\r\n' : '\n' },
  });
  await vscode.workspace.fs.writeFile(file, new TextEncoder().encode(applyEdits(before, edits)));
  return file;
}
