import assert from 'node:assert/strict';
import { copyFile, rm } from 'node:fs/promises';

import type { App } from '../../src/extension/app.js';
import { ITEM_KINDS } from '../../src/extension/ids.js';
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
      facts.map((node) => (node.kind === 'fact' ? [node.fact.label, node.fact.value] : assert.fail())),
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

  it('follows files that come and go', async () => {
    const added = workspaceFile('added.onnx');
    const has = (): boolean => app.index.models.some((model) => baseName(model.uri) === 'added.onnx');
    await copyFile(modelFile('cls').fsPath, added.fsPath);
    await eventually(app.index.onDidChange, has);
    await rm(added.fsPath);
    await eventually(app.index.onDidChange, () => !has());
  });
});
