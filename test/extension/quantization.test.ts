import assert from 'node:assert/strict';
import { readFile, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import * as vscode from 'vscode';

import type { App } from '../../src/extension/app.js';
import { COMMANDS } from '../../src/extension/ids.js';
import type { ModelSession } from '../../src/extension/session/modelSession.js';
import { readReport } from '../../src/store/reportStore.js';
import { activated, inPhase, modelFile, workspaceFile } from './extension.js';

/** Answers dialogs in the user's place, as long as `run` takes. */
async function answering<T>(answers: Partial<typeof vscode.window>, run: () => T | PromiseLike<T>): Promise<T> {
  const window = vscode.window as unknown as Record<string, unknown>;
  const before = Object.keys(answers).map((name) => [name, window[name]] as const);
  Object.assign(window, answers);
  try {
    return await run();
  } finally {
    for (const [name, value] of before) window[name] = value;
  }
}

const savingAs = (target: vscode.Uri, messages: string[]): Partial<typeof vscode.window> => ({
  showSaveDialog: () => Promise.resolve(target),
  showQuickPick: ((items: readonly vscode.QuickPickItem[]) => Promise.resolve(items[0])) as never,
  showInformationMessage: (message: string) => {
    messages.push(message);
    return Promise.resolve(undefined);
  },
  showErrorMessage: (message: string) => {
    messages.push(message);
    return Promise.resolve(undefined);
  },
});

describe('quantization', () => {
  let app: App;
  let session: ModelSession;
  const model = (): vscode.Uri => modelFile('cls');
  const configuration = (): vscode.WorkspaceConfiguration => vscode.workspace.getConfiguration('inferenceProfiler');
  before(async () => {
    app = await activated();
    session = app.sessions.get(model());
    await configuration().update('budgetSeconds', 1, vscode.ConfigurationTarget.Global);
    await vscode.commands.executeCommand(COMMANDS.profile, model());
  });
  after(() => configuration().update('budgetSeconds', undefined, vscode.ConfigurationTarget.Global));
  afterEach(() => vscode.commands.executeCommand('workbench.action.closeAllEditors'));

  it('is tried, shown with the profile and kept with it', async () => {
    const profiled = session.report;
    const running = vscode.commands.executeCommand(COMMANDS.tryQuantization, model());
    await inPhase(session, 'layerSpeed');
    assert.equal(session.run?.task, 'quantization');
    assert.equal(session.report, profiled, 'the profile stays while the trial runs');
    await running;
    assert.equal(session.failure, null);
    const [section] = session.report?.quantization ?? [];
    assert.ok(section);
    assert.ok(section.plans.some(({ measured }) => measured !== null));
    assert.equal(section.recommended, null, 'the inputs are synthetic');
    assert.deepEqual(session.report?.scenarios[0]?.latency, profiled?.scenarios[0]?.latency);
    const stored = await app.store.latest(model().fsPath);
    assert.deepEqual((await readReport(stored?.file ?? '')).quantization, session.report?.quantization);
  });

  it('writes the plan that is picked, says what was checked, and never over the model itself', async () => {
    const target = workspaceFile('models/cls.saved.onnx');
    const messages: string[] = [];
    const save = () => vscode.commands.executeCommand(COMMANDS.saveQuantizedModel, model());
    await answering(savingAs(target, messages), save);
    assert.match(messages.join(), /^Saved cls\.saved\.onnx: .* layers\. It loads and runs here/);
    const { size } = await stat(target.fsPath);
    assert.ok(size > 1000 && size < (await stat(model().fsPath)).size);
    assert.equal(session.report?.quantization[0]?.explanation.at(-1)?.code, 'quantization.note.savedUnknown');
    const own = await readFile(model().fsPath);
    messages.length = 0;
    await answering(savingAs(model(), messages), save);
    assert.match(messages.join(), /cls\.onnx is the model itself/);
    assert.deepEqual(await readFile(model().fsPath), own);
  });

  it('replaces a file only because the dialog has asked', async () => {
    const target = workspaceFile('models/cls.saved.onnx');
    await writeFile(target.fsPath, 'something else');
    const messages: string[] = [];
    await answering(savingAs(target, messages), () =>
      vscode.commands.executeCommand(COMMANDS.saveQuantizedModel, model()),
    );
    assert.ok((await stat(target.fsPath)).size > 1000);
    await vscode.workspace.fs.delete(target);
  });

  it('outlives another profile of the same file, and a trial that is cancelled', async () => {
    const before = session.report?.quantization;
    await vscode.commands.executeCommand(COMMANDS.profile, model());
    assert.deepEqual(session.report?.quantization, before);
    const running = vscode.commands.executeCommand(COMMANDS.tryQuantization, model());
    await inPhase(session, 'layerSpeed');
    await vscode.commands.executeCommand(COMMANDS.cancel);
    await running;
    assert.equal(session.failure, null);
    assert.deepEqual(session.report?.quantization, before);
  });

  it('says in its own words what cannot be tried, and keeps the report', async () => {
    const notes = workspaceFile('notes.onnx');
    await vscode.commands.executeCommand(COMMANDS.tryQuantization, notes);
    const other = app.sessions.get(notes);
    assert.equal(other.failure?.kind, 'expected');
    assert.equal(other.failedTask, 'quantization');
    assert.equal(path.basename(other.uri.fsPath), 'notes.onnx');
  });
});
