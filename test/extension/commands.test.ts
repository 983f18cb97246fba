import assert from 'node:assert/strict';
import * as vscode from 'vscode';

import { COMMANDS } from '../../src/extension/ids.js';
import type { ModelsTreeNode } from '../../src/extension/models/modelsTree.js';
import { readSettings } from '../../src/extension/platform/settings.js';
import { activated, eventually, modelFile } from './extension.js';
import { deliveredSettings } from '../unit/support/runChoices.js';

describe('the extension', () => {
  before(activated);

  it('registers every command that it contributes', async () => {
    const registered = new Set(await vscode.commands.getCommands(true));
    for (const command of Object.values(COMMANDS)) assert.ok(registered.has(command), command);
  });

  it('reads settings into one typed object, a value of a wrong type as unset', async () => {
    const defaults = readSettings(modelFile('cls'));
    assert.deepEqual(defaults, deliveredSettings);
    const configuration = vscode.workspace.getConfiguration('inferenceProfiler');
    const { Global } = vscode.ConfigurationTarget;
    try {
      await configuration.update('threads', 2, Global);
      await configuration.update('optimization', 'fastest', Global);
      assert.deepEqual(readSettings(modelFile('cls')), { ...defaults, threads: 2 });
    } finally {
      await configuration.update('threads', undefined, Global);
      await configuration.update('optimization', undefined, Global);
    }
  });

  it('copies the command for a Git LFS pointer with its path', async () => {
    const { tree } = await activated();
    const pointerRow = async (): Promise<ModelsTreeNode | undefined> => {
      const others = (await tree.getChildren()).find((node) => node.kind === 'others');
      const rows = others ? await tree.getChildren(others) : [];
      return rows.find((row) => row.kind === 'model' && row.model.uri.path.endsWith('/large.onnx'));
    };
    await eventually(tree.onDidChangeTreeData, async () => (await pointerRow()) !== undefined);
    const pointer = await pointerRow();
    await vscode.commands.executeCommand(COMMANDS.copyGitLfsPull, pointer);
    assert.equal(await vscode.env.clipboard.readText(), 'git lfs pull --include="large.onnx"');
  });
});
