import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { appendFile, readFile, writeFile } from 'node:fs/promises';
import * as vscode from 'vscode';

import type { App } from '../../src/extension/app.js';
import { COMMANDS, WORKSPACE_FILE_NAME } from '../../src/extension/ids.js';
import { ReportStore } from '../../src/store/reportStore.js';
import { watchFile } from '../../src/extension/session/watchFile.js';
import { activated, eventually, inPhase, modelFile, workspaceFile } from './extension.js';

/** Processes of ours that measure, by the script that they run. */
function workerPids(): number[] {
  const lines = execFileSync('ps', ['-A', '-o', 'pid=,ppid=,args='], { encoding: 'utf8' }).split('\n');
  return lines
    .map((line) => /^\s*(\d+)\s+(\d+)\s+(.*)$/.exec(line))
    .filter((match) => Number(match?.[2]) === process.pid && /dist[\\/]worker\.js/.test(match?.[3] ?? ''))
    .map((match) => Number(match?.[1]));
}

const openPanels = (): string[] =>
  vscode.window.tabGroups.all
    .flatMap((group) => group.tabs)
    .filter((tab) => tab.input instanceof vscode.TabInputWebview)
    .map((tab) => tab.label);

/** Resolves when the editor has told its extensions that the file was written. */
const toldOf = (file: vscode.Uri): Promise<void> =>
  new Promise((resolve) => {
    const watching = watchFile(file, () => {
      watching.dispose();
      resolve();
    });
  });

