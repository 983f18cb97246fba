import assert from 'node:assert/strict';
import { readFile, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import * as vscode from 'vscode';

import type { App } from '../../src/extension/app.js';
import { COMMANDS } from '../../src/extension/ids.js';
import type { ModelSession } from '../../src/extension/session/modelSession.js';
import { saveRequest } from '../../src/extension/session/trialRequest.js';
import { readReport } from '../../src/store/reportStore.js';
import { activated, inPhase, modelFile, workspaceFile } from './extension.js';

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

  it('writes a plan and checks it, and never over a file unasked', async () => {
    const target = workspaceFile('models/cls.saved.onnx').fsPath;
    const [section] = session.report?.quantization ?? [];
    const plan = section?.plans.find(({ measured }) => measured !== null);
    assert.ok(section && plan);
    const save = (overwrite: boolean): ReturnType<ModelSession['quantize']> =>
      session.quantize((options) => saveRequest(options, plan, section.scenarioId, { path: target, overwrite }));
    const report = session.report;
    const outcome = await save(false);
    assert.equal(outcome.kind, 'tried');
    const written = await readFile(target);
    assert.ok(written.length > 1000 && written.length < (await stat(model().fsPath)).size);
    assert.equal(session.report, report, 'what was tried stays as it is');
    await writeFile(target, 'something else');
    assert.equal((await save(false)).kind, 'failed');
    assert.equal(session.failure?.message.code, 'quantization.error.exists');
    assert.equal(await readFile(target, 'utf8'), 'something else');
    assert.equal((await save(true)).kind, 'tried');
    assert.ok((await stat(target)).size > 1000);
    await vscode.workspace.fs.delete(vscode.Uri.file(target));
  });

  it('outlives another profile of the same file, and a trial that is cancelled', async () => {
    const before = session.report?.quantization;
    await vscode.commands.executeCommand(COMMANDS.profile, model());
    assert.equal(session.failure, null);
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
