import assert from 'node:assert/strict';
import { copyFile, rm } from 'node:fs/promises';
import * as vscode from 'vscode';

import type { App } from '../../src/extension/app.js';
import { COMMANDS, ITEM_KINDS } from '../../src/extension/ids.js';
import type { ModelsTreeNode } from '../../src/extension/models/modelsTree.js';
import { activated, baseName, eventually, modelFile, workspaceFile } from './extension.js';

type ModelNode = Extract<ModelsTreeNode, { kind: 'model' }>;

describe('the view Models', () => {
  let app: App;
  const names = (nodes: readonly ModelsTreeNode[]): string[] =>
    nodes.flatMap((node) => (node.kind === 'model' ? [baseName(node.model.uri)] : [])).sort();
  const rowOf = async (name: string): Promise<ModelNode> => {
    const top = await app.tree.getChildren();
    const others = top.find((node) => node.kind === 'others');
    const rows = [...top, ...(others ? await app.tree.getChildren(others) : [])];
    const row = rows.find((node) => node.kind === 'model' && baseName(node.model.uri) === name);
    assert.ok(row?.kind === 'model', name);
    return row;
  };
  const factsOf = async (name: string): Promise<Record<string, string>> => {
    const facts = await app.tree.getChildren(await rowOf(name));
    return Object.fromEntries(
      facts.flatMap((node) => (node.kind === 'fact' ? [[node.fact.label, node.fact.value] as const] : [])),
    );
  };

  before(async () => {
    app = await activated();
    await app.index.refresh();
  });

  it('lists what can be profiled, git-ignored or not, and leaves dependencies out', async () => {
    assert.deepEqual(names(await app.tree.getChildren()), [
      'cls.onnx',
      'det.onnx',
      'rec.onnx',
      'sileroLegacy.onnx',
      'sileroV5.onnx',
      'sileroV6.onnx',
    ]);
  });

  it('lists the rest apart, with the reason', async () => {
    const others = (await app.tree.getChildren()).find((node) => node.kind === 'others');
    assert.deepEqual(names(await app.tree.getChildren(others)), ['large.onnx', 'notes.onnx']);
    const pointer = app.tree.getTreeItem(await rowOf('large.onnx'));
    assert.equal(pointer.contextValue, ITEM_KINDS.gitLfsPointer);
    assert.match((await factsOf('large.onnx'))['What to do'] ?? '', /git lfs pull/);
    const text = app.tree.getTreeItem(await rowOf('notes.onnx'));
    assert.equal(text.contextValue, ITEM_KINDS.other);
    assert.equal(text.command, undefined);
    assert.notEqual((await factsOf('notes.onnx'))['What to do'], undefined);
  });

  it('opens a row to size, operators, parameters, licence and last median', async () => {
    const facts = await factsOf('det.onnx');
    assert.deepEqual(Object.keys(facts), ['Size', 'Operators', 'Parameters', 'Licence', 'Last median']);
    assert.match(facts.Size ?? '', /^4\.\d+ MiB$/);
    assert.match(facts.Operators ?? '', /^\d{3}$/);
    assert.match(facts.Parameters ?? '', /^1\.1\d M$/);
    assert.equal(facts['Last median'], 'not profiled yet');
    assert.equal(app.tree.getTreeItem(await rowOf('det.onnx')).contextValue, ITEM_KINDS.profilable);
  });

  it('has a group of kept runs, which can be pinned, and lets them go', async () => {
    const model = modelFile('rec');
    const report = await app.sessions
      .get(model)
      .open()
      .then(() => app.sessions.get(model).report);
    assert.ok(report);
    const stored = await app.store.put({ ...report, reportId: 'kept-run' }, { modelPath: model.fsPath });
    const runNode = async (): Promise<Extract<ModelsTreeNode, { kind: 'run' }>> => {
      const group = (await app.tree.getChildren(await rowOf('rec.onnx'))).find(({ kind }) => kind === 'runs');
      assert.ok(group);
      const run = (await app.tree.getChildren(group)).find(
        (node) => node.kind === 'run' && node.stored.reportId === 'kept-run',
      );
      assert.ok(run?.kind === 'run');
      return run;
    };
    assert.equal(app.tree.getTreeItem(await runNode()).contextValue, ITEM_KINDS.run);
    await vscode.commands.executeCommand(COMMANDS.pinRun, await runNode());
    const pinned = app.tree.getTreeItem(await runNode());
    assert.deepEqual([pinned.contextValue, pinned.command?.command], [ITEM_KINDS.pinnedRun, COMMANDS.openRun]);
    await vscode.commands.executeCommand(COMMANDS.openRun, await runNode());
    assert.equal(app.sessions.get(model).report?.reportId, 'kept-run');
    await app.store.remove(stored.reportId);
    assert.equal((await app.tree.getChildren(await rowOf('rec.onnx'))).filter(({ kind }) => kind === 'runs').length, 0);
  });

  it('follows files that come and go', async () => {
    const added = workspaceFile('added.onnx');
    const has = (): boolean => app.index.models.some((model) => baseName(model.uri) === 'added.onnx');
    await copyFile(modelFile('cls').fsPath, added.fsPath);
    await eventually(app.index.onDidChange, has);
    await rm(added.fsPath);
    await eventually(app.index.onDidChange, () => !has());
  });
});