describe('profiling', () => {
  let app: App;
  const configuration = (): vscode.WorkspaceConfiguration => vscode.workspace.getConfiguration('inferenceProfiler');
  before(async () => {
    app = await activated();
    await configuration().update('budgetSeconds', 1, vscode.ConfigurationTarget.Global);
  });
  after(() => configuration().update('budgetSeconds', undefined, vscode.ConfigurationTarget.Global));
  afterEach(() => vscode.commands.executeCommand('workbench.action.closeAllEditors'));

  it('measures the model of the explorer, shows it and keeps the report', async () => {
    const model = modelFile('cls');
    await vscode.commands.executeCommand(COMMANDS.profile, model);
    const session = app.sessions.get(model);
    assert.equal(session.failure, null);
    const stored = await app.store.latest(model.fsPath);
    assert.equal(stored?.status, 'complete');
    assert.ok((stored.medianNs ?? 0) > 0);
    assert.ok((stored.runSeconds ?? 0) > 0);
    assert.deepEqual(await app.store.read(stored.reportId), session.report);
    assert.ok(openPanels().includes('cls · Profile'));
    assert.deepEqual(workerPids(), []);
  });

  it('copies the result as one line with figure, interval and machine', async () => {
    await vscode.commands.executeCommand(COMMANDS.copyResult, modelFile('cls'));
    const line = await vscode.env.clipboard.readText();
    assert.match(line, /^cls\.onnx: .*\d [mµ]s .* 1×3×48×192/);
    assert.doesNotMatch(line, /\n/);
  });

  it('tells that a profiled file changed, and takes it back when the content returns', async () => {
    const model = modelFile('cls');
    const session = app.sessions.get(model);
    const content = await readFile(model.fsPath);
    await appendFile(model.fsPath, 'x');
    await eventually(session.onDidChange, () => session.stale !== null);
    await writeFile(model.fsPath, content);
    await eventually(session.onDidChange, () => session.stale === null);
  });

  it('tells that the file changed while it was measured', async () => {
    const model = modelFile('cls');
    const session = app.sessions.get(model);
    const content = await readFile(model.fsPath);
    const told = toldOf(model);
    const running = vscode.commands.executeCommand(COMMANDS.profile, model);
    await inPhase(session, 'latency');
    // A trailing field that no reader knows: another content, the same graph.
    await appendFile(model.fsPath, Buffer.from([0xf2, 0x3f, 0x00]));
    await told;
    assert.notEqual(session.run, null, 'the run ended too early to test anything');
    await running;
    assert.notEqual(session.stale, null);
    assert.equal(session.report?.model.contentSha256, null, 'which content was measured cannot be told');
    await writeFile(model.fsPath, content);
  });

  it('shows a report that another process stored', async () => {
    const model = modelFile('rec');
    const report = app.sessions.get(modelFile('cls')).report;
    assert.ok(report);
    const seen = new Promise<void>((resolve) => {
      const listening = app.tree.onDidChangeTreeData(() => {
        listening.dispose();
        resolve();
      });
    });
    await new ReportStore(app.store.folder).put({ ...report, reportId: 'from-elsewhere' }, { modelPath: model.fsPath });
    await seen;
    const rows = await app.tree.getChildren();
    const row = rows.find((node) => node.kind === 'model' && node.model.uri.fsPath === model.fsPath);
    assert.equal(row?.kind === 'model' ? row.last?.stored.reportId : null, 'from-elsewhere');
    await app.store.remove('from-elsewhere');
  });

  it('survives a worker that dies in the middle, says so, and profiles again', async () => {
    const model = modelFile('cls');
    const session = app.sessions.get(model);
    const running = vscode.commands.executeCommand(COMMANDS.profile, model);
    await inPhase(session, 'latency');
    for (const pid of workerPids()) process.kill(pid, 'SIGABRT');
    await running;
    assert.equal(session.failure?.kind, 'expected');
    assert.equal(session.failure.message.code, 'error.worker.signal');
    await vscode.commands.executeCommand(COMMANDS.profile, model);
    assert.equal(session.failure, null);
    assert.equal(session.report?.status, 'complete');
  });

  it('cancels inside a run: quiet, no process left, what was known before still there', async () => {
    const model = modelFile('cls');
    const session = app.sessions.get(model);
    const before = session.report;
    const running = vscode.commands.executeCommand(COMMANDS.profile, model);
    await inPhase(session, 'latency');
    await vscode.commands.executeCommand(COMMANDS.cancel);
    await running;
    assert.equal(session.failure, null);
    assert.equal(session.run, null);
    assert.deepEqual(session.report, before);
    assert.deepEqual(workerPids(), []);
  });

  it('stops and keeps what was measured', async () => {
    await configuration().update('budgetSeconds', 60, vscode.ConfigurationTarget.Global);
    const model = modelFile('det');
    const session = app.sessions.get(model);
    const running = vscode.commands.executeCommand(COMMANDS.profile, model);
    await inPhase(session, 'latency');
    await vscode.commands.executeCommand(COMMANDS.stop);
    await running;
    await configuration().update('budgetSeconds', 1, vscode.ConfigurationTarget.Global);
    assert.equal(session.failure, null);
    assert.equal(session.report?.status, 'partial');
    assert.equal((await app.store.latest(model.fsPath))?.status, 'partial');
  });

  it('says in one sentence what is wrong with a file that is no model', async () => {
    const notes = workspaceFile('notes.onnx');
    await vscode.commands.executeCommand(COMMANDS.profile, notes);
    const { failure, report } = app.sessions.get(notes);
    assert.equal(failure?.kind, 'expected');
    assert.equal(failure.reason, 'input');
    assert.equal(report, null);
  });

  it('measures with the values that the team shares, and shares what was picked', async () => {
    const model = modelFile('rec');
    const session = app.sessions.get(model);
    await session.inspect();
    const [dimension] = session.choices?.dimensions.filter((each) => each.name !== 'batch').slice(-1) ?? [];
    assert.ok(dimension);
    await session.pick({ dimensions: { [dimension.name]: 160 } });
    await session.inspect();
    await vscode.commands.executeCommand(COMMANDS.shareSettings, model);
    const file = workspaceFile(WORKSPACE_FILE_NAME);
    const shared = JSON.parse(await readFile(file.fsPath, 'utf8')) as { models: Record<string, object> };
    assert.deepEqual(Object.keys(shared.models), ['models/rec.onnx']);
    await writeFile(
      file.fsPath,
      JSON.stringify({ models: { '**/sileroLegacy.onnx': { threads: 1 }, 'models/rec.onnx': { dimensions: {} } } }),
    );
    const other = app.sessions.get(modelFile('sileroLegacy'));
    await other.inspect();
    assert.equal(other.options?.threads, 1);
    assert.deepEqual(
      session.choices?.dimensions.find((each) => each.name === dimension.name),
      { name: dimension.name, value: 160, assumed: false },
    );
    await vscode.workspace.fs.delete(file);
  });
});
