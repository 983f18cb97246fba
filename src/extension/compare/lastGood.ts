import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import * as vscode from 'vscode';

import { ExpectedError } from '../../core/common/errors.js';
import type { Text } from '../../format/text/text.js';
import type { Report } from '../../protocol/report.js';
import { fileAtCommit } from '../../runner/gitFile.js';
import { contentSha256 } from '../../store/changedSince.js';
import type { ReportStore } from '../../store/reportStore.js';

/** Where the model that a report was made of can still be found: a file on this machine, or a commit. */
export type LastGood = { kind: 'file'; path: string } | { kind: 'commit'; commit: string } | { kind: 'nowhere' };

export async function findLastGood(store: ReportStore, modelPath: string, good: Report): Promise<LastGood> {
  const sha256 = good.model.contentSha256;
  if (sha256 !== null) {
    const known = (await store.listByContent(sha256)).map((stored) => stored.modelPath);
    for (const file of new Set([modelPath, ...known]))
      if (await hasContent(file, good)) return { kind: 'file', path: file };
  }
  return good.git && !good.git.dirty ? { kind: 'commit', commit: good.git.commit } : { kind: 'nowhere' };
}

async function hasContent(file: string, { model }: Report): Promise<boolean> {
  const found = await stat(file).catch(() => null);
  if (!found?.isFile() || found.size !== model.fileBytes) return false;
  return (await contentSha256(file).catch(() => null)) === model.contentSha256;
}

/** Shows the file, or offers to write the commit's version to one. */
export async function revealLastGood(store: ReportStore, modelPath: string, good: Report, text: Text): Promise<void> {
  const found = await findLastGood(store, modelPath, good);
  if (found.kind === 'nowhere') throw new ExpectedError('input', 'compare.extension.nowhere');
  if (found.kind === 'file') {
    await vscode.commands.executeCommand('revealInExplorer', vscode.Uri.file(found.path));
    if (found.path === modelPath) void vscode.window.showInformationMessage(text('compare.extension.sameFile'));
    return;
  }
  const commit = found.commit.slice(0, 10);
  const [save, copy] = [text('compare.extension.saveCopy'), text('compare.extension.copyCommit')];
  const answer = await vscode.window.showInformationMessage(
    text('compare.extension.inCommit', { file: path.basename(modelPath), commit }),
    save,
    copy,
  );
  if (answer === copy) await vscode.env.clipboard.writeText(found.commit);
  if (answer === save) await saveCopy(modelPath, found.commit);
}

async function saveCopy(modelPath: string, commit: string): Promise<void> {
  const { dir, name, ext } = path.parse(modelPath);
  const target = await vscode.window.showSaveDialog({
    defaultUri: vscode.Uri.file(path.join(dir, `${name}.${commit.slice(0, 7)}${ext}`)),
  });
  if (!target) return;
  const folder = await mkdtemp(path.join(tmpdir(), 'inference-profiler-commit-'));
  try {
    const copy = path.join(folder, path.basename(modelPath));
    await fileAtCommit(modelPath, commit, copy);
    await vscode.workspace.fs.copy(vscode.Uri.file(copy), target, { overwrite: true });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
  await vscode.commands.executeCommand('revealInExplorer', target);
}
